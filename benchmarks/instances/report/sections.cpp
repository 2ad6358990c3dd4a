// SPDX-License-Identifier: Apache-2.0
#include "instances/report/sections.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::sort, std::max
#include <cmath>      // std::pow, std::sqrt
#include <utility>    // std::pair

#include "instances/report/numbers.hpp"      // with_prefix, percent
#include "instances/report/plot.hpp"         // plot_svg
#include "instances/report/svg.hpp"          // strip_chart
#include "instances/statistics/front.hpp"    // front_probabilities
#include "instances/statistics/summary.hpp"  // geometric_mean, median

namespace tenfold::bench {
namespace {

double dollars(const usd& amount) { return static_cast<double>(amount.nano()) * 1e-9; }

std::string plot_card(const std::string& title, const plot& what, const text_table& table) {
    const std::string svg = plot_svg(what);
    return svg.empty() ? "" : html_card(title, svg + html_folded(table));
}

std::string section(const std::string& heading, const std::string& cards, const comparison& result) {
    return cards.empty() ? "" : heading + html_colour_key(result) + "<div class=\"grid\">" + cards + "</div>";
}

/// The highest measured roof of a unit, over all numbers of threads; 0 where none was measured.
double highest_roof(const contender& one, const std::string& prefix) {
    double highest = 0;
    for (const auto& [threads, roofs] : one.context.roofs)
        for (const auto& [name, roof] : roofs)
            if (name.starts_with(prefix)) highest = std::max(highest, roof.value);
    return highest;
}

/// The rates of each machine in a class, over the cases that all contenders have, on the configuration that stands for it.
std::map<std::string, double> rates_by_machine(const contender& one, const class_key& key, const configuration& how) {
    std::map<std::string, std::vector<double>> rates;
    for (const auto& [problem, configurations] : one.classes.at(key).by_problem)
        if (const auto found = configurations.find(how); found != configurations.end())
            for (const auto& [machine, rate] : found->second.rate_by_machine) rates[machine].push_back(rate);
    std::size_t most = 0;
    for (const auto& [machine, values] : rates) most = std::max(most, values.size());
    std::map<std::string, double> means;
    for (const auto& [machine, values] : rates)
        if (values.size() == most) means[machine] = geometric_mean(values);
    return means;
}

/// From the fastest to the cheapest: until the next point begins, the time of the one before costs what it costs.
std::vector<std::pair<double, double>> staircase(std::vector<std::pair<double, double>> corners) {
    std::sort(corners.begin(), corners.end());
    std::vector<std::pair<double, double>> steps;
    for (const auto& corner : corners) {
        if (!steps.empty()) steps.emplace_back(corner.first, steps.back().second);
        steps.push_back(corner);
    }
    return steps;
}

/// The end of an axis: the next of 1, 2, 5 times a power of ten, at least 0.1 %.
double round_percent(double furthest) {
    for (double power = 0.1;; power *= 10)
        for (double step : {1.0, 2.0, 5.0})
            if (step * power >= furthest) return step * power;
}

}  // namespace

std::string pareto_section(const comparison& result) {
    constexpr int draws = 1000;
    constexpr std::size_t most_named = 6;  // beside their marks; more would overlap
    if (result.contenders.size() < 2) return "";
    std::string cards;
    for (const class_ranking& ranking : result.classes) {
        std::vector<front_candidate> candidates;
        std::vector<const class_result*> rows;
        for (const class_result& row : ranking.results) {
            const contender& one = result.contenders[row.contender];
            if (!row.cost || !one.price) continue;
            candidates.push_back({row.rate, dollars(one.price->per_hour), row.rate_interval, static_cast<int>(row.machines)});
            rows.push_back(&row);
        }
        if (rows.size() < 2) continue;
        const std::vector<bool> front = pareto_front(candidates);
        const std::vector<double> probabilities = front_probabilities(candidates, draws, 1);
        const std::string work = work_name(ranking.key.unit);
        plot drawn{"time against cost of " + ranking.key.text(), {"s per " + work, true}, {"USD per " + work, true}, {}, {}};
        plot_line line{"front", 6, {}, true};
        text_table table{
            "", "", {{"machine"}, {"s per " + work, true}, {"USD per " + work, true}, {"on the front"}, {"probability", true}}, {}};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const class_result& row = *rows[i];
            const std::string& label = result.contenders[row.contender].label;
            drawn.marks.push_back({label, row.contender, row.seconds_per_work, dollars(*row.cost),
                                   row.cost_low ? dollars(*row.cost_low) : 0, row.cost_high ? dollars(*row.cost_high) : 0});
            if (rows.size() <= most_named) drawn.marks.back().text = label;
            if (front[i]) line.points.emplace_back(row.seconds_per_work, dollars(*row.cost));
            table.rows.push_back({label, significant(row.seconds_per_work, 4), row.cost->significant(4), front[i] ? "yes" : "no",
                                  percent(100 * probabilities[i])});
        }
        line.points = staircase(line.points);
        if (line.points.size() > 1) drawn.lines.push_back(line);
        cards += plot_card(ranking.key.text(), drawn, table);
    }
    return section(
        html_heading("Time against money",
                     fmt::format("Left is faster, down is cheaper. What no other machine beats in both is a corner of the dashed front; "
                                 "the probability is over {} draws from the intervals between machines.",
                                 draws)),
        cards, result);
}

