// SPDX-License-Identifier: Apache-2.0
// The Pareto front over time and money, and with which probability a machine lies on it.
#pragma once

#include <cstdint>   // std::uint64_t
#include <optional>  // std::optional
#include <vector>    // std::vector

#include "instances/statistics/interval.hpp"  // ratio_interval

namespace tenfold::bench {

/// A machine type in one class: its rate, what is known of it, and what an hour costs.
struct front_candidate {
    double rate = 0, price_per_hour = 0;     // both above zero
    std::optional<ratio_interval> interval;  // 95 %, between machines
    int machines = 1;
};

/// Is no other at least as good in time and in cost, and better in one of them?
std::vector<bool> pareto_front(const std::vector<front_candidate>& candidates);

/// How often each is on the front when the rates are drawn from Student's t around the measured means. Where there is no
/// interval the rate is taken as exact. The same seed gives the same probabilities everywhere.
std::vector<double> front_probabilities(const std::vector<front_candidate>& candidates, int draws, std::uint64_t seed);

}  // namespace tenfold::bench
