// SPDX-License-Identifier: Apache-2.0
// Resampling level by level: Davison and Hinkley 1997. Wider for few machines: Hesterberg 2015 (expanded percentiles).
#include "instances/statistics/bootstrap.hpp"

#include <cmath>    // std::log, std::exp, std::sqrt
#include <random>   // std::mt19937_64

#include "instances/statistics/summary.hpp"  // median, quantile

namespace tenfold::bench {
namespace {

/// The mean over cases of the logarithms of the medians over processes.
template <class Pick>
double log_of_machine(const machine_cases& cases, Pick pick) {
    double sum = 0;
    std::vector<double> drawn;
    for (const std::vector<double>& processes : cases) {
        drawn.clear();
        for (std::size_t i = 0; i < processes.size(); ++i) drawn.push_back(processes[pick(i, processes.size())]);
        sum += std::log(median(drawn));
    }
    return sum / static_cast<double>(cases.size());
}

}  // namespace

std::optional<ratio_interval> bootstrap_interval(const std::vector<machine_cases>& machines, std::uint64_t seed, int draws) {
    if (machines.size() < fewest_machines_to_bootstrap) return std::nullopt;
    const auto count = static_cast<double>(machines.size());
    double estimate = 0;
    for (const machine_cases& one : machines) estimate += log_of_machine(one, [](std::size_t i, std::size_t) { return i; }) / count;
    std::mt19937_64 random(seed);
    const auto any_of = [&](std::size_t, std::size_t size) { return static_cast<std::size_t>(random() % size); };
    std::vector<double> means;
    for (int draw = 0; draw < draws; ++draw) {
        double mean = 0;
        for (std::size_t i = 0; i < machines.size(); ++i) mean += log_of_machine(machines[any_of(i, machines.size())], any_of) / count;
        means.push_back(mean);
    }
    // Drawing from few machines understates how far they spread; so much wider, a mean of normal values is covered as by Student's t.
    const double wider = std::sqrt(count / (count - 1)) * t_quantile(0.975, count - 1) / t_quantile(0.975, 1e6);
    const auto end = [&](double q) { return std::exp(estimate + wider * (quantile(means, q) - estimate)); };
    return ratio_interval{std::exp(estimate), end(0.025), end(0.975)};
}

}  // namespace tenfold::bench