std::string roofline_section(const comparison& result) {
    plot speed{"roofline", {"FLOP per byte", true}, {"FLOP/s", true}, {}, {}},
        money{"cost roofline", {"FLOP per byte", true}, {"FLOP per USD", true}, {}, {}};
    text_table roofs{
        "",
        "",
        {{"machine"}, {"peak", true}, {"bandwidth", true}, {"ridge FLOP/B", true}, {"FLOP per USD", true}, {"B per USD", true}},
        {}};
    for (std::size_t i = 0; i < result.contenders.size(); ++i) {
        const contender& one = result.contenders[i];
        const double peak = highest_roof(one, "fma_f32"), bandwidth = highest_roof(one, "read_bandwidth");
        if (!(peak > 0 && bandwidth > 0)) continue;
        const double ridge = peak / bandwidth;
        const double per_usd = one.price ? 3600 / dollars(one.price->per_hour) : 0;
        const std::vector<std::pair<double, double>> roof = {{ridge / 64, peak / 64}, {ridge, peak}, {ridge * 64, peak}};
        speed.lines.push_back({one.label, i, roof, false});
        if (per_usd > 0) {
            plot_line line{one.label, i, {}, false};
            for (const auto& [x, y] : roof) line.points.emplace_back(x, y * per_usd);
            money.lines.push_back(line);
        }
        roofs.rows.push_back({one.label, with_prefix(peak, "FLOP/s"), with_prefix(bandwidth, "B/s"), significant(ridge, 3),
                              per_usd > 0 ? with_prefix(peak * per_usd, "FLOP") : "no price",
                              per_usd > 0 ? with_prefix(bandwidth * per_usd, "B") : "no price"});
        for (const auto& [key, cases] : one.classes) {
            if (key.unit != "FLOP/s" || key.dtype != "f32") continue;
            for (const auto& [problem, configurations] : cases.by_problem) {
                const case_summary* best = nullptr;
                for (const auto& [how, summary] : configurations)
                    if (!best || summary.rate > best->rate) best = &summary;
                if (!best || !(best->flops_per_byte > 0)) continue;
                speed.marks.push_back({one.label + ": " + problem, i, best->flops_per_byte, best->rate});
                if (per_usd > 0) money.marks.push_back({one.label + ": " + problem, i, best->flops_per_byte, best->rate * per_usd});
            }
        }
    }
    return section(
        html_heading("Roofline, and what a dollar buys of it",
                     "The line is the measured roof in f32: bandwidth to the left of the ridge, arithmetic to the right. Dots are the "
                     "f32 cases that count FLOP. The second plot divides by the price of an hour: where lines cross, the cheaper "
                     "machine changes."),
        plot_card("Roofline", speed, roofs) + plot_card("Cost roofline", money, roofs), result);
}

std::string spread_section(const comparison& result) {
    std::string cards;
    for (const class_ranking& ranking : result.classes) {
        std::vector<strip_row> strips;
        text_table table{"", "", {{"machine type"}, {"machines", true}, {"slowest", true}, {"fastest", true}, {"spread", true}}, {}};
        double furthest = 0;
        bool several = false;
        for (const class_result& row : ranking.results) {
            const contender& one = result.contenders[row.contender];
            const auto rates = rates_by_machine(one, ranking.key, row.best);
            std::vector<double> values;
            for (const auto& [machine, rate] : rates) values.push_back(rate);
            if (values.empty()) continue;
            const double middle = median(values), low = *std::min_element(values.begin(), values.end()),
                         high = *std::max_element(values.begin(), values.end());
            const std::string spread = values.size() > 1 ? percent(100 * (high / low - 1)) : "one machine";
            strip_row strip{one.label, spread, {}, {}, row.contender};
            for (const auto& [machine, rate] : rates) {
                strip.dots.push_back(100 * (rate / middle - 1));
                strip.names.push_back(fmt::format("machine {}: {}", machine, with_prefix(rate, ranking.key.unit)));
                furthest = std::max(furthest, std::abs(strip.dots.back()));
            }
            strips.push_back(strip);
            several = several || values.size() > 1;
            table.rows.push_back({one.label, std::to_string(values.size()), with_prefix(low, ranking.key.unit),
                                  with_prefix(high, ranking.key.unit), spread});
        }
        if (several)
            cards += html_card(ranking.key.text(), strip_chart("deviation of each machine from its type's median, " + ranking.key.text(),
                                                               strips, round_percent(furthest)) +
                                                       html_folded(table));
    }
    return section(html_heading("Machines of one type",
                                "One dot per machine: how far its geometric mean over the cases lies from the median machine of its type, "
                                "on one scale for all types. As far may a new machine of that type lie."),
                   cards, result);
}

}  // namespace tenfold::bench
