// SPDX-License-Identifier: Apache-2.0
#include "instances/price/fresh.hpp"

#include <fmt/format.h>

#include "instances/errors.hpp"       // data_error
#include "instances/price/check.hpp"  // days_until_stale
#include "instances/price/date.hpp"   // day_number

namespace tenfold::bench {

std::string require_fresh(const price_row& row, const std::string& today, bool allow_stale) {
    const auto observed = day_number(row.observed_at), now = day_number(today);
    std::string age = "undated", flaw;
    if (observed && now) {
        age = fmt::format("{} ({} d)", row.observed_at, *now - *observed);
        if (*now - *observed > days_until_stale(row.allocation))
            flaw = fmt::format("{} days old; {} prices are stale after {}", *now - *observed, row.allocation,
                               days_until_stale(row.allocation));
    } else {
        flaw = "undated";
    }
    const bool future = observed && now && is_in_future(*observed, *now);
    if (future) flaw = "dated in the future, on " + row.observed_at;
    if (row.estimate) flaw += (flaw.empty() ? "" : ", and ") + std::string("an estimate of its source");
    if (flaw.empty() || (row.from_user && !future)) return age;
    if (!allow_stale)
        throw data_error(
            fmt::format("the {} price of {}/{} ({}, {} USD) is {}. Give a price that you looked up, or accept it with --allow-stale",
                        row.allocation, row.provider, row.type, row.source_id, row.per_hour.text(), flaw));
    return age + ": " + flaw;
}

}  // namespace tenfold::bench
