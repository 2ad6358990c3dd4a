// SPDX-License-Identifier: Apache-2.0
#include "instances/price/billing.hpp"

#include <algorithm>  // std::max

#include "instances/errors.hpp"  // data_error

namespace tenfold::bench {

std::uint64_t billed_seconds(std::uint64_t ran_ms, const billing_terms& terms) {
    constexpr std::uint64_t year_s = 365 * 86400;  // no provider counts in longer steps
    if (terms.granularity_s == 0 || terms.granularity_s > year_s || terms.minimum_s > year_s)
        throw data_error("billing terms must count in steps of 1 s to a year, with a minimum of at most a year");
    const std::uint64_t seconds = ran_ms / 1000 + (ran_ms % 1000 != 0 ? 1 : 0);
    const std::uint64_t counted = std::max(seconds, terms.minimum_s);
    return (counted + terms.granularity_s - 1) / terms.granularity_s * terms.granularity_s;
}

usd machine_charge(usd per_hour, std::uint64_t ran_ms, const billing_terms& terms) {
    return per_hour.times(billed_seconds(ran_ms, terms), 3600);
}

}  // namespace tenfold::bench
