// SPDX-License-Identifier: Apache-2.0
// Collects the inputs of a decision: flags before the JSON file before the catalog before what is usual.
#include "instances/decisions/command.hpp"

#include <fmt/format.h>
#include <algorithm>          // std::find_if
#include <nlohmann/json.hpp>  // nlohmann::ordered_json

#include "instances/decisions/explain.hpp"         // answer_text, answer_json
#include "instances/decisions/list.hpp"            // decisions::all
#include "instances/errors.hpp"                    // usage_error, data_error
#include "instances/price/catalog.hpp"             // price_catalog
#include "instances/price/check.hpp"               // days_until_stale
#include "instances/price/date.hpp"                // today_utc, day_number
#include "instances/price/fresh.hpp"               // require_fresh

namespace tenfold::bench {
namespace {

std::vector<std::string_view> columns_of(const parameter& what) {
    std::vector<std::string_view> columns;
    std::string_view rest = what.columns;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        columns.push_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(rest.size(), comma + 1));
    }
    return columns;
}

std::string scalar_text(const nlohmann::ordered_json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// An array of objects as the table that a file of comma-separated values would be.
csv_file table_of(const parameter& what, const nlohmann::ordered_json& rows, const std::string& file) {
    if (!rows.is_array() || rows.empty() || !rows.front().is_object())
        throw data_error(fmt::format("{}: \"{}\" must be an array of objects", file, what.name));
    std::string text, header;
    for (const auto& [name, value] : rows.front().items()) header += (header.empty() ? "" : ",") + csv_cell(name);
    for (const auto& row : rows) {
        std::string line;
        for (const auto& [name, unused] : rows.front().items()) {
            if (!row.is_object() || !row.contains(name))
                throw data_error(fmt::format("{}: a row of \"{}\" has no \"{}\"", file, what.name, name));
            line += csv_cell(scalar_text(row.at(name))) + ",";
        }
        line.back() = '\n';
        text += line;
    }
    return csv_file(file + " \"" + std::string(what.name) + "\"", header + "\n" + text, columns_of(what));
}

void read_json(const decision& what, const std::filesystem::path& path, inputs& into, const std::map<std::string, std::string>& flags) {
    const std::string file = path.string();
    nlohmann::ordered_json document;
    try {
        document = nlohmann::ordered_json::parse(read_file(path));
    } catch (const nlohmann::ordered_json::exception& problem) { throw data_error(file + ": " + problem.what()); }
    if (!document.is_object()) throw data_error(file + ": must be a JSON object with the names of the flags");
    for (const auto& item : document.items()) {
        const std::string& name = item.key();
        const nlohmann::ordered_json& value = item.value();
        const auto found =
            std::find_if(what.parameters.begin(), what.parameters.end(), [&](const parameter& one) { return one.name == name; });
        if (found == what.parameters.end()) throw data_error(fmt::format("{}: \"{}\" is no input of `cost {}`", file, name, what.name));
        if (flags.contains(name)) continue;
        if (found->kind == quantity::table)
            into.set_table(*found, table_of(*found, value, file));
        else if (value.is_string() || value.is_number())
            into.set(*found, scalar_text(value));
        else
            throw data_error(fmt::format("{}: \"{}\" must be text or a number", file, name));
    }
}

/// The provider's band of interruptions, unless the rate is stated in another way. Of the band, the less favourable end.
void look_up_band(const parameter& one, const interruption_band& band, const cost_options& options, const std::string& today, inputs& into,
                  provenance& sources) {
    if (into.has("mtbf") || into.has("spot-hours")) return;
    const int age = *day_number(today) - *day_number(band.observed_at);
    const bool stale = age > days_until_stale(one.allocation);
    if (stale && !options.allow_stale)
        throw data_error(
            fmt::format("the interruption band of {} ({}) is {} days old; give --mtbf 10h or --spot-hours 500h from a history "
                        "of yours, or accept it with --allow-stale",
                        options.type, band.source_id, age));
    const bool open = band.percent_high.empty();
    into.set(one, (open ? band.percent_low : band.percent_high) + "%");
    sources.push_back(fmt::format("--{}: {} % a month, {} of {} in {}, {}, {} ({} d){}", one.name,
                                  open ? band.percent_low : band.percent_high,
                                  open ? "the lower end, for it has no upper one," : "the upper end of the band", options.type,
                                  options.region, band.source_id, band.observed_at, age, stale ? ": stale" : ""));
}

/// Prices of the machine that --type names, for what was neither typed nor in the file.
void look_up(const decision& what, const cost_options& options, const price_catalog& catalog, const std::string& today, inputs& into,
             provenance& sources) {
    const std::size_t slash = options.type.find('/');
    if (slash == std::string::npos) throw usage_error("--type \"" + options.type + "\" must be provider/type, such as aws/g6.xlarge");
    const std::string provider = options.type.substr(0, slash), type = options.type.substr(slash + 1);
    if (!catalog.find_type(provider, type))
        throw usage_error("--type \"" + options.type + "\" is not in the catalog; `tenfold-bench catalog` lists it");
    for (const parameter& one : what.parameters) {
        if (one.allocation.empty() || into.has(one.name)) continue;
        if (one.allocation == "interruptions") {
            if (const interruption_band* band = catalog.find_interruptions(provider, type, options.region))
                look_up_band(one, *band, options, today, into, sources);
            continue;
        }
        const price_row* row = catalog.find_price(provider, type, options.region, one.allocation);
        if (!row && one.fallback == "required")
            throw usage_error(no_price_text(catalog, provider, type, options.region, one.allocation) +
                              fmt::format(", or --{} USD", one.name));
        if (!row) continue;
        const std::string age = require_fresh(*row, today, options.allow_stale);
        into.set(one, effective_per_hour(*row).text());
        sources.push_back(fmt::format("--{}: {} USD/h, {} of {}{}, {}, {}", one.name, effective_per_hour(*row).text(), one.allocation,
                                      options.type, options.region.empty() ? "" : " in " + options.region, row->source_id, age));
    }
}

}  // namespace

