// SPDX-License-Identifier: Apache-2.0
// Student's t by Simpson's rule: smooth and short, so no special-function library is needed; Boost.Math would add 150 MB of
// headers to a fresh machine for this one function.
#include "instances/statistics/interval.hpp"

#include <algorithm>  // std::max
#include <cmath>      // std::log, std::exp, std::sqrt, std::atan, std::lgamma
#include <numbers>    // std::numbers::pi

#include "instances/statistics/summary.hpp"  // moments_of
#include "instances/statistics/welch.hpp"    // welch_ratio

namespace tenfold::bench {
namespace {

constexpr double confidence = 0.95;
constexpr double upper_tail = (1 + confidence) / 2;

/// Student's t with any number of degrees of freedom n >= 1. Where t = sqrt(n) tan(angle), P(|T| <= t) is the integral of
/// cos^(n - 1) up to the angle, over its value up to pi / 2.
class student {
    double degrees_, norm_;

public:
    explicit student(double degrees)
        : degrees_(degrees), norm_(2 / std::sqrt(std::numbers::pi) * std::exp(std::lgamma((degrees + 1) / 2) - std::lgamma(degrees / 2))) {}

    [[nodiscard]] double central_probability(double t) const {
        constexpr int steps = 128;  // 1e-10 of the quantile up to 1000 degrees
        const double step = std::atan(t / std::sqrt(degrees_)) / steps;
        double sum = 0;
        for (int i = 0; i <= steps; ++i)
            sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * std::pow(std::cos(i * step), degrees_ - 1);
        return norm_ * sum * step / 3;
    }
    [[nodiscard]] double slope(double t) const {  // of central_probability
        return norm_ * std::pow(1 + t * t / degrees_, -(degrees_ + 1) / 2) / std::sqrt(degrees_);
    }
};

std::vector<double> logarithms(const std::vector<double>& values) {
    std::vector<double> result;
    for (double value : values) result.push_back(std::log(value));
    return result;
}

}  // namespace

double t_central_probability(double t, double degrees) { return student(degrees).central_probability(t); }

double t_quantile(double p, double degrees) {
    if (p < 0.5) return -t_quantile(1 - p, degrees);
    const student distribution(degrees);
    // The probability is concave above zero, so Newton's steps from zero approach the quantile from one side.
    double t = 0;
    for (int i = 0; i < 100; ++i) {
        const double step = (2 * p - 1 - distribution.central_probability(t)) / distribution.slope(t);
        t += step;
        if (std::abs(step) <= 1e-12 * t) break;
    }
    return t;
}

std::optional<ratio_interval> geometric_interval(const std::vector<double>& machines) {
    if (machines.size() < 2) return std::nullopt;
    const moments logs = moments_of(logarithms(machines));
    const double count = static_cast<double>(machines.size());
    const double half = t_quantile(upper_tail, count - 1) * logs.deviation / std::sqrt(count);
    return ratio_interval{std::exp(logs.mean), std::exp(logs.mean - half), std::exp(logs.mean + half), count - 1};
}

std::optional<ratio_interval> ratio_of(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() < 2 || b.size() < 2) return std::nullopt;
    const moments logs_a = moments_of(logarithms(a)), logs_b = moments_of(logarithms(b));
    const double count_a = static_cast<double>(a.size()), count_b = static_cast<double>(b.size());
    return welch_ratio({logs_a.mean, logs_a.deviation * logs_a.deviation / count_a, count_a - 1},
                       {logs_b.mean, logs_b.deviation * logs_b.deviation / count_b, count_b - 1});
}

std::string_view verdict_word(verdict v) {
    switch (v) {
        case verdict::better: return "better";
        case verdict::worse: return "worse";
        case verdict::equivalent: return "equivalent";
        case verdict::undecided: break;
    }
    return "undecided";
}

verdict decide(const std::optional<ratio_interval>& ratio, double delta) {
    if (!ratio) return verdict::undecided;
    const double margin = std::log1p(delta), low = std::log(ratio->low), high = std::log(ratio->high);
    if (low > -margin && high < margin) return verdict::equivalent;
    if (low > 0) return verdict::better;
    if (high < 0) return verdict::worse;
    return verdict::undecided;
}

std::optional<int> machines_to_decide(double ratio, double spread, double delta, int more_than) {
    const double distance = std::abs(std::log(ratio)), margin = std::log1p(delta);
    // Decided when the interval clears 1, or fits inside the margin.
    const double reach = std::max(distance, margin - distance);
    for (int k = std::max(2, more_than + 1); k <= most_machines_to_decide; ++k)
        if (t_quantile(upper_tail, 2 * k - 2) * spread * std::sqrt(2.0 / k) < reach) return k;
    return std::nullopt;
}

}  // namespace tenfold::bench
