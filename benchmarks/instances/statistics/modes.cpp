// SPDX-License-Identifier: Apache-2.0
#include "instances/statistics/modes.hpp"

#include <algorithm>  // std::sort, std::max, std::min
#include <cmath>      // std::log, std::sqrt
#include <iterator>   // std::size
#include <limits>     // std::numeric_limits

namespace tenfold::bench {
namespace {

/// Sums over the first values of a sorted list, from which the spread on either side of any gap follows.
struct running_sums {
    std::vector<double> values{0}, squares{0};

    explicit running_sums(const std::vector<double>& sorted) {
        for (double value : sorted) {
            const double centred = value - sorted.front();
            values.push_back(values.back() + centred);
            squares.push_back(squares.back() + centred * centred);
        }
    }
    /// Sum of squared deviations from the mean of the values from `begin` up to `end`.
    [[nodiscard]] double deviations(std::size_t begin, std::size_t end) const {
        const double sum = values[end] - values[begin];
        return std::max(0.0, squares[end] - squares[begin] - sum * sum / static_cast<double>(end - begin));
    }
    [[nodiscard]] double mean(std::size_t begin, std::size_t end) const {
        return (values[end] - values[begin]) / static_cast<double>(end - begin);
    }
};

}  // namespace

double critical_gap(std::size_t values) {
    // The 99.9 % quantiles of widest_gap_of for 4, 5, 6 ... normal values, of 300,000 samples each; beyond
    // the last it is smaller, so that what is kept then errs towards one mode.
    static constexpr double table[] = {55.3, 24.8, 14.8, 10.9, 8.53, 7.03, 6.09, 5.30, 4.79,
                                       4.36, 4.00, 3.74, 3.50, 3.31, 3.16, 2.97, 2.87};
    constexpr std::size_t last = fewest_of_two_modes + std::size(table) - 1;
    return table[std::min(values, last) - fewest_of_two_modes];
}

widest_gap widest_gap_of(const std::vector<double>& sorted) {
    const running_sums sums(sorted);
    const std::size_t count = sorted.size();
    widest_gap widest;
    for (std::size_t below = 2; below + 2 <= count; ++below) {
        const double gap = sorted[below] - sorted[below - 1];
        const double spread = std::sqrt((sums.deviations(0, below) + sums.deviations(below, count)) / static_cast<double>(count - 2));
        const double relative = gap <= 0 ? 0 : spread > 0 ? gap / spread : std::numeric_limits<double>::infinity();
        if (relative > widest.relative) widest = {relative, below};
    }
    return widest;
}

std::optional<double> boundary_of_modes(std::vector<double> values, double margin) {
    if (values.size() < fewest_of_two_modes) return std::nullopt;
    for (double& value : values) value = std::log(value);
    std::sort(values.begin(), values.end());
    const widest_gap widest = widest_gap_of(values);
    if (widest.relative <= critical_gap(values.size())) return std::nullopt;
    const running_sums sums(values);
    const double apart = sums.mean(widest.below, values.size()) - sums.mean(0, widest.below);
    if (apart <= std::log1p(margin)) return std::nullopt;
    return std::exp((values[widest.below - 1] + values[widest.below]) / 2);
}

}  // namespace tenfold::bench
