// SPDX-License-Identifier: Apache-2.0
#include "instances/statistics/welch.hpp"

#include <algorithm>  // std::max, std::min
#include <cmath>      // std::log, std::exp, std::sqrt, std::lround

namespace tenfold::bench {
namespace {

constexpr double upper_tail = 0.975;

}  // namespace

open_mean open_mean_of(const ratio_interval& interval) {
    const double half = (std::log(interval.high) - std::log(interval.low)) / 2;
    const double error = half / t_quantile(upper_tail, interval.degrees);
    return {std::log(interval.estimate), error * error, interval.degrees};
}

ratio_interval welch_ratio(const open_mean& a, const open_mean& b) {
    const double variance = a.variance + b.variance;
    double half = 0, degrees = 1;
    if (variance > 0) {
        const double sum = a.variance * a.variance / a.degrees + b.variance * b.variance / b.degrees;
        degrees = std::max(1.0, variance * variance / sum);
        half = t_quantile(upper_tail, degrees) * std::sqrt(variance);
    }
    const double difference = a.mean - b.mean;
    return {std::exp(difference), std::exp(difference - half), std::exp(difference + half), degrees};
}

std::optional<int> machines_to_decide(const open_mean& a, const open_mean& b, double delta) {
    const double machines_a = a.degrees + 1, machines_b = b.degrees + 1;
    const double spread = std::sqrt((a.variance * machines_a + b.variance * machines_b) / 2);
    return machines_to_decide(std::exp(a.mean - b.mean), spread, delta, static_cast<int>(std::lround(std::min(machines_a, machines_b))));
}

}  // namespace tenfold::bench
