// SPDX-License-Identifier: Apache-2.0
#include "instances/report/figures.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::sort, std::min, std::max
#include <map>        // std::map
#include <set>        // std::set
#include <string>     // std::stoi
#include <vector>     // std::vector

#include "instances/errors.hpp"          // data_error
#include "instances/price/csv_file.hpp"  // csv_file
#include "instances/price/date.hpp"      // day_number
#include "instances/report/numbers.hpp"  // no_figure
#include "instances/report/svg.hpp"      // heat_map, escaped

namespace tenfold::bench {
namespace {

/// A picture that no page gives its style.
std::string standalone(std::string svg) {
    const std::string opening = "<svg ";
    svg.insert(opening.size(), "xmlns=\"http://www.w3.org/2000/svg\" ");
    svg.insert(svg.find('>') + 1,
               "<style>svg{background:#fff}text{font:12px sans-serif;fill:#15181c}.t{fill:#5c6670;font-size:11px}.h{font-size:11px;"
               "text-anchor:middle}.on-dark{fill:#fff}.on-light{fill:#000}.e{text-anchor:end}.q{stroke:#dfe3e8;fill:none}circle{fill:#"
               "0072b2}</style>");
    return svg + "\n";
}

struct accelerator_hour {
    usd price;
    std::string type, observed_at;
};

/// accelerator -> provider -> the cheapest hour of one.
std::map<std::string, std::map<std::string, accelerator_hour>> hours(const price_catalog& catalog) {
    std::map<std::string, std::map<std::string, accelerator_hour>> found;
    const auto offer = [&](const instance_type& type, const price_row& row, usd price) {
        auto& place = found[type.accelerator];
        const auto known = place.find(type.provider);
        if (known == place.end() || price < known->second.price) place[type.provider] = {price, type.name, row.observed_at};
    };
    for (const instance_type& type : catalog.types()) {
        if (type.accelerator.empty() || type.accelerator_count.empty()) continue;
        const std::int64_t count = usd::parse(type.accelerator_count).nano();
        if (count <= 0) continue;
        for (const price_row* row : catalog.prices_of(type.provider, type.name, "on_demand"))
            if (row->includes != "managed_service")
                offer(type, *row, effective_per_hour(*row).times(usd::nano_per_dollar, static_cast<std::uint64_t>(count)));
    }
    for (const price_row& row : catalog.rows())
        if (row.basis == "gpu" && row.allocation == "on_demand" && row.currency == "USD" && row.per_hour > usd())
            if (const instance_type* type = catalog.find_type(row.provider, row.type)) offer(*type, row, row.per_hour);
    return found;
}

struct family {
    std::string name, accelerator, known_from, event, source;
    int day = 0;
};

std::vector<family> families(const std::filesystem::path& folder) {
    const csv_file table(folder / "families.csv", {"provider", "family", "accelerator", "known_from", "event", "source"});
    std::vector<family> found;
    for (std::size_t row = 0; row < table.size(); ++row) {
        family one{table.at(row, "provider") + " " + table.at(row, "family"), table.at(row, "accelerator"), table.at(row, "known_from"),
                   table.at(row, "event"), table.at(row, "source")};
        const auto day = day_number(one.known_from);
        if (!one.known_from.empty() && (!day || one.source.empty()))
            throw data_error(table.where(row) + ": known_from must be YYYY-MM-DD with its source, or empty");
        one.day = day.value_or(0);
        found.push_back(one);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const family& a, const family& b) { return (a.day == 0) != (b.day == 0) ? b.day == 0 : a.day < b.day; });
    return found;
}

}  // namespace

text_table price_matrix(const price_catalog& catalog) {
    text_table table{"USD per hour of one accelerator, on demand",
                     "The lowest price over types and regions, whatever its date; `catalog --type` shows sources and dates.",
                     {{"accelerator"}, {"provider"}, {"USD/h", true}, {"type"}, {"date"}},
                     {}};
    for (const auto& [accelerator, providers] : hours(catalog))
        for (const auto& [provider, hour] : providers)
            table.rows.push_back(
                {accelerator, provider, hour.price.text(3), hour.type, hour.observed_at.empty() ? "undated" : hour.observed_at});
    return table;
}

