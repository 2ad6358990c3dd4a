// SPDX-License-Identifier: Apache-2.0
// The report as one page that needs nothing but itself: no script, nothing loaded, every chart followed by its table.
#include <fmt/format.h>
#include <algorithm>  // std::max, std::find_if
#include <cmath>      // std::log10
#include <functional>  // std::greater
#include <map>         // std::map
#include <set>         // std::set

#include "instances/report/numbers.hpp"  // with_prefix, percent
#include "instances/report/report.hpp"   // html_report
#include "instances/report/sections.hpp"  // roofline_section
#include "instances/report/style.hpp"    // report_style
#include "instances/report/svg.hpp"      // bar_chart, heat_map, escaped
#include "instances/report/tables.hpp"  // all_tables

namespace tenfold::bench {

std::string html_table(const text_table& table) {
    std::string html = "<div class=\"wide\"><table><thead><tr>";
    for (const table_column& column : table.columns)
        html += (column.is_number ? "<th class=\"n\">" : "<th>") + escaped(column.name) + "</th>";
    html += "</tr></thead><tbody>";
    for (const auto& row : table.rows) {
        html += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            html += (table.columns[i].is_number ? "<td class=\"n\">" : "<td>") + escaped(row[i]) + "</td>";
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>";
}

std::string html_folded(const text_table& table, const std::string& summary) {
    std::string html = "<details><summary>" + escaped(summary) + "</summary>";
    if (!table.note.empty()) html += "<p class=\"note\">" + escaped(table.note) + "</p>";
    return html + html_table(table) + "</details>";
}

std::string html_heading(const std::string& title, const std::string& note) {
    return "<h2>" + escaped(title) + "</h2><p class=\"soft\">" + escaped(note) + "</p>\n";
}

std::string html_card(const std::string& title, const std::string& content) {
    return "<section class=\"card\">" + (title.empty() ? "" : "<h3>" + escaped(title) + "</h3>") + content + "</section>\n";
}

std::string html_colour_key(const comparison& result) {
    if (result.contenders.size() == 1) return "";
    std::string html = "<div class=\"key\">";
    for (std::size_t i = 0; i < result.contenders.size(); ++i)
        html += fmt::format("<span><i class=\"c{}\"></i>{}</span>", i % 7, escaped(result.contenders[i].label));
    return html + "</div>";
}

namespace {

bool is_single(const comparison& result) { return result.contenders.size() == 1; }

std::string rate_value(const class_result& row, const std::string& unit) {
    return with_prefix(row.rate, unit) + (row.percent_of_roof ? ", " + percent(*row.percent_of_roof) + " of roof" : "");
}

std::string speed_section(const comparison& result) {
    if (is_single(result)) {
        std::map<std::string, std::vector<chart_bar>, std::greater<>> charts;  // FLOP/s before B/s
        for (const class_ranking& ranking : result.classes)
            for (const class_result& row : ranking.results)
                charts[ranking.key.unit].push_back(
                    {ranking.key.text(), rate_value(row, ranking.key.unit), row.percent_of_roof.value_or(0) / 100, 0, {}, {}});
        std::string html = html_heading("Speed per kernel class",
                                        "Full width is the roof measured on this machine: a register-resident multiply-add "
                                        "loop or the memory bandwidth. Geometric means over the cases of a class.");
        html += "<div class=\"grid\">";
        for (const auto& [unit, bars] : charts)
            html += html_card(unit == "FLOP/s" ? "Arithmetic"
                              : unit == "B/s"  ? "Memory traffic"
                                               : "Calls",
                              bar_chart("rate per kernel class as a share of the measured roof", bars));
        return html + "</div>" + html_folded(ranking_tables(result, false).front());
    }
    std::string html = html_heading("Speed per kernel class",
                                    "Full width is the fastest machine of the class; longer is faster. The whisker is the 95 % "
                                    "interval between machines, where there are two or more.") +
                       html_colour_key(result) + "<div class=\"grid\">";
    for (const class_ranking& ranking : result.classes) {
        double longest = 0;
        for (const class_result& row : ranking.results) longest = std::max(longest, row.rate_interval ? row.rate_interval->high : row.rate);
        std::vector<chart_bar> bars;
        for (const class_result& row : ranking.results) {
            chart_bar bar{
                result.contenders[row.contender].label, rate_value(row, ranking.key.unit), row.rate / longest, row.contender, {}, {}};
            if (row.rate_interval) {
                bar.low = row.rate_interval->low / longest;
                bar.high = row.rate_interval->high / longest;
            }
            bars.push_back(bar);
        }
        const text_table table = ranking_table(result, ranking);
        html += html_card(table.title, bar_chart("rate of " + ranking.key.text() + " per machine", bars) + html_folded(table));
    }
    return html + "</div>";
}

/// Single machine: one chart per unit of work; several: one per class.
std::string cost_section(const comparison& result) {
    std::string html = html_heading("Cost per unit of work",
                                    "US dollars for 10^15 floating-point operations, or for 10^12 bytes moved, at the price of an "
                                    "hour; shorter is cheaper. No price, no cost.");
    using priced_rows = std::vector<std::pair<const class_ranking*, const class_result*>>;
    std::vector<std::pair<std::string, priced_rows>> charts;  // in the order of the classes
    for (const class_ranking& ranking : result.classes)
        for (const class_result& row : ranking.results) {
            if (!row.cost) continue;
            const std::string title = (is_single(result) ? "" : ranking.key.text() + ", ") + "USD per " + work_name(ranking.key.unit);
            auto chart = std::find_if(charts.begin(), charts.end(), [&](const auto& one) { return one.first == title; });
            if (chart == charts.end()) chart = charts.insert(charts.end(), {title, {}});
            chart->second.emplace_back(&ranking, &row);
        }
    html += "<div class=\"grid\">";
    for (const auto& [title, rows] : charts) {
        double longest = 0;
        for (const auto& [ranking, row] : rows)
            longest = std::max(longest, static_cast<double>((row->cost_high ? *row->cost_high : *row->cost).nano()));
        std::vector<chart_bar> bars;
        text_table table{"", "", {{"machine"}, {"class"}, {title, true}, {"USD/h", true}, {"source, date (age)"}}, {}};
        for (const auto& [ranking, row] : rows) {
            const contender& one = result.contenders[row->contender];
            const auto share = [&](const usd& amount) { return static_cast<double>(amount.nano()) / longest; };
            chart_bar bar{
                is_single(result) ? ranking->key.text() : one.label, row->cost->significant(4), share(*row->cost), row->contender, {}, {}};
            if (row->cost_low && row->cost_high) {
                bar.low = share(*row->cost_low);
                bar.high = share(*row->cost_high);
            }
            bars.push_back(bar);
            table.rows.push_back(
                {one.label, ranking->key.text(), row->cost->significant(4), one.price->per_hour.text(4), source_and_age(*one.price)});
        }
        html += html_card(title, bar_chart(title, bars) + html_folded(table));
    }
    html += "</div>";
    const text_table prices = price_table(result);
    return html + html_card("Prices", "<p class=\"note\">" + escaped(prices.note) + "</p>" + html_table(prices));
}

std::string offers_section(const comparison& result) {
    std::string html;
    for (const text_table& table : offer_tables(result))
        html += html_card(table.title, "<p class=\"note\">" + escaped(table.note) + "</p>" + html_table(table));
    if (html.empty()) return "";
    return html_heading("What the catalog sells at this size", "Arithmetic on list prices. Nothing in this section was measured.") + html;
}

/// What is about one machine: open where it is the only one, folded under its name among several.
std::string about_machine(const comparison& result, std::size_t index, const std::string& content) {
    if (is_single(result)) return content;
    return fmt::format("<details class=\"machine\"><summary><i class=\"c{}\"></i>{}</summary>{}</details>\n", index % 7,
                       escaped(result.contenders[index].label), content);
}

std::string configurations_section(const comparison& result) {
    if (result.configurations.empty()) return "";
    std::string html =
        html_heading("Backends, instruction sets and other libraries",
                     "How many times as fast as the textbook backend, logarithmic, over the cases that it ran too; rates are over the "
                     "cases that all others have. Within one machine. Where the textbook backend did not run: the rate itself.");
    std::map<std::size_t, std::string> cards;  // by machine
    std::set<std::pair<std::size_t, class_key>> done;
    for (const configuration_result& first : result.configurations) {
        if (!done.emplace(first.contender, first.key).second) continue;
        std::vector<chart_bar> bars;
        text_table table{"", "", {{"configuration"}, {"cases", true}, {"rate", true}, {"of roof", true}, {"over reference", true}}, {}};
        double highest = 0;
        for (const configuration_result& row : result.configurations)
            if (row.contender == first.contender && row.key == first.key) highest = std::max(highest, row.rate);
        std::size_t colour = 0;
        for (const configuration_result& row : result.configurations) {
            if (row.contender != first.contender || row.key != first.key) continue;
            const std::string rate = with_prefix(row.rate, row.key.unit);
            const double length = row.over_reference ? std::log10(*row.over_reference) : row.rate / highest;
            bars.push_back({row.how.text(),
                            rate + (row.over_reference ? ", " + times(*row.over_reference) : ""),
                            length,
                            row.how.backend == "reference" ? 6 : colour++ % 6,
                            {},
                            {}});
            table.rows.push_back({row.how.text(), std::to_string(row.cases), rate,
                                  row.percent_of_roof ? percent(*row.percent_of_roof) : no_figure,
                                  row.over_reference ? times(*row.over_reference) : no_figure});
        }
        const std::string title = first.key.text();
        cards[first.contender] +=
            html_card(title, (first.over_reference ? log_bar_chart(title, bars, " x") : bar_chart(title, bars)) + html_folded(table));
    }
    for (const auto& [machine, content] : cards) html += about_machine(result, machine, "<div class=\"grid\">" + content + "</div>");
    return html;
}

std::string cases_section(const comparison& result) {
    std::string html = html_heading("Every case",
                                    "Rate and share of the measured roof; the darker a cell, the closer to the roof. Without a roof, the "
                                    "share of the fastest in the row.");
    for (std::size_t index = 0; index < result.contenders.size(); ++index) {
        const contender& one = result.contenders[index];
        const std::vector<text_table> tables = case_tables(result, index);
        std::string maps;
        std::size_t number = 0;
        for (const auto& [key, cases] : one.classes) {
            std::set<configuration> columns;
            for (const auto& [problem, by_configuration] : cases.by_problem)
                for (const auto& [how, summary] : by_configuration) columns.insert(how);
            std::vector<std::string> rows, names;
            for (const configuration& how : columns) names.push_back(how.text());
            std::vector<std::vector<heat_cell>> cells;
            for (const auto& [problem, by_configuration] : cases.by_problem) {
                double fastest = 0;
                for (const auto& [how, summary] : by_configuration) fastest = std::max(fastest, summary.rate);
                rows.push_back(problem);
                cells.emplace_back();
                for (const configuration& how : columns) {
                    const auto found = by_configuration.find(how);
                    if (found == by_configuration.end()) {
                        cells.back().push_back({no_figure, {}});
                        continue;
                    }
                    const auto& share = found->second.percent_of_roof;
                    std::string text = with_prefix(found->second.rate, key.unit);
                    if (share) text += ", " + percent(*share);
                    cells.back().push_back({text, share ? *share / 100 : found->second.rate / fastest});
                }
            }
            maps += "<h3>" + escaped(key.text()) + "</h3><div class=\"wide\">" +
                    heat_map(one.label + ": " + key.text(), names, rows, cells) + "</div>" + html_folded(tables[number++]) + "<br>";
        }
        html += about_machine(result, index, html_card("", maps));
    }
    return html;
}

std::string provenance_section(const comparison& result, const std::string& command) {
    std::string html = html_heading("Where this comes from", "Machines, builds, roofs, price sources, and what was left out.");
    for (const text_table& table : provenance_tables(result))
        html += html_card(table.title, (table.note.empty() ? "" : "<p class=\"note\">" + escaped(table.note) + "</p>") + html_table(table));
    if (!command.empty()) html += html_card("Command", "<code>" + escaped(command) + "</code>");
    return html;
}

}  // namespace

std::string html_report(const comparison& result, const std::string& command) {
    const std::string title =
        is_single(result) ? result.contenders.front().label : fmt::format("{} machines compared", result.contenders.size());
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>tenfold: " +
        escaped(title) + "</title><style>" + report_style + "</style></head>\n<body><main>\n";
    html += "<h1>" + escaped(title) + "</h1><p class=\"soft\">tenfold-bench, suite " + escaped(result.suite) + ", " +
            escaped(result.today) + "</p>\n";
    html += answer_section(result) + path_section(result) + speed_section(result) + cost_section(result) + pareto_section(result) +
            roofline_section(result) + break_even_section(result) + spread_section(result) + time_section(result) +
            configurations_section(result) + offers_section(result) + cases_section(result) + provenance_section(result, command);
    return html +
           "<footer>A verdict needs machines, not samples: k is the number of machines. Prices carry their source and date. Times without "
           "an "
           "accuracy check are marked.</footer>\n</main></body></html>\n";
}

}  // namespace tenfold::bench
