// SPDX-License-Identifier: Apache-2.0
#include "instances/statistics/holm.hpp"

#include <algorithm>  // std::sort, std::min
#include <cmath>      // std::log, std::log1p, std::abs
#include <cstddef>    // std::size_t
#include <numeric>    // std::iota

namespace tenfold::bench {
namespace {

/// P(|T| > distance / error): the two-sided level.
double level_of(double distance, double standard_error, double degrees) {
    if (standard_error == 0) return distance > 0 ? 0 : 1;
    return 1 - t_central_probability(distance / standard_error, degrees);
}

}  // namespace

claim_levels levels_of(const ratio_interval& ratio, double delta) {
    const double log_ratio = std::log(ratio.estimate), half = (std::log(ratio.high) - std::log(ratio.low)) / 2;
    const double standard_error = half > 0 ? half / t_quantile(0.975, ratio.degrees) : 0;
    claim_levels levels;
    levels.different = level_of(std::abs(log_ratio), standard_error, ratio.degrees);
    const double inside = std::log1p(delta) - std::abs(log_ratio);  // how far the margin's nearer end is
    if (inside > 0) levels.equivalent = level_of(inside, standard_error, ratio.degrees);
    return levels;
}

std::vector<bool> stand_together(const std::vector<double>& levels, double error) {
    std::vector<std::size_t> order(levels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return levels[a] < levels[b]; });
    std::vector<bool> stands(levels.size());
    for (std::size_t step = 0; step < order.size(); ++step) {
        if (levels[order[step]] > error / static_cast<double>(levels.size() - step)) break;
        stands[order[step]] = true;
    }
    return stands;
}

}  // namespace tenfold::bench