std::string cost_command(const decision& what, const cost_options& options) {
    if (options.format != "table" && options.format != "json")
        throw usage_error("--format \"" + options.format + "\" is unknown; give table or json");
    const std::string today = options.today.empty() ? today_utc() : options.today;
    if (!day_number(today)) throw usage_error("--today \"" + today + "\" is not of the form YYYY-MM-DD");
    inputs given;
    if (options.allow_stale) given.allow_stale();
    provenance sources;
    for (const parameter& one : what.parameters) {
        const auto typed = options.given.find(std::string(one.name));
        if (typed == options.given.end()) continue;
        if (one.kind == quantity::table)
            given.set_table(one, csv_file(typed->second, columns_of(one)));
        else
            given.set(one, typed->second);
    }
    if (!options.input.empty()) read_json(what, options.input, given, options.given);
    if (!options.catalog.empty()) {
        const price_catalog catalog = price_catalog::load(options.catalog);
        if (!options.type.empty()) look_up(what, options, catalog, today, given, sources);
        if (what.offers_from_catalog && !given.has("offers")) {
            const std::string precision = given.has("precision") ? given.text("precision") : "bf16";
            given.set_table(what.parameters.front(),
                            csv_file("the catalog's offers",
                                     what.offers_from_catalog(
                                         {catalog, options.catalog, precision, options.region, today, options.allow_stale}, sources),
                                     columns_of(what.parameters.front())));
        }
    } else if (!options.type.empty()) {
        throw usage_error("--type needs --catalog DIR: benchmarks/instances/catalog");
    }
    for (const parameter& one : what.parameters) {
        if (given.has(one.name) || one.fallback.empty()) continue;
        if (one.fallback == "required")
            throw usage_error(
                fmt::format("--{} is missing: {}{}", one.name, one.help,
                            one.allocation.empty() ? "" : "; or let --catalog DIR --type PROVIDER/TYPE --region NAME find it"));
        given.set(one, std::string(one.fallback));
    }
    const answer found = what.ask(given);
    return options.format == "json" ? answer_json(what, given, found, sources) : answer_text(what, given, found, sources);
}

std::string cost_list() {
    text_table table{"", "", {{"decision"}, {"question"}}, {}};
    for (const decision& one : decisions::all()) table.rows.push_back({std::string(one.name), std::string(one.question)});
    return terminal_table(table) + "`tenfold-bench cost DECISION --help` lists its inputs.\n";
}

}  // namespace tenfold::bench
