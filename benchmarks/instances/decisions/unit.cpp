// SPDX-License-Identifier: Apache-2.0
// What a unit of work costs on each measured machine, per kernel class and precision; over classes only with weights.
#include <fmt/format.h>
#include <algorithm>  // std::sort

#include "instances/compare/comparison.hpp"  // work_name
#include "instances/decisions/amounts.hpp"   // ratio
#include "instances/decisions/list.hpp"      // unit
#include "instances/decisions/offers.hpp"    // offers_of
#include "instances/errors.hpp"              // data_error
#include "instances/report/numbers.hpp"      // significant, with_prefix

namespace tenfold::bench {
namespace {

/// The mix: so much work of each class, in PFLOP, TB or million calls; the machine that does all of it for least.
void add_mix(const csv_file& weights, const std::map<offer_class, std::vector<offer>>& classes, answer& out) {
    std::map<std::string, std::pair<usd, std::size_t>> sums;
    for (std::size_t row = 0; row < weights.size(); ++row) {
        const std::string name = weights.at(row, "class") + (weights.at(row, "dtype").empty() ? "" : " " + weights.at(row, "dtype"));
        const auto found = std::find_if(classes.begin(), classes.end(), [&](const auto& one) { return one.first.name == name; });
        if (found == classes.end()) throw data_error(weights.where(row) + ": class \"" + name + "\" was not measured");
        for (const offer& one : found->second) {
            auto& [sum, count] = sums[one.machine];
            sum = sum + scaled(cost_of_work(one, found->first.unit, one.rate), number_in(weights, row, "work"));
            ++count;
        }
    }
    std::vector<std::pair<usd, std::string>> ranked;
    for (const auto& [machine, sum] : sums)
        if (sum.second == weights.size()) ranked.emplace_back(sum.first, machine);
    if (ranked.empty()) throw data_error("no machine has figures for every class of --weights");
    std::sort(ranked.begin(), ranked.end());
    text_table table{"Your mix", "Machines that lack a class of it are left out.", {{"machine"}, {"USD", true}, {"of the best", true}}, {}};
    for (const auto& [sum, machine] : ranked) table.rows.push_back({machine, sum.significant(4), times(ratio(sum, ranked[0].first))});
    out.tables.push_back(table);
    out.choice = ranked[0].second;
    out.recommendation = fmt::format("Use {}: {} USD for your mix.", ranked[0].second, ranked[0].first.significant(4));
    out.objective_name = "USD";
    out.objective = dollars(ranked[0].first);
    out.figures.emplace_back("usd_mix", ranked[0].first);
}

answer answer_unit(const inputs& in) {
    answer out;
    std::vector<std::string> without_price;
    auto classes = offers_of(in.table("offers"), without_price);
    out.path.push_back("Is one number asked for? " +
                       std::string(in.has("weights") ? "Yes, with weights for each class." : "No: each class has its own ranking."));
    std::string winners;
    for (auto& ranked : classes) {
        const offer_class& key = ranked.first;
        std::vector<offer>& offers = ranked.second;
        std::sort(offers.begin(), offers.end(), [&](const offer& a, const offer& b) {
            const usd cost_a = cost_of_work(a, key.unit, a.rate), cost_b = cost_of_work(b, key.unit, b.rate);
            return cost_a != cost_b ? cost_a < cost_b : a.machine < b.machine;
        });
        const usd least = cost_of_work(offers[0], key.unit, offers[0].rate);
        text_table table{key.name,
                         "",
                         {{"machine"},
                          {"rate", true},
                          {"USD/h", true},
                          {"USD per " + work_name(key.unit), true},
                          {"95 %", true},
                          {"of the best", true},
                          {"remark"}},
                         {}};
        for (const offer& one : offers) {
            const usd cost = cost_of_work(one, key.unit, one.rate);
            table.rows.push_back({one.machine, with_prefix(one.rate, key.unit), one.per_hour.significant(5), cost.significant(4),
                                  one.interval ? fmt::format("{} to {}", cost_of_work(one, key.unit, one.interval->high).significant(3),
                                                             cost_of_work(one, key.unit, one.interval->low).significant(3))
                                               : "one machine",
                                  times(ratio(cost, least)), one.remark});
            out.figures.emplace_back("usd " + key.name + " " + one.machine, cost);
        }
        out.tables.push_back(table);
        winners += (winners.empty() ? "" : "; ") + key.name + ": " + offers[0].machine;
        out.reasons.push_back(
            fmt::format("{}: {} does a {} for {} USD.", key.name, offers[0].machine, work_name(key.unit), least.significant(4)));
        if (offers.size() < 2) continue;
        const offer& second = offers[1];
        const bool overlap =
            !offers[0].interval || !second.interval ||
            cost_of_work(offers[0], key.unit, offers[0].interval->low) > cost_of_work(second, key.unit, second.interval->high);
        if (overlap)
            out.reasons.push_back(fmt::format(
                "{}: undecided against {}: {}.", key.name, second.machine,
                offers[0].interval && second.interval ? "the intervals overlap" : "one machine of a type says nothing about the others"));
        out.changes.push_back(
            fmt::format("{}: {} draws level at {} USD an hour.", key.name, second.machine,
                        scaled(second.per_hour, ratio(least, cost_of_work(second, key.unit, second.rate))).significant(4)));
    }
    out.choice = winners;
    out.recommendation = "Cheapest per unit of work: " + winners + ".";
    if (in.has("weights")) add_mix(in.table("weights"), classes, out);
    for (const std::string& one : without_price) out.not_counted.push_back("No price: " + one + ".");
    out.not_counted.push_back("Start-up, idle time, storage and traffic.");
    return out;
}

}  // namespace

decision decisions::unit() {
    return {"unit",
            "What does a unit of work cost on each machine, per kernel class and precision?",
            {{"offers", quantity::table, "required", "Measured machines: `tenfold-bench compare ... --format csv`", "", offer_columns},
             {"weights", quantity::table, "", "Your mix: PFLOP, TB or million calls of each class", "", "class,dtype,work"}},
            answer_unit,
            "--offers tests/bench/report/golden/several.csv"};
}

}  // namespace tenfold::bench
