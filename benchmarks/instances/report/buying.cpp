// SPDX-License-Identifier: Apache-2.0
// The parts of the report about paying for a machine: ways to buy it, and what its time went into.
#include <fmt/format.h>
#include <algorithm>  // std::find, std::max
#include <iterator>   // std::begin, std::end
#include <map>        // std::map

#include "instances/report/numbers.hpp"   // percent, duration, source_and_age
#include "instances/report/plot.hpp"      // plot_svg
#include "instances/report/sections.hpp"  // html_card
#include "instances/report/svg.hpp"       // bar_chart, escaped

namespace tenfold::bench {
namespace {

constexpr double hours_per_month = 730;

double dollars(const usd& amount) { return static_cast<double>(amount.nano()) * 1e-9; }

/// One machine's prices as lines over the share of the month in which it works, with the points where a commitment pays.
std::string ways_to_buy(const contender& one, const stated_price& list) {
    plot drawn{"monthly cost against utilisation of " + one.label, {"share of the hours in use", false}, {"USD per month", false}, {}, {}};
    text_table table{
        "", "", {{"way to buy"}, {"USD/h", true}, {"USD per month at 50 %", true}, {"pays above", true}, {"source, date (age)"}}, {}};
    std::string key = "<div class=\"key\">";
    std::size_t colour = 0;
    for (const auto& [allocation, price] : one.other_prices) {
        const double month = dollars(price.per_hour) * hours_per_month, even = dollars(price.per_hour) / dollars(list.per_hour);
        const bool by_use = allocation == "on_demand" || allocation == "spot";
        drawn.lines.push_back({allocation, colour, {{0, by_use ? 0 : month}, {1, month}}, allocation == "spot"});
        if (!by_use && even <= 1)
            drawn.marks.push_back({allocation + " pays above " + percent(100 * even), colour, even, month, 0, 0, percent(100 * even)});
        key += fmt::format("<span><i class=\"c{}\"></i>{}</span>", colour % 7, escaped(allocation));
        ++colour;
        table.rows.push_back({allocation, price.per_hour.text(4), significant(by_use ? month / 2 : month, 4),
                              by_use ? no_figure : percent(100 * even) + " use", source_and_age(price)});
    }
    return html_card(one.label, key + "</div>" + plot_svg(drawn) + html_folded(table));
}

/// The phases in the order in which they pass; one that is not known comes before the upload.
std::vector<std::pair<std::string, double>> in_order(const std::map<std::string, double>& phases) {
    static constexpr const char* known[] = {"request", "boot", "pull", "exec", "identify", "prepare", "roofs", "measure"};
    std::vector<std::pair<std::string, double>> ordered;
    for (const char* name : known)
        if (const auto found = phases.find(name); found != phases.end()) ordered.emplace_back(*found);
    const auto add = [&](bool last) {
        for (const auto& [name, seconds] : phases)
            if (std::find(std::begin(known), std::end(known), name) == std::end(known) && (name == "upload") == last)
                ordered.emplace_back(name, seconds);
    };
    add(false);
    add(true);
    return ordered;
}

std::string time_spent(const contender& one, std::size_t colour) {
    const auto phases = in_order(one.phases_s);
    double whole = 0;
    for (const auto& [name, seconds] : phases) whole += seconds;
    if (!(whole > 0)) return "";
    std::vector<chart_bar> bars;
    text_table table{"", "", {{"phase"}, {"time", true}, {"share", true}, {"USD", true}}, {}};
    double passed = 0;
    for (const auto& [name, seconds] : phases) {
        const double dollars_spent = one.price ? dollars(one.price->per_hour) * seconds / 3600 : 0;
        const std::string cost = one.price ? significant(dollars_spent, 3) + " USD" : "no price";
        bars.push_back({name, duration(seconds) + (one.price ? ", " + cost : ""), seconds / whole, colour, {}, {}, passed / whole});
        table.rows.push_back({name, duration(seconds), percent(100 * seconds / whole), cost});
        passed += seconds;
    }
    return html_card(one.label, bar_chart("phases of the run on " + one.label, bars) + html_folded(table));
}

}  // namespace

std::string break_even_section(const comparison& result) {
    std::string cards;
    for (const contender& one : result.contenders) {
        const auto list = one.other_prices.find("on_demand");
        if (one.other_prices.size() > 1 && list != one.other_prices.end()) cards += ways_to_buy(one, list->second);
    }
    if (cards.empty()) return "";
    return html_heading("Ways to buy, by utilisation",
                        "Arithmetic on catalog prices: what is paid by use rises with it, a commitment is paid always. A dot is where the "
                        "commitment begins to pay. Spot is without interruptions; `tenfold-bench cost spot` adds them.") +
           "<div class=\"grid\">" + cards + "</div>";
}

std::string time_section(const comparison& result) {
    std::string cards;
    for (std::size_t i = 0; i < result.contenders.size(); ++i) cards += time_spent(result.contenders[i], i);
    if (cards.empty()) return "";
    return html_heading("Where the time went",
                        "The phases of a run, one after the other; the mean over the records of a type. What a launch costs before the "
                        "program starts, and after it, is not in the records: `tenfold-bench cost bill` adds it up.") +
           "<div class=\"grid\">" + cards + "</div>";
}

}  // namespace tenfold::bench
