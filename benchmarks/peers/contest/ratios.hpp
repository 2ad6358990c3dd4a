// SPDX-License-Identifier: Apache-2.0
// From samples to ratios: how many times as fast as each peer tenfold is, and which peer is the best.
#pragma once

#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "peers/contest/contest.hpp"  // shape_result

namespace tenfold::bench {

struct spread {
    double median = 0, p10 = 0, p90 = 0;
};
/// Of at least one value.
spread spread_of(const std::vector<double>& values);

/// Time of the other over time of ours, round by round: above 1 ours is faster. Nothing where either was not timed.
std::optional<spread> ratio_to(const contender_result& ours, const contender_result& other);

/// tenfold, or another state of it ("tenfold-before"): shown beside it, and no peer.
bool is_own(const std::string& name);

/// A shape with its best peer: the one over which the ratio of contender 0 is the lowest.
struct ranked_shape {
    const shape_result* result = nullptr;
    std::size_t best_peer = 0;
    std::optional<spread> ratio;  // nothing: there was nobody to compare with, or we have no time
};

/// The worst ratio first; what cannot be compared before all, because it is to be looked at. `names` are those of the contenders.
std::vector<ranked_shape> worst_first(const std::vector<shape_result>& results, const std::vector<std::string>& names);

}  // namespace tenfold::bench
