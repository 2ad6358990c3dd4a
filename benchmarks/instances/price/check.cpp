// SPDX-License-Identifier: Apache-2.0
// Each detector is one function over the catalog; their order is the order of the findings.
#include "instances/price/check.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::find, std::any_of
#include <iterator>  // std::begin, std::end
#include <map>       // std::map
#include <regex>     // std::regex
#include <set>       // std::set
#include <tuple>     // std::tuple

#include "instances/price/date.hpp"  // day_number

namespace tenfold::bench {
namespace {

using findings = std::vector<price_finding>;

void check_row(const price_catalog& catalog, const price_row& row, findings& found) {
    // With all of it paid upfront, the hourly price is rightly zero.
    if (effective_per_hour(row) <= usd())
        found.push_back({"non_positive", true, row.where, "an hour costs " + effective_per_hour(row).text() + " USD"});
    if (row.currency != "USD")
        found.push_back({"currency", true, row.where, "currency is \"" + row.currency + "\"; no rate and date are given to convert it"});
    if (!is_known_allocation(row.allocation))
        found.push_back({"allocation", true, row.where, "allocation \"" + row.allocation + "\" is unknown"});
    if (!row.from_user && !catalog.find_type(row.provider, row.type))
        found.push_back({"unknown_type", true, row.where, row.provider + "/" + row.type + " is not in types.csv"});
}

/// "L4" must not be read into "L40S": the accelerator's name has to stand as a word of its own in a type's name.
void check_accelerator_names(const price_catalog& catalog, findings& found) {
    static constexpr std::string_view models[] = {"A100", "A10G", "A10", "B200",   "GH200", "H100",
                                                  "H200", "L40S", "L4",  "MI300X", "T4",    "V100"};
    const auto is_word_part = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    for (const instance_type& type : catalog.types())
        for (std::string_view model : models) {
            const auto at = type.name.find(model);
            if (at == std::string::npos) continue;
            const auto end = at + model.size();
            const bool whole = (at == 0 || !is_word_part(type.name[at - 1])) && (end == type.name.size() || !is_word_part(type.name[end]));
            if (whole && !type.accelerator.starts_with(model))
                found.push_back({"accelerator_in_name", false, type.provider + "/" + type.name,
                                 fmt::format("the name says {}, types.csv says \"{}\"", model, type.accelerator)});
        }
}

/// "gpu_8x_h100", "BM.GPU.H100.8", "h100.8x": names that count their accelerators must agree with types.csv.
void check_accelerator_counts(const price_catalog& catalog, findings& found) {
    static const std::regex counted(R"(^gpu_(\d+)x_|^(?:BM|VM)\.GPU.*\.(\d+)$|\.(\d+)x$)");
    for (const instance_type& type : catalog.types()) {
        std::smatch parts;
        if (type.accelerator_count.empty() || !std::regex_search(type.name, parts, counted)) continue;
        const std::string count = parts[1].matched ? parts[1] : parts[2].matched ? parts[2] : parts[3];
        if (count != type.accelerator_count)
            found.push_back({"accelerator_count", false, type.provider + "/" + type.name,
                             fmt::format("the name says {} accelerators, types.csv says {}", count, type.accelerator_count)});
    }
}

using offer_key = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string>;

/// One offer as one source states it on one day: the rows that must agree with each other.
offer_key offer_of(const price_row& row) { return {row.source_id, row.observed_at, row.provider, row.type, row.region, row.includes}; }

void check_offers(const price_catalog& catalog, findings& found) {
    std::map<offer_key, const price_row*> on_demand;
    std::map<std::tuple<offer_key, std::string, std::string>, const price_row*> seen;
    for (const price_row& row : catalog.rows()) {
        if (row.allocation == "on_demand") on_demand.emplace(offer_of(row), &row);
        const auto [first, is_new] = seen.emplace(std::tuple(offer_of(row), row.allocation, row.zone), &row);
        if (!is_new && first->second->per_hour != row.per_hour)
            found.push_back({"duplicate", false, row.where,
                             fmt::format("{}/{} {} is {} here and {} in {}", row.provider, row.type, row.allocation, row.per_hour.text(),
                                         first->second->per_hour.text(), first->second->where)});
    }
    for (const price_row& row : catalog.rows()) {
        const auto base = on_demand.find(offer_of(row));
        if (base == on_demand.end()) continue;
        const usd full = base->second->per_hour;
        if (row.allocation == "spot" && row.per_hour >= full)
            found.push_back({"spot_not_below_on_demand", false, row.where,
                             fmt::format("spot {} is not below on demand {}: none is offered", row.per_hour.text(), full.text())});
        const bool committed = row.allocation.starts_with("reserved") || row.allocation.starts_with("savings");
        if (committed && effective_per_hour(row) > full)
            found.push_back({"commitment_above_on_demand", false, row.where,
                             fmt::format("{} {} is above on demand {}", row.allocation, effective_per_hour(row).text(), full.text())});
    }
}

/// The part of a type's name that its family shares: "c3-highcpu" of "c3-highcpu-22", "Standard_D" of "Standard_D32s_v5".
std::string family_of(const price_row& row) {
    std::string stem;
    if (row.provider == "azure")
        stem = row.type.substr(0, row.type.find_first_of("0123456789"));
    else if (row.provider == "aws")
        stem = row.type.substr(0, row.type.find_first_of("0123456789."));
    else
        stem = row.type.substr(0, row.type.find('-'));
    return row.provider + "/" + stem + (row.region.empty() ? "" : " " + row.region);
}

/// Five types of one source with one ratio of spot to on demand within 0.5 %: a formula of the source, not quotations.
/// Allowed where the provider's policy is a ratio (OCI), where the rows are marked as estimates, and on Compute Engine,
/// which prices vCPU and GiB, so that the sizes of a family share their ratio by construction.
void check_flat_ratio(const price_catalog& catalog, findings& found) {
    std::map<offer_key, const price_row*> on_demand;
    for (const price_row& row : catalog.rows())
        if (row.allocation == "on_demand") on_demand.emplace(offer_of(row), &row);
    struct spread {
        std::set<std::string> types;
        std::uint64_t lowest = UINT64_MAX, highest = 0;  // spot per million of on demand
    };
    std::map<std::string, spread> families;
    for (const price_row& row : catalog.rows()) {
        const auto base = on_demand.find(offer_of(row));
        if (row.allocation != "spot" || row.estimate || row.provider == "oci" || row.provider == "gcp") continue;
        if (base == on_demand.end() || base->second->per_hour <= usd() || row.per_hour <= usd()) continue;
        const auto ratio =
            static_cast<std::uint64_t>(row.per_hour.times(1'000'000, static_cast<std::uint64_t>(base->second->per_hour.nano())).nano());
        spread& family = families[row.source_id + " " + family_of(row)];
        family.types.insert(row.type);
        family.lowest = std::min(family.lowest, ratio);
        family.highest = std::max(family.highest, ratio);
    }
    for (const auto& [name, family] : families)
        if (family.types.size() >= 5 && (family.highest - family.lowest) * 200 <= family.highest)
            found.push_back(
                {"flat_spot_ratio", false, name,
                 fmt::format("{} types share one spot ratio (0.{:06}): an estimate of the source", family.types.size(), family.lowest)});
}

void check_ages(const price_catalog& catalog, std::string_view today, findings& found) {
    const auto now = day_number(today);
    // One finding per source and allocation: the rows of one table are of one day.
    struct ages {
        int rows = 0, oldest = 0;
    };
    std::map<std::pair<std::string, std::string>, ages> stale, undated;
    for (const price_row& row : catalog.rows()) {
        const std::pair key(row.source_id, row.allocation);
        const auto observed = day_number(row.observed_at);
        if (!observed && row.read_on.empty() && !row.from_user)
            found.push_back({"no_date", true, row.where, "neither the row says when its price stood nor its source when it was read"});
        else if (!observed)
            ++undated[key].rows;
        else if (now && is_in_future(*observed, *now))
            found.push_back({"future", true, row.where, "observed_at is " + row.observed_at + ", which has not come yet"});
        else if (now && *now - *observed > days_until_stale(row.allocation)) {
            ++stale[key].rows;
            stale[key].oldest = std::max(stale[key].oldest, *now - *observed);
        }
    }
    for (const auto& [key, group] : stale)
        found.push_back(
            {"stale", false, key.first + " " + key.second,
             fmt::format("{} rows are up to {} days old; stale after {}", group.rows, group.oldest, days_until_stale(key.second))});
    for (const auto& [key, group] : undated)
        found.push_back(
            {"undated", false, key.first + " " + key.second, fmt::format("{} rows carry no date but that of reading", group.rows)});
}

/// A price that moved by more than a fifth between two dates is worth a look before it is believed.
void check_jumps(const price_catalog& catalog, findings& found) {
    std::map<std::tuple<std::string, std::string, std::string, std::string, std::string>, const price_row*> newest;
    for (const price_row& row : catalog.rows()) {
        if (row.observed_at.empty() || row.basis != "instance") continue;
        const price_row*& other = newest[{row.provider, row.type, row.region, row.zone, row.allocation}];
        if (!other) {
            other = &row;
            continue;
        }
        if (other->observed_at == row.observed_at) continue;
        const price_row& before = other->observed_at < row.observed_at ? *other : row;
        const price_row& after = &before == other ? row : *other;
        const usd change = after.per_hour > before.per_hour ? after.per_hour - before.per_hour : before.per_hour - after.per_hour;
        if (change > before.per_hour.times(1, 5))
            found.push_back({"jump", false, after.where,
                             fmt::format("{}/{} {} went from {} ({}) to {} ({})", after.provider, after.type, after.allocation,
                                         before.per_hour.text(), before.observed_at, after.per_hour.text(), after.observed_at)});
        other = &after;
    }
}

}  // namespace

int days_until_stale(std::string_view allocation) {
    if (allocation == "spot" || allocation == "flex") return 1;
    if (allocation.starts_with("reserved") || allocation.starts_with("savings") || allocation == "interruptions") return 90;
    return 30;
}

std::vector<price_finding> check_prices(const price_catalog& catalog, std::string_view today) {
    findings found;
    for (const price_row& row : catalog.rows()) check_row(catalog, row, found);
    check_accelerator_names(catalog, found);
    check_accelerator_counts(catalog, found);
    check_offers(catalog, found);
    check_flat_ratio(catalog, found);
    check_jumps(catalog, found);
    check_ages(catalog, today, found);
    return found;
}

}  // namespace tenfold::bench
