// SPDX-License-Identifier: Apache-2.0
#include "instances/statistics/front.hpp"

#include <algorithm>  // std::none_of
#include <cmath>      // std::sqrt, std::log, std::cos
#include <numbers>    // std::numbers::pi
#include <random>     // std::mt19937_64

namespace tenfold::bench {
namespace {

/// Standard normal numbers that are the same with every standard library.     [Box and Muller 1958]
class normal_numbers {
    std::mt19937_64 engine_;

    double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }

public:
    explicit normal_numbers(std::uint64_t seed) : engine_(seed) {}
    double operator()() {
        const double radius = std::sqrt(-2 * std::log(uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }
};

/// The logarithm of a candidate's rate as its machines leave it open: Student's t around their mean. Without an interval, the
/// rate itself.
class open_log_rate {
    double mean_, scale_ = 0;
    int degrees_;

public:
    explicit open_log_rate(const front_candidate& one) : mean_(std::log(one.rate)), degrees_(one.machines - 1) {
        if (one.interval && degrees_ > 0)
            scale_ = (std::log(one.interval->high) - std::log(one.interval->low)) / 2 / t_quantile(0.975, degrees_);
    }
    double drawn(normal_numbers& normal) const {
        if (scale_ == 0) return mean_;
        const double numerator = normal();
        double squares = 0;
        for (int i = 0; i < degrees_; ++i) {
            const double z = normal();
            squares += z * z;
        }
        return mean_ + scale_ * numerator / std::sqrt(squares / degrees_);
    }
};

struct point {
    double log_time, log_cost;
};

point point_of(const front_candidate& one, double log_rate) { return {-log_rate, std::log(one.price_per_hour) - log_rate}; }

std::vector<bool> front_of(const std::vector<point>& points) {
    const auto beats = [](const point& a, const point& b) {
        return a.log_time <= b.log_time && a.log_cost <= b.log_cost && (a.log_time < b.log_time || a.log_cost < b.log_cost);
    };
    std::vector<bool> front;
    for (const point& one : points)
        front.push_back(std::none_of(points.begin(), points.end(), [&](const point& other) { return beats(other, one); }));
    return front;
}

}  // namespace

std::vector<bool> pareto_front(const std::vector<front_candidate>& candidates) {
    std::vector<point> points;
    for (const front_candidate& one : candidates) points.push_back(point_of(one, std::log(one.rate)));
    return front_of(points);
}

std::vector<double> front_probabilities(const std::vector<front_candidate>& candidates, int draws, std::uint64_t seed) {
    normal_numbers normal(seed);
    std::vector<double> shares(candidates.size());
    std::vector<point> points(candidates.size());
    std::vector<open_log_rate> rates;
    for (const front_candidate& one : candidates) rates.emplace_back(one);
    for (int draw = 0; draw < draws; ++draw) {
        for (std::size_t i = 0; i < candidates.size(); ++i) points[i] = point_of(candidates[i], rates[i].drawn(normal));
        const std::vector<bool> front = front_of(points);
        for (std::size_t i = 0; i < candidates.size(); ++i) shares[i] += front[i] ? 1.0 / draws : 0;
    }
    return shares;
}

}  // namespace tenfold::bench
