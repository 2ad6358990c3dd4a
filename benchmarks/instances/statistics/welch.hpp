// SPDX-License-Identifier: Apache-2.0
// Welch's interval from two means of logarithms, and such a mean from its interval where the machines' own values are not at hand.
#pragma once

#include "instances/statistics/interval.hpp"  // ratio_interval

namespace tenfold::bench {

/// The mean of the logarithms of a type's machines, and how far they leave it open.
struct open_mean {
    double mean = 0, variance = 0;  // of the mean, not of a machine
    double degrees = 1;             // of freedom of the variance, from 1
};

/// What an interval of geometric_interval came from; its degrees must be 1 or more.
open_mean open_mean_of(const ratio_interval& interval);

/// exp(a - b) with its 95 % interval.     [Welch 1947; Satterthwaite 1946]
ratio_interval welch_ratio(const open_mean& a, const open_mean& b);

/// The machines of both types whose spread made the two means: how many of each would decide; as machines_to_decide.
std::optional<int> machines_to_decide(const open_mean& a, const open_mean& b, double delta);

}  // namespace tenfold::bench
