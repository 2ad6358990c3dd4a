// SPDX-License-Identifier: Apache-2.0
// Machines of one type that are of two kinds: a gap among their figures that a single kind does not leave.
#pragma once

#include <optional>  // std::optional
#include <vector>    // std::vector

namespace tenfold::bench {

/// The fewest values that can be of two modes: two of each, since one value apart is an outlier.
inline constexpr std::size_t fewest_of_two_modes = 4;

/// The value between the two modes of positive values, or nothing. Two modes are where the widest gap between neighbours on the
/// scale of logarithms, in units of the spread within the two groups, is one that at most one sample in a thousand of a single
/// log-normal mode has, and the groups differ by more than the margin (0.03 is 3 %).
std::optional<double> boundary_of_modes(std::vector<double> values, double margin);

/// The gap, in units of the spread within the groups, that so many values of one normal mode exceed once in a thousand samples.
double critical_gap(std::size_t values);

/// That gap of sorted logarithms, and how many of them lie below it; at least fewest_of_two_modes.
struct widest_gap {
    double relative = 0;
    std::size_t below = 0;
};
widest_gap widest_gap_of(const std::vector<double>& sorted);

}  // namespace tenfold::bench
