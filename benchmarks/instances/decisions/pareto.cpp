// SPDX-License-Identifier: Apache-2.0
// Machines that no other beats in both time and money, and how sure that is.
#include <fmt/format.h>
#include <algorithm>  // std::sort, std::clamp, std::min

#include "instances/compare/comparison.hpp"  // work_name, work_amount
#include "instances/decisions/amounts.hpp"   // dollars, scaled
#include "instances/decisions/list.hpp"      // pareto
#include "instances/decisions/offers.hpp"    // offers_of
#include "instances/report/numbers.hpp"      // duration, percent
#include "instances/statistics/front.hpp"     // front_probabilities

namespace tenfold::bench {
namespace {

/// Of the machines that are beaten, the one whose price has to fall the least to join the front.
void add_price_of_front(const offer_class& key, const std::vector<offer>& offers, const std::vector<bool>& on_front, answer& out) {
    double nearest = 0;  // factor of the price
    const offer* joins = nullptr;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        if (on_front[i]) continue;
        double factor = 1;
        for (const offer& other : offers)
            if (&other != &offers[i] && other.rate >= offers[i].rate)
                factor = std::min(factor, dollars(other.per_hour) / other.rate / (dollars(offers[i].per_hour) / offers[i].rate));
        if (factor > nearest) {
            nearest = factor;
            joins = &offers[i];
        }
    }
    if (joins)
        out.changes.push_back(fmt::format("{}: {} joins the front below {} USD an hour instead of {}.", key.name, joins->machine,
                                          scaled(joins->per_hour, nearest).significant(4), joins->per_hour.significant(4)));
}

answer answer_pareto(const inputs& in) {
    answer out;
    const offers_by_class classes = offers_of(in, out.not_counted);
    const int draws = static_cast<int>(std::clamp(in.number("draws"), 100.0, 1e6));
    const double enough = in.number("keep");
    std::string kept_all;
    for (const auto& ranked : classes) {
        const offer_class& key = ranked.first;
        const std::vector<offer>& offers = ranked.second;
        std::vector<front_candidate> candidates;
        for (const offer& one : offers) candidates.push_back({one.rate, dollars(one.per_hour), one.interval, one.machines});
        const std::vector<bool> measured = pareto_front(candidates);
        const std::vector<double> probabilities = front_probabilities(candidates, draws, static_cast<std::uint64_t>(in.number("seed")));
        text_table table{
            key.name,
            "",
            {{"machine"}, {"k", true}, {"time per " + work_name(key.unit), true}, {"USD", true}, {"measured"}, {"P(front)", true}},
            {}};
        std::string kept;
        std::vector<std::size_t> order(offers.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return offers[a].rate > offers[b].rate; });
        for (std::size_t i : order) {
            const offer& one = offers[i];
            const double probability = probabilities[i];
            table.rows.push_back({one.machine, std::to_string(one.machines), duration(work_amount(key.unit) / one.rate),
                                  cost_of_work(one, key.unit, one.rate).significant(4), measured[i] ? "on the front" : "beaten",
                                  percent(100 * probability)});
            out.figures.emplace_back("p " + key.name + " " + one.machine, probability);
            if (probability >= enough) kept += (kept.empty() ? "" : ", ") + one.machine;
            if (one.machines < 2)
                table.note = "k = 1: the figure of that machine is taken as exact, because nothing is known of others of its type.";
        }
        out.tables.push_back(table);
        add_price_of_front(key, offers, measured, out);
        kept_all += (kept_all.empty() ? "" : "; ") + key.name + ": " + kept;
    }
    out.choice = kept_all;
    out.recommendation = "Worth a choice between time and money: " + kept_all + ".";
    out.path.push_back("Is a machine beaten in time and in money by another? Then it is out, as far as the intervals allow to say.");
    out.reasons.push_back(fmt::format("Kept is what lies on the front in at least {} of {} draws from the intervals between machines.",
                                      percent(100 * enough), draws));
    out.changes.push_back("More machines per type narrow the intervals, and so the set.");
    out.not_counted.push_back("Start-up, idle time, storage and traffic.");
    return out;
}

}  // namespace

decision decisions::pareto() {
    return {"pareto",
            "Which machines does no other beat in both time and money?",
            {{"offers", quantity::table, "required", "Measured machines: `tenfold-bench compare ... --format csv`", "", offer_columns},
             {"keep", quantity::rule, "10%", "Least probability of being on the front"},
             {"draws", quantity::count, "2000", "From the intervals"},
             {"seed", quantity::count, "1", "Of the draws"}},
            answer_pareto,
            "--offers tests/bench/report/golden/several.csv"};
}

}  // namespace tenfold::bench
