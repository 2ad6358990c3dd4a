// SPDX-License-Identifier: Apache-2.0
#include "instances/statistics/summary.hpp"

#include <algorithm>  // std::sort
#include <cmath>      // std::log, std::exp, std::sqrt
#include <cstddef>    // std::size_t

namespace tenfold::bench {

double quantile(std::vector<double> samples, double q) {
    std::sort(samples.begin(), samples.end());
    const double position = q * static_cast<double>(samples.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    if (below + 1 >= samples.size()) return samples.back();
    const double share = position - static_cast<double>(below);
    return samples[below] + share * (samples[below + 1] - samples[below]);
}

double geometric_mean(const std::vector<double>& values) {
    double sum = 0;
    for (double value : values) sum += std::log(value);
    return std::exp(sum / static_cast<double>(values.size()));
}

moments moments_of(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    moments result;
    for (double value : values) result.mean += value / count;
    double squares = 0;
    for (double value : values) squares += (value - result.mean) * (value - result.mean);
    if (values.size() > 1) result.deviation = std::sqrt(squares / (count - 1));
    return result;
}

}  // namespace tenfold::bench
