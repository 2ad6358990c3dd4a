// SPDX-License-Identifier: Apache-2.0
// Calendar days through std::chrono.
#include "instances/price/date.hpp"

#include <charconv>  // std::from_chars
#include <chrono>    // year_month_day, sys_days

namespace tenfold::bench {
namespace {

std::optional<int> digits(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
    return value;
}

std::string padded(unsigned value) { return std::string(value < 10 ? "0" : "").append(std::to_string(value)); }

}  // namespace

std::optional<int> day_number(std::string_view date) {
    if (date.size() > 10 && (date[10] == 'T' || date[10] == ' ')) date = date.substr(0, 10);
    if ((date.size() != 10 && date.size() != 7) || date[4] != '-' || (date.size() == 10 && date[7] != '-')) return std::nullopt;
    const auto year = digits(date.substr(0, 4)), month = digits(date.substr(5, 2));
    const auto day = date.size() == 10 ? digits(date.substr(8, 2)) : 1;
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day calendar{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                               std::chrono::day(static_cast<unsigned>(*day))};
    if (!calendar.ok()) return std::nullopt;
    return static_cast<int>(std::chrono::sys_days(calendar).time_since_epoch().count());
}

std::string today_utc() {
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
    return std::to_string(static_cast<int>(today.year())) + "-" + padded(static_cast<unsigned>(today.month())) + "-" +
           padded(static_cast<unsigned>(today.day()));
}

}  // namespace tenfold::bench
