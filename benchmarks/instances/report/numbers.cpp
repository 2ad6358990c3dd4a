// SPDX-License-Identifier: Apache-2.0
#include "instances/report/numbers.hpp"

#include <fmt/format.h>
#include <cmath>  // std::log10, std::floor, std::pow
#include <utility>  // std::pair

namespace tenfold::bench {
namespace {

/// The divisor and the prefix that leave 1 to 999 before the point.
std::pair<double, const char*> prefix_of(double value) {
    if (value >= 999.5e12) return {1e15, "P"};
    if (value >= 999.5e9) return {1e12, "T"};
    if (value >= 999.5e6) return {1e9, "G"};
    if (value >= 999.5e3) return {1e6, "M"};
    if (value >= 999.5) return {1e3, "k"};
    return {1, ""};
}

}  // namespace

std::string significant(double value, int digits) {
    if (value == 0 || !std::isfinite(value)) return fmt::format("{}", value);
    int decimals = digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value))));
    // Rounding may carry into a new digit: 9.996 is 10.0, not 10.00.
    const double unit = std::pow(10.0, -decimals);
    if (std::abs(std::round(value / unit)) >= std::pow(10.0, digits)) --decimals;
    if (decimals >= 0) return fmt::format("{:.{}f}", value, decimals);
    const double coarse = std::pow(10.0, -decimals);
    return fmt::format("{:.0f}", std::round(value / coarse) * coarse);
}

std::string with_prefix(double value, const std::string& unit) {
    const auto [divisor, prefix] = prefix_of(value);
    return significant(value / divisor, 3) + " " + prefix + unit;
}

std::string with_prefix(const ratio_interval& value, const std::string& unit) {
    const auto [divisor, prefix] = prefix_of(value.estimate);
    return fmt::format("{} [{}, {}] {}{}", significant(value.estimate / divisor, 3), significant(value.low / divisor, 3),
                       significant(value.high / divisor, 3), prefix, unit);
}

std::string duration(double seconds) {
    if (seconds < 999.5e-9) return significant(seconds * 1e9, 3) + " ns";
    if (seconds < 999.5e-6) return significant(seconds * 1e6, 3) + " us";
    if (seconds < 999.5e-3) return significant(seconds * 1e3, 3) + " ms";
    if (seconds < 119.5) return significant(seconds, 3) + " s";
    if (seconds < 7170) return significant(seconds / 60, 3) + " min";
    return significant(seconds / 3600, 3) + " h";
}

std::string percent(double value) { return (value < 9.95 ? significant(value, 2) : fmt::format("{:.0f}", value)) + " %"; }

std::string times(double ratio) { return significant(ratio, 3) + " x"; }

std::string source_and_age(const stated_price& price) {
    if (price.observed_at.empty()) return price.source + ", undated";
    std::string result = price.source + ", " + price.observed_at;
    if (price.age_days) result += fmt::format(" ({} d)", *price.age_days);
    return result;
}

}  // namespace tenfold::bench
