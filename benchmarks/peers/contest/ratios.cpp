// SPDX-License-Identifier: Apache-2.0
// Ratios of paired samples, and the order in which shapes are shown.
#include "peers/contest/ratios.hpp"

#include <algorithm>  // std::stable_sort, std::min

#include "instances/statistics/summary.hpp"  // quantile

namespace tenfold::bench {

spread spread_of(const std::vector<double>& values) { return {quantile(values, 0.5), quantile(values, 0.1), quantile(values, 0.9)}; }

std::optional<spread> ratio_to(const contender_result& ours, const contender_result& other) {
    std::vector<double> ratios;
    const std::size_t rounds = std::min(ours.seconds.size(), other.seconds.size());
    for (std::size_t round = 0; round < rounds; ++round) ratios.push_back(other.seconds[round] / ours.seconds[round]);
    if (ratios.empty()) return std::nullopt;
    return spread_of(ratios);
}

bool is_own(const std::string& name) { return name == "tenfold" || name.starts_with("tenfold-"); }

std::vector<ranked_shape> worst_first(const std::vector<shape_result>& results, const std::vector<std::string>& names) {
    std::vector<ranked_shape> ranked;
    for (const shape_result& one : results) {
        ranked_shape row{&one, 0, std::nullopt};
        for (std::size_t i = 1; i < one.contenders.size(); ++i) {
            const std::optional<spread> ratio = ratio_to(one.contenders[0], one.contenders[i]);
            if (!ratio || is_own(names[i]) || (row.ratio && row.ratio->median <= ratio->median)) continue;
            row.ratio = ratio;
            row.best_peer = i;
        }
        ranked.push_back(row);
    }
    const auto order = [](const ranked_shape& row) { return row.ratio ? row.ratio->median : 0.0; };
    std::stable_sort(ranked.begin(), ranked.end(), [&](const ranked_shape& a, const ranked_shape& b) { return order(a) < order(b); });
    return ranked;
}

}  // namespace tenfold::bench
