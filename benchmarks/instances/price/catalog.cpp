// SPDX-License-Identifier: Apache-2.0
// Reads the catalog's tables and chooses among several prices of one thing.
#include "instances/price/catalog.hpp"

#include <algorithm>          // std::sort, std::find
#include <iterator>           // std::begin, std::end
#include <nlohmann/json.hpp>  // nlohmann::json
#include <utility>            // std::move

#include "instances/errors.hpp"          // data_error
#include "instances/price/csv_file.hpp"  // csv_file, read_file
#include "instances/price/date.hpp"      // day_number

namespace tenfold::bench {
namespace {

namespace fs = std::filesystem;

bool truth(const csv_file& table, std::size_t row, std::string_view column) {
    const std::string& text = table.at(row, column);
    if (text != "true" && text != "false")
        throw data_error(table.where(row) + ": " + std::string(column) + " is \"" + text + "\"; it must be true or false");
    return text == "true";
}

usd amount(const csv_file& table, std::size_t row, std::string_view column) {
    try {
        return usd::parse(table.at(row, column));
    } catch (const data_error& problem) { throw data_error(table.where(row) + ": " + std::string(column) + ": " + problem.what()); }
}

std::vector<instance_type> read_types(const fs::path& file) {
    const csv_file table(file, {"provider", "instance_type", "vcpus", "physical_cores", "memory_gib", "arch", "accelerator",
                                "accelerator_count", "burstable", "runnable"});
    std::vector<instance_type> types;
    for (std::size_t row = 0; row < table.size(); ++row)
        types.push_back({.provider = table.at(row, "provider"),
                         .name = table.at(row, "instance_type"),
                         .vcpus = table.at(row, "vcpus"),
                         .physical_cores = table.at(row, "physical_cores"),
                         .memory_gib = table.at(row, "memory_gib"),
                         .arch = table.at(row, "arch"),
                         .accelerator = table.at(row, "accelerator"),
                         .accelerator_count = table.at(row, "accelerator_count"),
                         .accelerator_memory_gib = table.has("accelerator_memory_gib") ? table.at(row, "accelerator_memory_gib") : "",
                         .runnable = table.at(row, "runnable"),
                         .burstable = truth(table, row, "burstable")});
    return types;
}

/// The columns that every price table has, a user's included.
price_row common_row(const csv_file& table, std::size_t row) {
    price_row price;
    price.provider = table.at(row, "provider");
    price.type = table.at(row, "instance_type");
    price.region = table.at(row, "region");
    price.allocation = table.at(row, "allocation");
    price.per_hour = amount(table, row, "usd_per_hour");
    price.observed_at = table.at(row, "observed_at");
    price.where = table.where(row);
    if (!price.observed_at.empty() && !day_number(price.observed_at))
        throw data_error(price.where + ": observed_at is \"" + price.observed_at + "\"; write YYYY-MM-DD or leave it empty");
    return price;
}

void read_prices(const fs::path& file, std::vector<price_row>& rows) {
    const csv_file table(file, {"provider", "instance_type", "region", "zone_id", "allocation", "upfront_usd", "usd_per_hour", "currency",
                                "includes", "basis", "estimate", "observed_at", "source_id", "note"});
    for (std::size_t row = 0; row < table.size(); ++row) {
        price_row price = common_row(table, row);
        price.zone = table.at(row, "zone_id");
        if (!table.at(row, "upfront_usd").empty()) price.upfront = amount(table, row, "upfront_usd");
        price.currency = table.at(row, "currency");
        price.includes = table.at(row, "includes");
        price.basis = table.at(row, "basis");
        price.estimate = truth(table, row, "estimate");
        price.source_id = table.at(row, "source_id");
        price.note = table.at(row, "note");
        rows.push_back(std::move(price));
    }
}

std::vector<interruption_band> read_interruptions(const fs::path& file) {
    const csv_file table(file, {"provider", "instance_type", "region", "percent_low", "percent_high", "observed_at", "source_id"});
    std::vector<interruption_band> bands;
    for (std::size_t row = 0; row < table.size(); ++row) {
        interruption_band band{table.at(row, "provider"),    table.at(row, "instance_type"), table.at(row, "region"),
                               table.at(row, "percent_low"), table.at(row, "percent_high"),  table.at(row, "observed_at"),
                               table.at(row, "source_id")};
        const usd low = amount(table, row, "percent_low");
        if (low < usd() || (!band.percent_high.empty() && amount(table, row, "percent_high") <= low))
            throw data_error(table.where(row) + ": percent_low must be 0 or more, and percent_high above it or empty");
        if (!day_number(band.observed_at))
            throw data_error(table.where(row) + ": observed_at is \"" + band.observed_at + "\"; write YYYY-MM-DD");
        bands.push_back(std::move(band));
    }
    return bands;
}

std::map<std::string, price_source> read_sources(const fs::path& file) {
    std::map<std::string, price_source> sources;
    try {
        const nlohmann::json document = nlohmann::json::parse(read_file(file));
        for (const auto& entry : document.at("sources")) {
            price_source source{entry.at("id"), entry.at("origin"), entry.at("read_on"), entry.at("licence"), entry.at("standing")};
            sources.emplace(source.id, source);
        }
    } catch (const nlohmann::json::exception& problem) { throw data_error(file.string() + ": " + problem.what()); }
    return sources;
}

/// Is `a` to be believed rather than `b`? User before catalog, newer before older before undated, quoted before
/// estimated, and of several zones the cheaper.
bool preferred(const price_row& a, const price_row& b) {
    if (a.from_user != b.from_user) return a.from_user;
    const int undated = -1;
    const int day_a = day_number(a.observed_at).value_or(undated), day_b = day_number(b.observed_at).value_or(undated);
    if (day_a != day_b) return day_a > day_b;
    if (a.estimate != b.estimate) return b.estimate;
    return effective_per_hour(a) < effective_per_hour(b);
}

/// What is free or less is an error of the table, never a price.
bool is_instance_price(const price_row& row) { return row.basis == "instance" && row.currency == "USD" && effective_per_hour(row) > usd(); }

}  // namespace

bool is_known_allocation(std::string_view name) {
    return std::find(std::begin(known_allocations), std::end(known_allocations), name) != std::end(known_allocations);
}

usd effective_per_hour(const price_row& row) {
    constexpr std::uint64_t hours_per_year = 8760;
    const std::uint64_t years = row.allocation.ends_with("_3y") ? 3 : 1;
    return row.per_hour + row.upfront.times(1, years * hours_per_year);
}

std::string date_text(const price_row& row) {
    if (!row.observed_at.empty()) return row.observed_at;
    return row.read_on.empty() ? "undated" : "undated, read " + row.read_on;
}

price_catalog price_catalog::load(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
        throw data_error(folder.string() + ": is no catalog folder; give one that holds types.csv, sources.json and prices/");
    price_catalog catalog;
    catalog.types_ = read_types(folder / "types.csv");
    catalog.sources_ = read_sources(folder / "sources.json");
    if (fs::exists(folder / "interruptions.csv", ignored)) catalog.interruptions_ = read_interruptions(folder / "interruptions.csv");
    std::error_code failed;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder / "prices", failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->path().extension() == ".csv") files.push_back(entry->path());
    if (failed) throw data_error((folder / "prices").string() + ": cannot be read: " + failed.message());
    if (files.empty()) throw data_error((folder / "prices").string() + ": holds no .csv file");
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) read_prices(file, catalog.rows_);
    for (price_row& row : catalog.rows_) {
        const auto source = catalog.sources_.find(row.source_id);
        if (source == catalog.sources_.end()) throw data_error(row.where + ": source_id \"" + row.source_id + "\" is not in sources.json");
        row.read_on = source->second.read_on;
    }
    for (const interruption_band& band : catalog.interruptions_)
        if (!catalog.sources_.contains(band.source_id))
            throw data_error((folder / "interruptions.csv").string() + ": source_id \"" + band.source_id + "\" is not in sources.json");
    return catalog;
}

