// SPDX-License-Identifier: Apache-2.0
// The price catalog: instance types, their prices and where each price comes from.
#pragma once

#include <filesystem>   // std::filesystem::path
#include <map>          // std::map
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

#include "instances/price/money.hpp"  // usd

namespace tenfold::bench {

/// The ways to buy an hour that the catalog knows.
inline constexpr std::string_view known_allocations[] = {"on_demand",  "spot",           "reserved_1y", "reserved_3y", "savings_1y",
                                                         "savings_3y", "capacity_block", "flex",        "serverless",  "per_chip"};

bool is_known_allocation(std::string_view name);

struct instance_type {
    std::string provider, name;
    std::string vcpus;                // as the provider counts: a thread on most x86 types, a core on others; "" unknown
    std::string physical_cores;       // "" unknown
    std::string memory_gib;           // nominal; "" unknown
    std::string arch;                 // x86_64, arm64, "" unknown
    std::string accelerator, accelerator_count;
    std::string accelerator_memory_gib;  // of one, nominal; "" unknown
    std::string runnable;             // what this project can be measured with there: cuda, cpu, none
    bool burstable = false;
};

struct price_row {
    std::string provider, type, region, zone;
    std::string allocation;           // one of known_allocations
    usd per_hour, upfront;
    std::string currency, basis;      // basis: the price is of an instance, a gpu or a chip
    bool estimate = false;            // the source derived it, nobody was quoted it
    std::string observed_at;          // "" undated
    std::string read_on;              // the day its source was read: an undated price is of that day or an earlier one
    std::string includes, source_id, note;
    bool from_user = false;
    std::string where;                // file and row, for messages
};

/// "2026-01-19", of an undated price "undated, read 2026-11-21".
std::string date_text(const price_row& row);

/// The hourly price with an upfront payment spread over the term (8760 hours a year).
usd effective_per_hour(const price_row& row);

/// The share of a type's spot capacity that its provider took back in a month, in percent.
struct interruption_band {
    std::string provider, type, region;
    std::string percent_low, percent_high;  // percent_high "": without an upper end
    std::string observed_at, source_id;
};

struct price_source {
    std::string id, origin, read_on, licence, standing;
};

class price_catalog {
    std::vector<instance_type> types_;
    std::vector<price_row> rows_;
    std::map<std::string, price_source> sources_;
    std::vector<interruption_band> interruptions_;

public:
    /// Without any price.
    price_catalog() = default;
    /// types.csv, prices/*.csv and sources.json of a folder, and interruptions.csv where it is. Missing, unreadable or malformed: data_error.
    static price_catalog load(const std::filesystem::path& folder);

    /// Adds a user's own prices, which win over the catalog's: a table with at least the columns provider,
    /// instance_type, region, allocation, usd_per_hour and observed_at. Its columns currency, basis, upfront_usd and estimate
    /// count where it has them; another currency, a part of an instance or an unknown allocation: data_error.
    void add_user_prices(const std::filesystem::path& file);

    [[nodiscard]] const std::vector<instance_type>& types() const { return types_; }
    [[nodiscard]] const std::vector<price_row>& rows() const { return rows_; }
    [[nodiscard]] const std::map<std::string, price_source>& sources() const { return sources_; }
    [[nodiscard]] const instance_type* find_type(std::string_view provider, std::string_view name) const;

    [[nodiscard]] const interruption_band* find_interruptions(std::string_view provider, std::string_view type,
                                                              std::string_view region) const;

    /// The price of one instance: a user's row before the newest dated row before an undated one. `region` "" takes
    /// rows that name no region; a row without a region never stands for a region that was asked for.
    [[nodiscard]] const price_row* find_price(std::string_view provider, std::string_view type, std::string_view region,
                                              std::string_view allocation) const;

    /// Every region's price of a type under that rule.
    [[nodiscard]] std::vector<const price_row*> prices_of(std::string_view provider, std::string_view type,
                                                          std::string_view allocation) const;
};

/// Why there is no such price, and for which regions there is one.
std::string no_price_text(const price_catalog& catalog, std::string_view provider, std::string_view type, std::string_view region,
                          std::string_view allocation);

}  // namespace tenfold::bench
