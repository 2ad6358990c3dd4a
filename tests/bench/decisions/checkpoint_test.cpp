// SPDX-License-Identifier: Apache-2.0
// Checkpoint intervals against known values, and the formulas against a seeded simulation.  [C09]
#include <doctest/doctest.h>

#include <cmath>    // std::exp, std::log1p
#include <numeric>  // std::accumulate

#include "instances/decisions/checkpoint.hpp"  // interruptions
#include "instances/statistics/summary.hpp"    // quantile

namespace {

using namespace tenfold::bench;

double mean(const std::vector<double>& times) {
    return std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
}

TEST_CASE("Young, Daly, the exact interval and the slowdown, simulated within 2 % [C09]") {
    struct row {
        interruptions rate;  // hours
        double young, daly, exact, slow, late;
    };
    // Minutes; the last column is the 90 % quantile of wall time over work for 24 h of work.
    const row rows[] = {{{30 / 3600.0, 5 / 60.0, 6}, 19.0, 18.6, 18.6, 1.0694, 1.100},
                        {{30 / 3600.0, 5 / 60.0, 24}, 37.9, 37.6, 37.6, 1.0304, 1.057},
                        {{30 / 3600.0, 5 / 60.0, 730}, 209.3, 209.0, 209.0, 1.0049, 1.002},
                        {{120 / 3600.0, 5 / 60.0, 24}, 75.9, 74.6, 74.6, 1.0583, 1.109},
                        {{10 / 60.0, 10 / 60.0, 2}, 49.0, 42.5, 42.6, 1.684, 1.866}};
    for (const row& one : rows) {
        CAPTURE(one.rate.mean);
        const double best = best_interval(one.rate);
        CHECK(young_interval(one.rate) * 60 == doctest::Approx(one.young).epsilon(0.003));
        CHECK(daly_interval(one.rate) * 60 == doctest::Approx(one.daly).epsilon(0.003));
        CHECK(best * 60 == doctest::Approx(one.exact).epsilon(0.003));
        const double slow = daly_slowdown(one.rate, best);
        CHECK(slow == doctest::Approx(one.slow).epsilon(0.0005));
        CHECK(slow <= daly_slowdown(one.rate, best * 1.05));
        CHECK(slow <= daly_slowdown(one.rate, best * 0.95));
        const std::vector<double> times = simulated_times(one.rate, 24, best, 4000, 1);
        CHECK(mean(times) / 24 == doctest::Approx(slow).epsilon(0.02));
        CHECK(quantile(times, 0.9) / 24 == doctest::Approx(one.late).epsilon(0.02));
    }
}

TEST_CASE("the exact interval solves its equation to 12 digits, at both ends too [C09]") {
    for (double write : {1e-9, 1e-6, 1e-3, 0.1, 1.0, 5.0}) {
        const interruptions rate{write, 0, 1};
        const double v = best_interval(rate);
        CAPTURE(write);
        CHECK(v > 0);
        CHECK(v < 1);
        // (1 - v) e^v = e^(-write), written so that small v does not cancel.
        if (write >= 1e-3)
            CHECK(-std::log1p(-v) - v == doctest::Approx(write).epsilon(1e-12));
        else
            CHECK(v == doctest::Approx(std::sqrt(2 * write) * (1 - std::sqrt(2 * write) / 3)).epsilon(write));
    }
    CHECK(daly_interval({2.5, 0, 1}) == 1);  // writing takes longer than the machine lives
}

TEST_CASE("notice saves work, and the simulation agrees [C09]") {
    interruptions rate{60 / 3600.0, 8 / 60.0, 10};
    CHECK(expected_time(rate, 100, interval_of(rate)) / 100 - 1 == doctest::Approx(0.074).epsilon(0.05));
    rate.noticed = 0.8;
    CHECK(interval_of(rate) * 60 == doctest::Approx(77).epsilon(0.01));
    CHECK(expected_time(rate, 100, interval_of(rate)) / 100 - 1 == doctest::Approx(0.041).epsilon(0.02));
    CHECK(mean(simulated_times(rate, 100, interval_of(rate), 4000, 1)) / 100 ==
          doctest::Approx(expected_time(rate, 100, interval_of(rate)) / 100).epsilon(0.02));
    rate.noticed = 0.95;
    CHECK(expected_time(rate, 100, interval_of(rate)) / 100 - 1 == doctest::Approx(0.028).epsilon(0.02));
    CHECK(mean(simulated_times(rate, 100, interval_of(rate), 4000, 1)) / 100 ==
          doctest::Approx(expected_time(rate, 100, interval_of(rate)) / 100).epsilon(0.02));
}

TEST_CASE("the last piece of the work is not written [C09]") {
    // Half an hour of work saved every hour is never written: M e^(R/M) (e^(T/M) - 1), and with notice no writing but that of notices.
    interruptions rate{0.5, 0.1, 10};
    CHECK(expected_time(rate, 0.5, 1) == doctest::Approx(10 * std::exp(0.01) * std::expm1(0.05)));
    CHECK(mean(simulated_times(rate, 0.5, 1, 20000, 1)) == doctest::Approx(expected_time(rate, 0.5, 1)).epsilon(0.01));
    // Two pieces are written once.
    CHECK(expected_time(rate, 2, 1) == doctest::Approx(10 * std::exp(0.01) * (std::expm1(0.15) + std::expm1(0.1))));
    CHECK(mean(simulated_times(rate, 2, 1, 20000, 1)) == doctest::Approx(expected_time(rate, 2, 1)).epsilon(0.01));
    rate.noticed = 1;
    CHECK(mean(simulated_times(rate, 2, 2, 20000, 1)) == doctest::Approx(expected_time(rate, 2, 2)).epsilon(0.01));
}

TEST_CASE("work that cannot be saved [C09]") {
    const interruptions rate{0, 8 / 60.0, 10};
    CHECK(unsaved_time(rate, 1 / 60.0) * 60 == doctest::Approx(1.014).epsilon(0.001));
    CHECK(unsaved_time(rate, 1.0) == doctest::Approx(1.066).epsilon(0.001));
}

TEST_CASE("interruptions per hour from a history: Jeffreys' interval [C09]") {
    const hazard none = hazard_of(0, 500);
    CHECK(none.mean == doctest::Approx(0.001));
    CHECK(none.high == doctest::Approx(0.0050239).epsilon(1e-4));  // half the 97.5 % quantile of chi-square(1), over 500 h
    const hazard ten = hazard_of(10, 100);
    CHECK(ten.mean == doctest::Approx(0.105));
    CHECK(ten.low == doctest::Approx(0.0514).epsilon(0.001));  // chi-square(21): 10.283 and 35.479
    CHECK(ten.high == doctest::Approx(0.1774).epsilon(0.001));
}

}  // namespace
