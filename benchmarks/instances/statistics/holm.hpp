// SPDX-License-Identifier: Apache-2.0
// Many verdicts at once: which of them stand when the error is that of all together.
#pragma once

#include <vector>  // std::vector

#include "instances/statistics/interval.hpp"  // ratio_interval

namespace tenfold::bench {

/// At which level of significance an interval begins to say something: the interval of 1 - level just excludes 1, or just
/// lies within the margin.
struct claim_levels {
    double different = 1, equivalent = 1;
};
claim_levels levels_of(const ratio_interval& ratio, double delta);

/// Holm's procedure: which of the claims may be made so that the probability of one wrong claim or more is at most `error`,
/// however they depend on each other.  [Holm 1979]
std::vector<bool> stand_together(const std::vector<double>& levels, double error = 0.05);

}  // namespace tenfold::bench
