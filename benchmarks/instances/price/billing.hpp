// SPDX-License-Identifier: Apache-2.0
// From the time that a machine ran to the time that is on its bill.
#pragma once

#include <cstdint>  // std::uint64_t

#include "instances/price/money.hpp"  // usd

namespace tenfold::bench {

/// How a provider counts: in whole steps, and never less than the minimum of a machine that was launched.
struct billing_terms {
    std::uint64_t granularity_s = 1, minimum_s = 0;
};

/// Seconds on the bill of one launched machine that ran so many milliseconds of elapsed time. The time is that of a
/// clock without leap seconds, as a process and a provider's meter count it. A launch that failed never calls this: it
/// costs nothing. A granularity of zero: data_error.
std::uint64_t billed_seconds(std::uint64_t ran_ms, const billing_terms& terms);

/// What one launched machine costs.
usd machine_charge(usd per_hour, std::uint64_t ran_ms, const billing_terms& terms);

}  // namespace tenfold::bench
