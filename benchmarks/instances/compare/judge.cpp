// SPDX-License-Identifier: Apache-2.0
#include "instances/compare/judge.hpp"

#include <algorithm>  // std::stable_sort, std::min
#include <cmath>      // std::log, std::sqrt

#include "instances/statistics/summary.hpp"  // moments_of

namespace tenfold::bench {
namespace {

double log_deviation(const std::vector<double>& scores) {
    std::vector<double> logs;
    for (double score : scores) logs.push_back(std::log(score));
    return moments_of(logs).deviation;
}

/// What the machines of two contenders say where an hour of the one costs `dearer` times one of the other, a number that is known
/// exactly as prices are; 1 asks for speed alone. The ratio is of work per money: more is better.
judged_ratio judged(const class_entry& one, const class_entry& other, double dearer, double delta) {
    judged_ratio made;
    made.ratio = one.result.rate / other.result.rate / dearer;
    auto interval = ratio_of(one.scores, other.scores);
    if (!interval) return made;
    *interval = {interval->estimate / dearer, interval->low / dearer, interval->high / dearer, interval->degrees};
    made.found = decide(interval, delta);
    made.levels = levels_of(*interval, delta);
    if (made.found != verdict::undecided) return made;
    const double deviation_one = log_deviation(one.scores), deviation_other = log_deviation(other.scores);
    const double spread = std::sqrt((deviation_one * deviation_one + deviation_other * deviation_other) / 2);
    const int seen = static_cast<int>(std::min(one.scores.size(), other.scores.size()));
    made.machines_to_decide = machines_to_decide(made.ratio, spread, delta, seen);
    return made;
}

double dearer(const contender& one, const contender& other) {
    return static_cast<double>(one.price->per_hour.nano()) / static_cast<double>(other.price->per_hour.nano());
}

/// The first of `order` against each that follows.
template <class Dearer>
std::optional<lead> lead_of(const std::vector<const class_entry*>& order, Dearer dearer_than, double delta) {
    if (order.size() < 2) return std::nullopt;
    const class_entry &first = *order[0], &second = *order[1];
    lead made{first.result.contender, second.result.contender, judged(first, second, dearer_than(first, second), delta), {}, {}};
    for (std::size_t i = 2; i < order.size(); ++i)
        if (judged(first, *order[i], dearer_than(first, *order[i]), delta).found != verdict::better)
            made.open.push_back(order[i]->result.contender);
    return made;
}

}  // namespace

void judge_against_base(class_entry& one, const class_entry& base, const std::vector<contender>& contenders, double delta) {
    const judged_ratio speed = judged(one, base, 1, delta);
    one.result.speed_ratio = speed.ratio;
    one.result.speed = speed.found;
    one.result.speed_levels = speed.levels;
    one.result.speed_machines_to_decide = speed.machines_to_decide;
    one.result.has_spread = speed.levels.has_value();
    const contender &its = contenders[one.result.contender], &of_base = contenders[base.result.contender];
    if (!its.price || !of_base.price) return;
    const judged_ratio work_per_dollar = judged(one, base, dearer(its, of_base), delta);
    one.result.cost_ratio = 1 / work_per_dollar.ratio;
    one.result.cost_verdict = work_per_dollar.found;
    one.result.cost_levels = work_per_dollar.levels;
    one.result.cost_machines_to_decide = work_per_dollar.machines_to_decide;
}

void judge_leads(class_ranking& ranking, const std::vector<class_entry>& entries, const std::vector<contender>& contenders, double delta) {
    std::vector<const class_entry*> by_rate, by_cost;
    for (const class_entry& one : entries) {
        by_rate.push_back(&one);
        if (one.result.cost) by_cost.push_back(&one);
    }
    std::stable_sort(by_rate.begin(), by_rate.end(), [](auto* a, auto* b) { return a->result.rate > b->result.rate; });
    std::stable_sort(by_cost.begin(), by_cost.end(), [](auto* a, auto* b) { return *a->result.cost < *b->result.cost; });
    ranking.fastest = lead_of(by_rate, [](auto&, auto&) { return 1.0; }, delta);
    ranking.cheapest = lead_of(
        by_cost,
        [&](const class_entry& a, const class_entry& b) { return dearer(contenders[a.result.contender], contenders[b.result.contender]); },
        delta);
    if (ranking.cheapest) ranking.cheapest->found.ratio = 1 / ranking.cheapest->found.ratio;
}

}  // namespace tenfold::bench
