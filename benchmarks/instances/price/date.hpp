// SPDX-License-Identifier: Apache-2.0
// Days as the catalog and the records write them: 2026-01-19, or 2026-09 for "some day of that month".
#pragma once

#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench {

/// Days since 1970-01-01; YYYY-MM is the month's first day, so that an age is never understated. A time after the day
/// (RFC 3339) is ignored. Nothing if the text is no date.
std::optional<int> day_number(std::string_view date);

/// Is a day later than today? The calendar may be a day ahead of UTC where the price was read.
inline bool is_in_future(int day, int today) { return day > today + 1; }

/// Today in UTC, YYYY-MM-DD.
std::string today_utc();

}  // namespace tenfold::bench
