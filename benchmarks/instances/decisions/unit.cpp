// SPDX-License-Identifier: Apache-2.0
// What a unit of work costs on each measured machine, per kernel class and precision; over classes only with weights.
#include <fmt/format.h>
#include <algorithm>  // std::sort

#include "instances/compare/comparison.hpp"  // work_name
#include "instances/decisions/amounts.hpp"   // ratio
#include "instances/decisions/list.hpp"      // unit
#include "instances/decisions/mix.hpp"       // add_mix, work_of
#include "instances/decisions/offers.hpp"    // offers_of
#include "instances/decisions/standing.hpp"  // standing_of
#include "instances/errors.hpp"              // usage_error
#include "instances/report/numbers.hpp"      // significant, with_prefix

namespace tenfold::bench {
namespace {

open_cost open_cost_of(const offer& one, const std::string& unit) {
    const auto at = [&](double rate) { return dollars(one.per_hour) * work_amount(unit) / rate / 3600; };
    open_cost result{one.machine, at(one.rate), {}};
    if (one.interval) result.interval = ratio_interval{at(one.rate), at(one.interval->high), at(one.interval->low), one.interval->degrees};
    return result;
}

/// The cheapest of a class, and that with what is to be said against it.
struct class_winner {
    std::string choice, text;
};

class_winner add_class(const offer_class& key, std::vector<offer> offers, double delta, answer& out) {
    const auto cost_at = [&](const offer& one, double rate) { return cost_of_work(one, key.unit, rate); };
    std::sort(offers.begin(), offers.end(), [&](const offer& a, const offer& b) {
        const usd cost_a = cost_at(a, a.rate), cost_b = cost_at(b, b.rate);
        return cost_a != cost_b ? cost_a < cost_b : a.machine < b.machine;
    });
    const usd least = cost_at(offers[0], offers[0].rate);
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
    std::vector<open_cost> costs;
    for (const offer& one : offers) {
        const usd cost = cost_at(one, one.rate);
        table.rows.push_back({one.machine, with_prefix(one.rate, key.unit), one.per_hour.significant(5), cost.significant(4),
                              one.interval ? fmt::format("{} to {}", cost_at(one, one.interval->high).significant(3),
                                                         cost_at(one, one.interval->low).significant(3))
                                           : "one machine",
                              times(ratio(cost, least)), one.remark});
        out.figures.emplace_back("usd " + key.name + " " + one.machine, cost);
        costs.push_back(open_cost_of(one, key.unit));
    }
    out.tables.push_back(table);
    const cost_standing standing = standing_of(costs, delta);
    out.reasons.push_back(
        fmt::format("{}: {} does a {} for {} USD.", key.name, offers[0].machine, work_name(key.unit), least.significant(4)));
    for (const std::string& sentence : standing.sentences) out.reasons.push_back(key.name + ": " + sentence + ".");
    if (offers.size() > 1)
        out.changes.push_back(fmt::format("{}: {} draws level at {} USD an hour.", key.name, offers[1].machine,
                                          scaled(offers[1].per_hour, ratio(least, cost_at(offers[1], offers[1].rate))).significant(4)));
    const std::string choice = key.name + ": " + offers[0].machine;
    return {choice, choice + (offers[0].remark.empty() ? "" : " (" + offers[0].remark + ")") +
                        (standing.doubt.empty() ? "" : ", " + standing.doubt)};
}

answer answer_unit(const inputs& in) {
    if (in.has("deadline") && !in.has("weights"))
        throw usage_error("--deadline needs --weights FILE: without amounts of work there is no time to compare with it");
    answer out;
    const offers_by_class classes = offers_of(in, out.not_counted);
    const work_by_class work = in.has("weights") ? work_of(in.table("weights"), classes) : work_by_class();
    out.path.push_back("Is one number asked for? " +
                       std::string(in.has("weights") ? "Yes, with weights for each class." : "No: each class has its own ranking."));
    std::string winners;
    for (const auto& [key, offers] : classes) {
        if (in.has("weights") && !work.contains(key)) continue;
        const class_winner winner = add_class(key, offers, in.number("delta"), out);
        out.choice += (out.choice.empty() ? "" : "; ") + winner.choice;
        winners += (winners.empty() ? "" : "; ") + winner.text;
    }
    out.recommendation = "Cheapest per unit of work: " + winners + ".";
    if (in.has("weights")) add_mix(work, classes, in, out);
    out.not_counted.push_back("Start-up, idle time, storage and traffic.");
    return out;
}

}  // namespace

decision decisions::unit() {
    return {"unit",
            "What does a unit of work cost on each machine, per kernel class and precision?",
            {{"offers", quantity::table, "required", "Measured machines: `tenfold-bench compare ... --format csv`", "", offer_columns},
             {"weights", quantity::table, "", "Your mix: PFLOP, TB or million calls of each class", "", "class,dtype,work"},
             {"deadline", quantity::time, "", "Latest time at which the mix must be done: the cheapest in time is chosen"},
             {"delta", quantity::rule, "3%", "Costs so near each other count as the same"}},
            answer_unit,
            "--offers tests/bench/report/golden/several.csv --weights tests/bench/decisions/inputs/mix.csv --deadline 2h"};
}

}  // namespace tenfold::bench