std::string price_matrix_svg(const price_catalog& catalog) {
    const auto matrix = hours(catalog);
    std::set<std::string> columns;
    for (const auto& [accelerator, providers] : matrix)
        for (const auto& [provider, hour] : providers) columns.insert(provider);
    std::vector<std::string> names(columns.begin(), columns.end()), rows;
    std::vector<std::vector<heat_cell>> cells;
    for (const auto& [accelerator, providers] : matrix) {
        usd lowest = providers.begin()->second.price, highest = lowest;
        for (const auto& [provider, hour] : providers) {
            lowest = std::min(lowest, hour.price);
            highest = std::max(highest, hour.price);
        }
        const auto span = static_cast<double>((highest - lowest).nano());
        rows.push_back(accelerator);
        cells.emplace_back();
        for (const std::string& provider : names) {
            const auto found = providers.find(provider);
            if (found == providers.end())
                cells.back().push_back({"", {}});
            else  // the darker, the dearer of its row
                cells.back().push_back(
                    {found->second.price.text(2), span > 0 ? static_cast<double>((found->second.price - lowest).nano()) / span * 0.9 : 0});
        }
    }
    return standalone(heat_map("US dollars per hour of one accelerator, on demand, by provider", names, rows, cells, 78));
}

text_table family_timeline(const std::filesystem::path& folder) {
    text_table table{"Families of accelerated machines by the day from which they are known",
                     "Documented: the provider's user guide names it; in the SDK: its interface knows it. Empty: no source was at hand.",
                     {{"family"}, {"accelerator"}, {"known from"}, {"event"}, {"source"}},
                     {}};
    for (const family& one : families(folder))
        table.rows.push_back({one.name, one.accelerator, one.known_from.empty() ? no_figure : one.known_from, one.event, one.source});
    return table;
}

std::string family_timeline_svg(const std::filesystem::path& folder) {
    constexpr int label = 170, width = 620, row_height = 24, top = 10;
    std::vector<family> dated;
    std::string others;
    for (const family& one : families(folder))
        if (one.day > 0)
            dated.push_back(one);
        else
            others += (others.empty() ? "" : ", ") + one.name;
    if (dated.empty()) throw data_error((folder / "families.csv").string() + ": no family has a date");
    const int first = std::stoi(dated.front().known_from.substr(0, 4)), last = std::stoi(dated.back().known_from.substr(0, 4)) + 1;
    const int begin = *day_number(fmt::format("{}-01-01", first)), end = *day_number(fmt::format("{}-01-01", last));
    const auto to_x = [&](int day) { return label + (width - label - 20) * static_cast<double>(day - begin) / (end - begin); };
    const std::string rest = wrapped(others, 90);
    const int bottom = top + row_height * static_cast<int>(dated.size());
    const int lines = 1 + static_cast<int>(std::count(rest.begin(), rest.end(), '\n')) + 1;
    std::string svg =
        fmt::format("<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" role=\"img\" aria-label=\"Timeline of accelerated families\">", width,
                    bottom + 24 + 16 * lines);
    for (int year = first; year <= last; ++year) {
        const double x = to_x(*day_number(fmt::format("{}-01-01", year)));
        svg += fmt::format("<path class=\"q\" d=\"M{0:.1f} {1}V{2}\"/><text class=\"h t\" x=\"{0:.1f}\" y=\"{3}\">{4}</text>", x, top,
                           bottom, bottom + 14, year);
    }
    int y = top;
    for (const family& one : dated) {
        svg += fmt::format("<text x=\"4\" y=\"{}\">{}</text><circle cx=\"{:.1f}\" cy=\"{}\" r=\"5\"><title>{}: {} ({})</title></circle>",
                           y + 16, escaped(one.name + " (" + one.accelerator + ")"), to_x(one.day), y + 12, escaped(one.name),
                           one.known_from, escaped(one.source));
        y += row_height;
    }
    int text_y = bottom + 34;
    svg += fmt::format("<text class=\"t\" x=\"4\" y=\"{}\">{}</text>", text_y,
                       "Documented by the provider or known to its SDK on that day. Without a sourced date:");
    for (std::size_t at = 0; at <= rest.size();) {
        const std::size_t stop = std::min(rest.find('\n', at), rest.size());
        svg += fmt::format("<text class=\"t\" x=\"4\" y=\"{}\">{}</text>", text_y += 16, escaped(rest.substr(at, stop - at)));
        at = stop + 1;
    }
    return standalone(svg + "</svg>");
}

}  // namespace tenfold::bench
