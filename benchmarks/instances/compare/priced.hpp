// SPDX-License-Identifier: Apache-2.0
// What an hour of a measured machine costs, who says so and how old the statement is.
#pragma once

#include <cstdint>   // std::uint64_t
#include <map>       // std::map
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/price/catalog.hpp"  // price_catalog
#include "instances/record/record.hpp"  // record_context

namespace tenfold::bench {

struct stated_price {
    usd per_hour;
    std::string allocation, region;
    std::string source;            // source id, "--price", "user file", "record"
    std::string observed_at;       // "" undated
    std::optional<int> age_days;
    std::vector<std::string> flaws;  // undated, stale, estimate: what degrades a verdict on cost
};

/// --price before the price its owner put into the record, before the catalog (a user's file before the newest dated
/// before an undated row), before a catalog price that the record quotes. Nothing: no price; it is never guessed.
std::optional<stated_price> price_of(const record_context& context, const price_catalog& catalog, const std::optional<usd>& stated_by_flag,
                                     const std::string& today);

/// What the catalog asks for a type in its region under each allocation that it knows.
std::map<std::string, stated_price> prices_by_allocation(const record_identity& identity, const price_catalog& catalog,
                                                         const std::string& today);

/// A catalog type with as many vCPUs as a measured machine has, and its price. Nothing here is measured.
struct catalog_offer {
    std::string provider, type, arch, memory_gib;
    stated_price price;
    bool burstable = false;
    /// How many times as fast as the measured machine this type must be to cost the same per unit of work.
    std::optional<double> break_even_speed;
};

/// The cheapest on-demand offers without accelerator and with exactly `vcpus`, one region per type, cheapest first.
std::vector<catalog_offer> offers_of_size(const price_catalog& catalog, int vcpus, const std::optional<stated_price>& own,
                                          const std::string& today, std::size_t at_most);

}  // namespace tenfold::bench