void price_catalog::add_user_prices(const fs::path& file) {
    const csv_file table(file, {"provider", "instance_type", "region", "allocation", "usd_per_hour", "observed_at"});
    for (std::size_t row = 0; row < table.size(); ++row) {
        price_row price = common_row(table, row);
        // A column that the table has counts: what it says must not be replaced by what a price usually is.
        const auto said = [&](std::string_view column, std::string usual) {
            return table.has(column) && !table.at(row, column).empty() ? table.at(row, column) : usual;
        };
        price.currency = said("currency", "USD");
        if (price.currency != "USD")
            throw data_error(price.where + ": currency is \"" + price.currency +
                             "\"; convert it to USD first, at a rate and a date that you can name");
        price.basis = said("basis", "instance");
        if (price.basis != "instance")
            throw data_error(price.where + ": basis is \"" + price.basis + "\"; give the price of a whole instance");
        if (!is_known_allocation(price.allocation))
            throw data_error(price.where + ": allocation \"" + price.allocation +
                             "\" is unknown; give on_demand, spot, reserved_1y, reserved_3y, savings_1y or savings_3y");
        if (said("upfront_usd", "") != "") price.upfront = amount(table, row, "upfront_usd");
        if (price.per_hour < usd() || price.upfront < usd() || effective_per_hour(price) <= usd())
            throw data_error(price.where + ": usd_per_hour must be above zero");
        if (said("estimate", "") != "") price.estimate = truth(table, row, "estimate");
        price.source_id = "user file";
        price.from_user = true;
        rows_.push_back(std::move(price));
    }
}

