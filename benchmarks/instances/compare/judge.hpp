// SPDX-License-Identifier: Apache-2.0
// Contenders of a class against each other: each against the baseline, and the first against all others.
#pragma once

#include <vector>  // std::vector

#include "instances/compare/comparison.hpp"  // class_result, class_ranking

namespace tenfold::bench {

/// A contender in a class while the ranking is made.
struct class_entry {
    class_result result;
    std::vector<double> scores;  // of each machine that has every common case
};

void judge_against_base(class_entry& one, const class_entry& base, const std::vector<contender>& contenders, double delta);

/// Who leads in speed and in cost, and how sure that is.
void judge_leads(class_ranking& ranking, const std::vector<class_entry>& entries, const std::vector<contender>& contenders, double delta);

}  // namespace tenfold::bench
