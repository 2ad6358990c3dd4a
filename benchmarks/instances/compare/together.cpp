// SPDX-License-Identifier: Apache-2.0
#include "instances/compare/together.hpp"

#include <algorithm>  // std::any_of
#include <optional>   // std::optional
#include <vector>     // std::vector

#include "instances/statistics/holm.hpp"  // stand_together

namespace tenfold::bench {
namespace {

/// A lead over the baseline, or of it, is one of the verdicts that were asked at once; every other lead is between two that the
/// figures themselves chose, which no family of questions put beforehand holds.
void take_over(std::optional<lead>& first, const class_ranking& ranking, bool class_result::* stands) {
    if (!first || !first->found.levels || first->found.found == verdict::undecided) return;
    const auto is_base = [&](std::size_t contender) {
        return std::any_of(ranking.results.begin(), ranking.results.end(),
                           [&](const class_result& row) { return row.contender == contender && row.is_baseline; });
    };
    if (!is_base(first->winner) && !is_base(first->runner_up)) return;
    const std::size_t other = is_base(first->winner) ? first->runner_up : first->winner;
    for (const class_result& row : ranking.results)
        if (row.contender == other) first->stands = row.*stands;
}

}  // namespace

void judge_together(comparison& result) {
    struct asked {
        verdict said;
        bool* stands;
    };
    std::vector<asked> verdicts;
    std::vector<double> different, equivalent;
    const auto ask = [&](verdict said, const claim_levels& levels, bool& stands) {
        verdicts.push_back({said, &stands});
        different.push_back(levels.different);
        equivalent.push_back(levels.equivalent);
    };
    for (class_ranking& ranking : result.classes)
        for (class_result& row : ranking.results) {
            if (row.speed_levels) ask(row.speed, *row.speed_levels, row.speed_stands);
            if (row.cost_levels) ask(row.cost_verdict, *row.cost_levels, row.cost_stands);
        }
    const std::vector<bool> differ = stand_together(different), equal = stand_together(equivalent);
    result.possible_verdicts = verdicts.size();
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        if (verdicts[i].said == verdict::undecided) continue;
        *verdicts[i].stands = verdicts[i].said == verdict::equivalent ? equal[i] : differ[i];
        ++result.decided_verdicts;
        result.standing_verdicts += *verdicts[i].stands;
    }
    for (class_ranking& ranking : result.classes) {
        take_over(ranking.fastest, ranking, &class_result::speed_stands);
        take_over(ranking.cheapest, ranking, &class_result::cost_stands);
    }
}

}  // namespace tenfold::bench
