// SPDX-License-Identifier: Apache-2.0
#include "instances/compare/together.hpp"

#include <vector>  // std::vector

#include "instances/statistics/holm.hpp"  // stand_together

namespace tenfold::bench {

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
}

}  // namespace tenfold::bench
