// SPDX-License-Identifier: Apache-2.0
// Figures as people read them.
#pragma once

#include <optional>  // std::optional
#include <string>    // std::string

#include "instances/compare/priced.hpp"       // stated_price
#include "instances/statistics/interval.hpp"  // ratio_interval

namespace tenfold::bench {

/// Three significant digits with an SI prefix: (5.12e11, "FLOP/s") is "512 GFLOP/s".
std::string with_prefix(double value, const std::string& unit);
/// The same for two ends with the prefix of the estimate: "512 [501, 524] GFLOP/s".
std::string with_prefix(const ratio_interval& value, const std::string& unit);
/// "1.23 ms", "45 s", "12.3 min", "3.2 h".
std::string duration(double seconds);
/// "61 %".
std::string percent(double value);
/// "1.23 x".
std::string times(double ratio);
/// "aws-price-api, 2026-01-19 (306 d)", "the-full-stack, undated".
std::string source_and_age(const stated_price& price);
/// A number of so many significant digits without exponent or trailing zeros.
std::string significant(double value, int digits);

inline const std::string no_figure = "-";

}  // namespace tenfold::bench
