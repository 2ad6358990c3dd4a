// SPDX-License-Identifier: Apache-2.0
// The verdicts of a comparison as one family: the more there are, the more of them would be wrong by chance.
#pragma once

#include "instances/compare/comparison.hpp"  // comparison

namespace tenfold::bench {

/// Says of each verdict whether it stands when all of the comparison are asked at once. What tells two machines apart and what
/// calls them equivalent are two families, of 5 % error each.
void judge_together(comparison& result);

}  // namespace tenfold::bench