const instance_type* price_catalog::find_type(std::string_view provider, std::string_view name) const {
    const auto found =
        std::find_if(types_.begin(), types_.end(), [&](const auto& type) { return type.provider == provider && type.name == name; });
    return found == types_.end() ? nullptr : &*found;
}

const interruption_band* price_catalog::find_interruptions(std::string_view provider, std::string_view type,
                                                           std::string_view region) const {
    const auto found = std::find_if(interruptions_.begin(), interruptions_.end(), [&](const auto& band) {
        return band.provider == provider && band.type == type && band.region == region;
    });
    return found == interruptions_.end() ? nullptr : &*found;
}

const price_row* price_catalog::find_price(std::string_view provider, std::string_view type, std::string_view region,
                                           std::string_view allocation) const {
    const price_row* best = nullptr;
    for (const price_row& row : rows_)
        if (row.provider == provider && row.type == type && row.region == region && row.allocation == allocation &&
            is_instance_price(row) && (!best || preferred(row, *best)))
            best = &row;
    return best;
}

std::vector<const price_row*> price_catalog::prices_of(std::string_view provider, std::string_view type,
                                                       std::string_view allocation) const {
    std::map<std::string_view, const price_row*> by_region;
    for (const price_row& row : rows_) {
        if (row.provider != provider || row.type != type || row.allocation != allocation || !is_instance_price(row)) continue;
        const price_row*& best = by_region[row.region];
        if (!best || preferred(row, *best)) best = &row;
    }
    std::vector<const price_row*> result;
    for (const auto& [region, row] : by_region) result.push_back(row);
    return result;
}

std::string no_price_text(const price_catalog& catalog, std::string_view provider, std::string_view type, std::string_view region,
                          std::string_view allocation) {
    std::string regions;
    for (const price_row* row : catalog.prices_of(provider, type, allocation)) regions += (regions.empty() ? "" : ", ") + row->region;
    std::string text = "the catalog has no " + std::string(allocation) + " price of " + std::string(provider) + "/" + std::string(type);
    if (regions.empty()) return text + " in any region";
    text += region.empty() ? " without a region" : " in region \"" + std::string(region) + "\"";
    return text + "; give a --region of " + regions;
}

}  // namespace tenfold::bench
