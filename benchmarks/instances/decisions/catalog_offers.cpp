// SPDX-License-Identifier: Apache-2.0
#include "instances/decisions/catalog_offers.hpp"

#include <fmt/format.h>
#include <charconv>  // std::from_chars
#include <map>       // std::map

#include "instances/errors.hpp"             // data_error, usage_error
#include "instances/price/csv_file.hpp"     // csv_file
#include "instances/price/fresh.hpp"        // require_fresh
#include "instances/price/peaks.hpp"        // datasheet_name
#include "instances/report/text_table.hpp"  // csv_cell

namespace tenfold::bench {
namespace {

double number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

std::string accelerator_offers(const offers_query& query, std::vector<std::string>& sources) {
    const std::string column = query.precision + (query.precision == "fp32"   ? "_tflops"
                                                  : query.precision == "int8" ? "_dense_tops"
                                                                              : "_dense_tflops");
    const csv_file peaks(query.folder / "peaks.csv", {"accelerator", "memory_gb", "memory_gb_per_s"});
    if (!peaks.has(column))
        throw usage_error("--precision \"" + query.precision + "\" is unknown; give fp32, tf32, bf16, fp16, fp8, fp4 or int8");
    std::map<std::string, std::size_t> rows;
    for (std::size_t row = 0; row < peaks.size(); ++row) rows[peaks.at(row, "accelerator")] = row;
    std::string text = "name,usd_per_hour,tflops,gb_per_s,memory_gb\n";
    std::size_t taken = 0, stale = 0, without_peak = 0;
    std::map<std::string, std::size_t> by_source;
    for (const instance_type& type : query.catalog.types()) {
        const double count = number(type.accelerator_count);
        if (type.accelerator.empty() || !(count > 0) || type.runnable == "none") continue;
        // The V100 with twice the memory has the other's peaks.
        const auto peak = rows.find(datasheet_name(type.accelerator == "V100-32GB" ? "V100" : type.accelerator));
        if (peak == rows.end() || peaks.at(peak->second, column).empty() || peaks.at(peak->second, "memory_gb_per_s").empty()) {
            ++without_peak;
            continue;
        }
        const price_row* cheapest = nullptr;
        for (const price_row* row : query.catalog.prices_of(type.provider, type.name, "on_demand"))
            if ((query.region.empty() || row->region == query.region) &&
                (!cheapest || effective_per_hour(*row) < effective_per_hour(*cheapest)))
                cheapest = row;
        if (!cheapest) continue;
        try {
            require_fresh(*cheapest, query.today, query.allow_stale);
        } catch (const data_error&) {
            ++stale;
            continue;
        }
        text += fmt::format("{},{},{},{},{}\n", csv_cell(type.provider + "/" + type.name), effective_per_hour(*cheapest).text(),
                            number(peaks.at(peak->second, column)) * count, number(peaks.at(peak->second, "memory_gb_per_s")) * count,
                            type.accelerator_memory_gib.empty() ? peaks.at(peak->second, "memory_gb") : type.accelerator_memory_gib);
        ++taken;
        ++by_source[cheapest->source_id];
    }
    if (taken == 0)
        throw data_error(
            fmt::format("the catalog has no usable on-demand price of an accelerator with a {} peak: {} are stale or undated "
                        "(accept them with --allow-stale)",
                        query.precision, stale));
    for (const auto& [source, count] : by_source) sources.push_back(fmt::format("{} offers from {}", count, source));
    sources.push_back(fmt::format("{} left out as stale or undated, {} without a datasheet peak of that precision", stale, without_peak));
    return text;
}

}  // namespace tenfold::bench
