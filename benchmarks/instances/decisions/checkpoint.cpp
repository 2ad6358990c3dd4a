// SPDX-License-Identifier: Apache-2.0
#include "instances/decisions/checkpoint.hpp"

#include <algorithm>  // std::sort
#include <cmath>      // std::sqrt, std::exp, std::expm1, std::log1p, std::lgamma
#include <random>     // std::mt19937_64

namespace tenfold::bench {

double young_interval(const interruptions& rate) { return std::sqrt(2 * rate.write * rate.mean); }

double daly_interval(const interruptions& rate) {
    const double part = rate.write / (2 * rate.mean);
    if (part >= 1) return rate.mean;
    return young_interval(rate) * (1 + std::sqrt(part) / 3 + part / 9) - rate.write;
}

double best_interval(const interruptions& rate) {
    // v = interval/mean solves log(1 - v) + v + write/mean = 0. Near v = 0 the logarithm cancels v, so it is summed there.
    const double wanted = rate.write / rate.mean;
    const auto minus_log_and_v = [](double v) {  // -log(1 - v) - v
        if (v > 0.1) return -std::log1p(-v) - v;
        double sum = 0, power = v * v;
        for (int k = 2; power > 1e-18 * sum * k; ++k, power *= v) sum += power / k;
        return sum;
    };
    double low = 0, high = 1;
    for (int step = 0; step < 200 && high - low > 1e-16 * high; ++step) {
        const double middle = (low + high) / 2;
        (minus_log_and_v(middle) < wanted ? low : high) = middle;
    }
    return rate.mean * (low + high) / 2;
}

double interval_of(const interruptions& rate) {
    if (rate.noticed >= 1) return HUGE_VAL;  // every interruption saves by itself
    if (rate.noticed > 0) return std::sqrt(2 * rate.write * rate.mean / (1 - rate.noticed));
    return best_interval(rate);
}

double daly_slowdown(const interruptions& rate, double interval) {
    return rate.mean / interval * std::exp(rate.restart / rate.mean) * std::expm1((interval + rate.write) / rate.mean);
}

double expected_time(const interruptions& rate, double work, double interval) {
    const double writes = std::max(0.0, std::ceil(work / interval) - 1), last = work - writes * interval;
    const double restarts = std::exp(rate.restart / rate.mean);  // they may be interrupted too
    if (rate.noticed <= 0)
        return rate.mean * restarts * (writes * std::expm1((interval + rate.write) / rate.mean) + std::expm1(last / rate.mean));
    const double step = writes > 0 ? interval + rate.write : work;
    const double lost = rate.noticed < 1 ? (1 - rate.noticed) * step / 2 : 0;
    return restarts * (work + writes * rate.write + work * (lost + rate.noticed * rate.write) / rate.mean);
}

double unsaved_time(const interruptions& rate, double work) { return (rate.mean + rate.restart) * std::expm1(work / rate.mean); }

std::vector<double> simulated_times(const interruptions& rate, double work, double interval, int draws, std::uint64_t seed) {
    // std::exponential_distribution may differ between standard libraries; the engine may not.
    std::mt19937_64 engine(seed);
    const auto uniform = [&] { return static_cast<double>(engine() >> 11) * 0x1p-53; };
    const auto until_interruption = [&] { return -rate.mean * std::log1p(-uniform()); };
    const double longest = hopeless * work;  // without the bound, some rates would never end
    const double step = interval + rate.write;
    std::vector<double> times;
    times.reserve(static_cast<std::size_t>(draws));
    for (int draw = 0; draw < draws; ++draw) {
        double wall = 0, left = work;
        while (wall < longest) {
            const double whole = std::ceil(left / interval);  // the last step needs no writing
            const double needed = left + (whole - 1) * rate.write;
            const double until = until_interruption();
            if (until >= needed) {
                wall += needed;
                break;
            }
            wall += until;
            const bool noticed = rate.noticed > 0 && uniform() < rate.noticed;
            if (noticed) {
                // Written steps cost their writing; what follows them is saved by the notice.
                const double written = std::floor(until / step);
                left -= std::min(until - written * rate.write, written * interval + interval);
                wall += rate.write;
            } else {
                left -= std::floor(until / step) * interval;
            }
            for (double start = until_interruption(); start < rate.restart && wall < longest; start = until_interruption()) wall += start;
            wall += rate.restart;
        }
        times.push_back(wall);
    }
    std::sort(times.begin(), times.end());
    return times;
}

namespace {

/// P(X <= x) of a Gamma variable of this shape and rate 1.     [Abramowitz and Stegun 1964, 6.5.29 and 6.5.31]
double gamma_probability(double shape, double x) {
    if (x <= 0) return 0;
    const double front = std::exp(shape * std::log(x) - x - std::lgamma(shape));
    if (x < shape + 1) {
        double term = 1 / shape, sum = term;
        for (int n = 1; term > 1e-16 * sum; ++n) sum += term *= x / (shape + n);
        return front * sum;
    }
    // The continued fraction of the complement, by Lentz's method.
    double b = x + 1 - shape, c = 1e300, d = 1 / b, fraction = d;
    for (int n = 1; n < 500; ++n) {
        const double a = -n * (n - shape);
        b += 2;
        d = 1 / (a * d + b);
        c = b + a / c;
        fraction *= c * d;
        if (std::abs(c * d - 1) < 1e-15) break;
    }
    return 1 - front * fraction;
}

double gamma_quantile(double shape, double p) {
    double low = 0, high = shape + 1;
    while (gamma_probability(shape, high) < p) high *= 2;
    for (int step = 0; step < 200 && high - low > 1e-13 * high; ++step) {
        const double middle = (low + high) / 2;
        (gamma_probability(shape, middle) < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

}  // namespace

hazard hazard_of(double seen, double hours) {
    const double shape = seen + 0.5;
    return {shape / hours, gamma_quantile(shape, 0.025) / hours, gamma_quantile(shape, 0.975) / hours};
}

}  // namespace tenfold::bench
