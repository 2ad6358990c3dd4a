// SPDX-License-Identifier: Apache-2.0
// Student's t for whole degrees of freedom has a finite closed form, so no special-function library is needed: Boost.Math
// would add 150 MB of headers to a fresh machine for this one function.
#include "instances/statistics/interval.hpp"

#include <algorithm>  // std::min, std::max
#include <cmath>      // std::log, std::exp, std::sqrt, std::atan, std::floor
#include <numbers>    // std::numbers::pi

#include "instances/statistics/summary.hpp"  // moments_of

namespace tenfold::bench {
namespace {

constexpr double confidence = 0.95;
constexpr double upper_tail = (1 + confidence) / 2;

/// P(|T| <= t) for t >= 0.     [Abramowitz and Stegun 1964, 26.7.3 and 26.7.4]
double central_probability(double t, int degrees) {
    const double n = degrees;
    const double theta = std::atan(t / std::sqrt(n));
    const double cosine_squared = 1 / (1 + t * t / n);  // cos(theta)^2
    // Sum of cos^k times (1 2/3 4/5 ...) for odd degrees, (1 1/2 3/4 ...) for even ones.
    const bool odd = degrees % 2 == 1;
    double term = odd ? std::sqrt(cosine_squared) : 1;
    double sum = degrees > 1 ? term : 0;
    for (int k = odd ? 2 : 1; k <= degrees - 3; k += 2) {
        term *= cosine_squared * k / (k + 1);
        sum += term;
    }
    const double sine = std::sin(theta);
    return odd ? 2 / std::numbers::pi * (theta + sine * sum) : sine * sum;
}

std::vector<double> logarithms(const std::vector<double>& values) {
    std::vector<double> result;
    for (double value : values) result.push_back(std::log(value));
    return result;
}

}  // namespace

double t_quantile(double p, int degrees) {
    if (p < 0.5) return -t_quantile(1 - p, degrees);
    const double wanted = 2 * p - 1;
    double low = 0, high = 1;
    while (central_probability(high, degrees) < wanted) high *= 2;
    for (int step = 0; step < 100 && high - low > 1e-13 * high; ++step) {
        const double middle = (low + high) / 2;
        (central_probability(middle, degrees) < wanted ? low : high) = middle;
    }
    return (low + high) / 2;
}

std::optional<ratio_interval> geometric_interval(const std::vector<double>& machines) {
    if (machines.size() < 2) return std::nullopt;
    const moments logs = moments_of(logarithms(machines));
    const double count = static_cast<double>(machines.size());
    const double half = t_quantile(upper_tail, static_cast<int>(machines.size()) - 1) * logs.deviation / std::sqrt(count);
    return ratio_interval{std::exp(logs.mean), std::exp(logs.mean - half), std::exp(logs.mean + half)};
}

std::optional<ratio_interval> ratio_of(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() < 2 || b.size() < 2) return std::nullopt;
    const moments logs_a = moments_of(logarithms(a)), logs_b = moments_of(logarithms(b));
    const double count_a = static_cast<double>(a.size()), count_b = static_cast<double>(b.size());
    const double variance_a = logs_a.deviation * logs_a.deviation / count_a;
    const double variance_b = logs_b.deviation * logs_b.deviation / count_b;
    const double variance = variance_a + variance_b;
    double half = 0;
    if (variance > 0) {
        // Welch and Satterthwaite; rounded down to whole degrees, which widens the interval.
        const double degrees = variance * variance / (variance_a * variance_a / (count_a - 1) + variance_b * variance_b / (count_b - 1));
        half = t_quantile(upper_tail, std::max(1, static_cast<int>(std::floor(degrees + 1e-9)))) * std::sqrt(variance);
    }
    const double difference = logs_a.mean - logs_b.mean;
    return ratio_interval{std::exp(difference), std::exp(difference - half), std::exp(difference + half)};
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
    for (int k = std::max(2, more_than + 1); k <= 200; ++k)
        if (t_quantile(upper_tail, 2 * k - 2) * spread * std::sqrt(2.0 / k) < reach) return k;
    return std::nullopt;
}

}  // namespace tenfold::bench
