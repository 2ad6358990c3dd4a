// SPDX-License-Identifier: Apache-2.0
// The rankings per class: whole, for pages and files, and brief, for a terminal.
#include <fmt/format.h>
#include <map>  // std::map

#include "instances/report/numbers.hpp"  // with_prefix, duration, percent, times
#include "instances/report/phrases.hpp"  // speed_verdict_text, one_machine_only, joined
#include "instances/report/tables.hpp"   // ranking_tables

namespace tenfold::bench {
namespace {

std::string cost_text(const class_result& result) {
    if (!result.cost) return "";
    std::string text = result.cost->significant(4);
    if (result.cost_low && result.cost_high)
        text += fmt::format(" [{}, {}]", result.cost_low->significant(4), result.cost_high->significant(4));
    return text;
}

std::string rate_text(const class_result& result, const std::string& unit) {
    return result.rate_interval ? with_prefix(*result.rate_interval, unit) : with_prefix(result.rate, unit);
}

std::string price_cell(const contender& one) {
    return one.price ? one.price->per_hour.text(4) + ", " + source_and_age(*one.price) : "no price";
}

/// With its age only; where it comes from stands in the table of prices.
std::string aged_price(const contender& one) {
    if (!one.price) return "no price";
    return one.price->per_hour.text(4) + (one.price->age_days ? fmt::format(" ({} d)", *one.price->age_days) : " (undated)");
}

std::string cases_text(const class_ranking& ranking) {
    if (ranking.common_cases == ranking.all_cases)
        return ranking.common_cases == 1 ? "1 case" : fmt::format("{} cases", ranking.common_cases);
    return fmt::format("{} common of {} cases", ranking.common_cases, ranking.all_cases);
}

/// The classes of a single machine in one table: there is nobody to rank it against.
text_table single_machine_table(const comparison& result) {
    const contender& one = result.contenders.front();
    text_table table;
    table.title = "Speed and cost per kernel class: " + one.label;
    table.note = "Geometric means over the cases of a class. USD/h: " + price_cell(one) +
                 ". Figures are of this machine: " + fmt::format("k = {}, ", one.machines.size()) +
                 (one.machines.size() < 2 ? "no between-machine information." : "intervals are 95 % between machines.");
    table.columns = {{"class"},          {"cases", true},    {"configuration"},      {"rate", true}, {"of roof", true},
                     {"call p50", true}, {"call p90", true}, {"machine time", true}, {"USD", true},  {"per"}};
    for (const class_ranking& ranking : result.classes)
        for (const class_result& row : ranking.results)
            table.rows.push_back({ranking.key.text(), std::to_string(ranking.common_cases), row.best.text(),
                                  rate_text(row, ranking.key.unit), optional_percent(row.percent_of_roof), duration(row.p50_ns * 1e-9),
                                  duration(row.p90_ns * 1e-9), duration(row.seconds_per_work), row.cost ? cost_text(row) : "no price",
                                  work_name(ranking.key.unit)});
    return table;
}

/// Half the interval in percent of the estimate: "+-2.8 %".
std::string half_width(const class_result& row) {
    if (!row.rate_interval) return no_figure;
    return "+-" + percent(50 * (row.rate_interval->high - row.rate_interval->low) / row.rate);
}

/// "0.561 x worse"; of the baseline its name.
std::string against_base(const class_result& row, const std::optional<double>& ratio, verdict found, bool stands) {
    if (row.is_baseline) return "baseline";
    return ratio ? times(*ratio) + " " + marked(found, stands) : no_figure;
}

/// The ranking as a terminal holds it: what a verdict needs and no more; the other formats have the rest.
text_table brief_ranking(const comparison& result, const class_ranking& ranking) {
    const std::string work = work_name(ranking.key.unit);
    text_table table;
    table.title = fmt::format("{}, {}", ranking.key.text(), cases_text(ranking));
    table.note = fmt::format("Ranked by {}; margin {}; +- is 95 % between machines.", ranking.by_cost ? "USD per " + work : "rate",
                             percent(result.delta * 100));
    if (one_machine_only(ranking)) table.note += " k = 1: no between-machine information.";
    std::map<std::string, std::vector<std::string>> used;  // configuration -> machines
    for (const class_result& row : ranking.results) used[row.best.text()].push_back(result.contenders[row.contender].label);
    std::vector<std::string> ways;
    for (const auto& [how, machines] : used) ways.push_back(used.size() == 1 ? how : how + " on " + joined(machines, ", "));
    if (!ways.empty()) table.note += " Measured with " + joined(ways, "; ") + ".";
    table.columns = {{"", true},     {"machine"},     {"k", true},           {"rate", true}, {"+-", true},
                     {"roof", true}, {"USD/h", true}, {"USD/" + work, true}, {"speed"},      {"cost"}};
    int rank = 0;
    for (const class_result& row : ranking.results) {
        const contender& one = result.contenders[row.contender];
        table.rows.push_back({std::to_string(++rank), one.label, std::to_string(row.machines), with_prefix(row.rate, ranking.key.unit),
                              half_width(row), optional_percent(row.percent_of_roof), one.price ? one.price->per_hour.text(4) : no_figure,
                              row.cost ? row.cost->significant(4) : no_figure,
                              against_base(row, row.speed_ratio, row.speed, row.speed_stands),
                              row.cost ? against_base(row, row.cost_ratio, row.cost_verdict, row.cost_stands) : no_figure});
    }
    return table;
}

}  // namespace

text_table ranking_table(const comparison& result, const class_ranking& ranking) {
    text_table table;
    const std::string work = work_name(ranking.key.unit);
    table.title = fmt::format("{}, {}", ranking.key.text(), cases_text(ranking));
    table.note =
        fmt::format("Ranked by {}. Margin of the verdicts: {}.", ranking.by_cost ? "USD per " + work : "rate", percent(result.delta * 100));
    if (one_machine_only(ranking)) table.note += " k = 1: no between-machine information.";
    table.columns = {{"rank", true},
                     {"machine"},
                     {"k", true},
                     {"configuration"},
                     {"rate", true},
                     {"of roof", true},
                     {"call p50", true},
                     {"call p90", true},
                     {"USD/h (age)", true},
                     {"USD per " + work, true},
                     {"speed vs base", true},
                     {"speed verdict"},
                     {"cost vs base", true},
                     {"cost verdict"},
                     {"validity"}};
    int rank = 0;
    for (const class_result& row : ranking.results) {
        const contender& one = result.contenders[row.contender];
        table.rows.push_back({std::to_string(++rank), one.label, std::to_string(row.machines), row.best.text(),
                              rate_text(row, ranking.key.unit), optional_percent(row.percent_of_roof), duration(row.p50_ns * 1e-9),
                              duration(row.p90_ns * 1e-9), aged_price(one), cost_text(row), times(row.speed_ratio), speed_verdict_text(row),
                              row.is_baseline && row.cost ? times(1) : (row.cost_ratio ? times(*row.cost_ratio) : no_figure),
                              row.is_baseline || row.cost_ratio ? cost_verdict_text(row) : no_figure, validity(one)});
    }
    return table;
}

std::vector<text_table> ranking_tables(const comparison& result, bool brief) {
    if (result.contenders.size() == 1) return {single_machine_table(result)};
    std::vector<text_table> tables;
    for (const class_ranking& ranking : result.classes)
        tables.push_back(brief ? brief_ranking(result, ranking) : ranking_table(result, ranking));
    return tables;
}

}  // namespace tenfold::bench
