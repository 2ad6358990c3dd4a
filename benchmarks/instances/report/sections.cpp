// SPDX-License-Identifier: Apache-2.0
#include "instances/report/sections.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::sort, std::max
#include <cmath>      // std::pow, std::sqrt
#include <set>        // std::set

#include "instances/report/numbers.hpp"      // with_prefix, percent, source_and_age
#include "instances/report/plot.hpp"         // plot_svg
#include "instances/report/svg.hpp"          // escaped
#include "instances/statistics/front.hpp"    // front_probabilities
#include "instances/statistics/summary.hpp"  // geometric_mean

namespace tenfold::bench {
namespace {

constexpr double hours_per_month = 730;

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

}  // namespace

std::string path_section(const comparison& result) {
    std::size_t priced = 0, ranked = 0, alone = 0, undecided = 0;
    for (const contender& one : result.contenders) priced += one.price.has_value();
    for (const class_ranking& ranking : result.classes) {
        ranked += !ranking.results.empty();
        bool one_machine = false, open = false;
        for (const class_result& row : ranking.results) {
            one_machine = one_machine || row.machines < 2;
            open = open || (!row.is_baseline && row.speed == verdict::undecided);
        }
        alone += one_machine;
        undecided += open;
    }
    const std::size_t machines = result.contenders.size();
    text_table table{"", "", {{"question"}, {"answer"}}, {}};
    const auto step = [&](const std::string& question, const std::string& answer) { table.rows.push_back({question, answer}); };
    step("What is compared?",
         machines == 1 ? "One machine with itself." : fmt::format("{} machine types, each class for itself.", machines));
    step("Were results right?", "Only cases whose result agreed with the reference have a time; the others are listed as left out.");
    step("Do the machines have cases in common?",
         fmt::format("{} of {} classes have; only common cases count.", ranked, result.classes.size()));
    step("Is a price known?", priced == machines ? "Of all, so classes are ranked by cost."
                              : priced == 0      ? "Of none, so classes are ranked by speed."
                                                 : fmt::format("Of {} of {}; those without rank behind, by speed.", priced, machines));
    step("Are there several machines of each type?",
         alone == 0 ? "Yes: intervals are between machines."
                    : fmt::format("Not in {} of {} classes: no verdict there.", alone, result.classes.size()));
    if (machines > 1)
        step("Is the difference beyond the margin?", fmt::format("Margin {}. Undecided against the baseline: {} of {} classes.",
                                                                 percent(result.delta * 100), undecided, result.classes.size()));
    return html_heading("How the answer was found", "The questions in their order, and what these records answer.") +
           html_card("", html_table(table));
}

std::string pareto_section(const comparison& result) {
    constexpr int draws = 1000;
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
            if (front[i]) line.points.emplace_back(row.seconds_per_work, dollars(*row.cost));
            table.rows.push_back({label, significant(row.seconds_per_work, 4), row.cost->significant(4), front[i] ? "yes" : "no",
                                  percent(100 * probabilities[i])});
        }
        std::sort(line.points.begin(), line.points.end());
        if (line.points.size() > 1) drawn.lines.push_back(line);
        cards += plot_card(ranking.key.text(), drawn, table);
    }
    return section(
        html_heading("Time against money",
                     fmt::format("Left is faster, down is cheaper. What no other machine beats in both lies on the dashed front; "
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

std::string break_even_section(const comparison& result) {
    std::string cards;
    for (const contender& one : result.contenders) {
        const auto list = one.other_prices.find("on_demand");
        if (one.other_prices.size() < 2 || list == one.other_prices.end()) continue;
        plot drawn{
            "monthly cost against utilisation of " + one.label, {"share of the hours in use", false}, {"USD per month", false}, {}, {}};
        text_table table{"",
                         "",
                         {{"way to buy"},
                          {"USD/h", true},
                          {"USD per month at 50 %", true},
                          {"cheaper than on demand from", true},
                          {"source, date (age)"}},
                         {}};
        std::string key = "<div class=\"key\">";
        std::size_t colour = 0;
        for (const auto& [allocation, price] : one.other_prices) {
            const double month = dollars(price.per_hour) * hours_per_month;
            const bool by_use = allocation == "on_demand" || allocation == "spot";
            drawn.lines.push_back({allocation, colour, {{0, by_use ? 0 : month}, {1, month}}, allocation == "spot"});
            key += fmt::format("<span><i class=\"c{}\"></i>{}</span>", colour % 7, escaped(allocation));
            ++colour;
            const double even = dollars(price.per_hour) / dollars(list->second.per_hour);
            table.rows.push_back({allocation, price.per_hour.text(4), significant(by_use ? month / 2 : month, 4),
                                  by_use ? no_figure : percent(100 * even) + " use", source_and_age(price)});
        }
        cards += plot_card(one.label, drawn, table).insert(std::string("<section class=\"card\">").size(), key + "</div>");
    }
    return cards.empty()
               ? ""
               : html_heading("Ways to buy, by utilisation",
                              "Arithmetic on catalog prices: what is paid by use rises with it, a commitment is paid always. Spot is "
                              "without interruptions; `tenfold-bench cost spot` adds them.") +
                     "<div class=\"grid\">" + cards + "</div>";
}

std::string spread_section(const comparison& result) {
    std::string cards;
    for (const class_ranking& ranking : result.classes) {
        plot drawn{"machines of " + ranking.key.text(), {"type", false}, {ranking.key.unit, true}, {}, {}};
        text_table table{"", "", {{"machine type"}, {"machines", true}, {"slowest", true}, {"fastest", true}, {"spread", true}}, {}};
        bool several = false;
        for (const class_result& row : ranking.results) {
            const contender& one = result.contenders[row.contender];
            double low = HUGE_VAL, high = 0;
            const auto rates = rates_by_machine(one, ranking.key, row.best);
            for (const auto& [machine, rate] : rates) {
                drawn.marks.push_back({one.label + ", machine " + machine, row.contender, static_cast<double>(row.contender + 1), rate});
                low = std::min(low, rate);
                high = std::max(high, rate);
            }
            several = several || rates.size() > 1;
            table.rows.push_back({one.label, std::to_string(rates.size()), with_prefix(low, ranking.key.unit),
                                  with_prefix(high, ranking.key.unit), rates.size() > 1 ? percent(100 * (high / low - 1)) : "one machine"});
        }
        if (several) cards += plot_card(ranking.key.text(), drawn, table);
    }
    return section(
        html_heading("Machines of one type",
                     "One dot per machine: the geometric mean of its cases. How far dots of one colour lie apart is what a new machine "
                     "of that type may differ by."),
        cards, result);
}

}  // namespace tenfold::bench
