// SPDX-License-Identifier: Apache-2.0
// Money times measured or estimated quantities: the quantity is rounded once, to a stated unit, and the money is exact.
#pragma once

#include <cmath>    // std::llround
#include <cstdint>  // std::uint64_t

#include "instances/errors.hpp"       // data_error
#include "instances/price/money.hpp"  // usd

namespace tenfold::bench {

inline constexpr double hours_per_year = 8760, hours_per_month = 730;

/// An hourly price for so many hours, which are rounded to the nanosecond, above 10^6 hours to the millisecond.
inline usd charge(usd per_hour, double hours) {
    if (!(hours >= 0 && hours < 1e12)) throw data_error("a time of more than 10^12 hours, or none at all, cannot be charged for");
    const double parts = hours < 1e6 ? 3.6e12 : 3.6e6;  // of an hour
    return per_hour.times(static_cast<std::uint64_t>(std::llround(hours * parts)), static_cast<std::uint64_t>(parts));
}

/// An amount times a factor, which is rounded to 10^-9.
inline usd scaled(usd amount, double factor) {
    if (!(factor >= 0 && factor < 9e9)) throw data_error("an amount is multiplied with a factor beyond 0 to 9e9");
    return amount.times(static_cast<std::uint64_t>(std::llround(factor * 1e9)), 1'000'000'000);
}

/// An amount divided into so many parts.
inline usd divided(usd amount, double parts) {
    constexpr double unit = 1e6;  // of the parts
    if (!(parts > 1 / unit && parts < 1e12)) throw data_error("an amount is divided by a number beyond 10^-6 to 10^12");
    return amount.times(static_cast<std::uint64_t>(unit), static_cast<std::uint64_t>(std::llround(parts * unit)));
}

inline double dollars(usd amount) { return static_cast<double>(amount.nano()) * 1e-9; }

/// How many times b is a; b above zero.
inline double ratio(usd a, usd b) { return static_cast<double>(a.nano()) / static_cast<double>(b.nano()); }

}  // namespace tenfold::bench
