// SPDX-License-Identifier: Apache-2.0
// Work that is interrupted at random: how often to save it, how long it takes, and what its quantiles are. All times are
// in one unit, whichever the caller likes.
#pragma once

#include <cstdint>  // std::uint64_t
#include <vector>   // std::vector

namespace tenfold::bench {

struct interruptions {
    double write = 0;        // to save the work
    double restart = 0;      // from an interruption to working again
    double mean = 0;         // between interruptions; they are memoryless
    double noticed = 0;      // share of the interruptions whose notice is long enough to save once more
};

/// sqrt(2 write mean).     [Young 1974]
double young_interval(const interruptions& rate);
/// Its second-order refinement for write < 2 mean; else the mean.     [Daly 2006]
double daly_interval(const interruptions& rate);
/// The interval at which daly_slowdown is least: mean (1 + W0(-exp(-1 - write/mean))), W0 the principal Lambert branch.
double best_interval(const interruptions& rate);
/// best_interval without notice; with it sqrt(2 write mean/(1 - noticed)), because a noticed interruption loses no work.
double interval_of(const interruptions& rate);

/// Wall time over work, if none is noticed and restarts may be interrupted too:
/// mean/interval e^(restart/mean) (e^((interval + write)/mean) - 1).     [Daly 2006]
double daly_slowdown(const interruptions& rate, double interval);
/// Wall time of so much work, of which the last piece is not written. Exact where nothing is noticed; else the work that is
/// lost counts to the first order, which is good to a slowdown of about 1.1. Never below what the restarts alone cost.
double expected_time(const interruptions& rate, double work, double interval);
/// Expected wall time of a piece of work that cannot be saved.
double unsaved_time(const interruptions& rate, double work);

/// A slowdown that nobody waits for: a simulated run ends there.
inline constexpr double hopeless = 100;

/// Wall times of `draws` simulated runs, sorted, each at most `hopeless` times the work. The same seed gives the same times on every machine.
std::vector<double> simulated_times(const interruptions& rate, double work, double interval, int draws, std::uint64_t seed);

/// The interruptions per hour that a history of `seen` in `hours` allows: Gamma(seen + 1/2, hours), Jeffreys' prior.
struct hazard {
    double mean = 0, low = 0, high = 0;  // 95 % between low and high
};
hazard hazard_of(double seen, double hours);

}  // namespace tenfold::bench
