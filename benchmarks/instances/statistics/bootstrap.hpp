// SPDX-License-Identifier: Apache-2.0
// Intervals by drawing machines, and processes within them, again: for figures whose distribution has no formula, such as the
// slow calls.
#pragma once

#include <cstdint>   // std::uint64_t
#include <optional>  // std::optional
#include <vector>    // std::vector

#include "instances/statistics/interval.hpp"  // ratio_interval

namespace tenfold::bench {

/// With fewer machines there is too little to draw from: then there is no such interval.
inline constexpr std::size_t fewest_machines_to_bootstrap = 8;

/// One machine: of each case, a positive value per process.
using machine_cases = std::vector<std::vector<double>>;

/// The geometric mean over machines and cases of the medians over processes, with the 95 % percentile interval of the
/// hierarchical bootstrap. The same seed gives the same interval everywhere. Nothing below fewest_machines_to_bootstrap.
std::optional<ratio_interval> bootstrap_interval(const std::vector<machine_cases>& machines, std::uint64_t seed, int draws = 2000);

}  // namespace tenfold::bench
