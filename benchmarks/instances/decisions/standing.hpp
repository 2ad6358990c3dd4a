// SPDX-License-Identifier: Apache-2.0
// How sure it is that the cheapest is the cheapest.
#pragma once

#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/statistics/interval.hpp"  // ratio_interval

namespace tenfold::bench {

/// What the same work costs on a machine, in US dollars.
struct open_cost {
    std::string machine;
    double dollars = 0;
    std::optional<ratio_interval> interval;  // 95 %, between machines
};

/// The first, which must be the cheapest, against each of the others by Welch's interval.
struct cost_standing {
    std::vector<std::string> undecided, equivalent;  // machines
    std::vector<std::string> sentences;              // why, and how many machines would decide

    /// "undecided against b, c; the same as d within 3 %"; empty where it is the cheapest for sure.
    std::string doubt;
};
cost_standing standing_of(const std::vector<open_cost>& ranked, double delta);

}  // namespace tenfold::bench
