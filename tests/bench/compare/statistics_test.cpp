// SPDX-License-Identifier: Apache-2.0
// Intervals and verdicts: known quantiles, coverage, the rate of wrong verdicts.  [C13]
#include <doctest/doctest.h>

#include <cmath>   // std::exp
#include <random>  // std::mt19937_64, std::normal_distribution

#include "instances/statistics/interval.hpp"  // t_quantile, ratio_of, decide
#include "instances/statistics/summary.hpp"   // quantile, geometric_mean

namespace {

using namespace tenfold::bench;

/// Medians of `count` machines of one type: log-normal with this spread.
std::vector<double> machines(std::mt19937_64& random, int count, double spread, double rate = 1) {
    std::normal_distribution<double> normal(std::log(rate), spread);
    std::vector<double> values;
    for (int i = 0; i < count; ++i) values.push_back(std::exp(normal(random)));
    return values;
}

TEST_CASE("t quantiles equal the printed tables [C13]") {
    CHECK(t_quantile(0.975, 1) == doctest::Approx(12.7062047).epsilon(1e-8));
    CHECK(t_quantile(0.975, 2) == doctest::Approx(4.30265273).epsilon(1e-8));
    CHECK(t_quantile(0.975, 3) == doctest::Approx(3.18244631).epsilon(1e-8));
    CHECK(t_quantile(0.975, 4) == doctest::Approx(2.77644511).epsilon(1e-8));
    CHECK(t_quantile(0.975, 9) == doctest::Approx(2.26215716).epsilon(1e-8));
    CHECK(t_quantile(0.95, 10) == doctest::Approx(1.81246112).epsilon(1e-8));
    CHECK(t_quantile(0.975, 30) == doctest::Approx(2.04227246).epsilon(1e-8));
    CHECK(t_quantile(0.975, 1000) == doctest::Approx(1.96233908).epsilon(1e-8));
    CHECK(t_quantile(0.025, 9) == doctest::Approx(-2.26215716).epsilon(1e-8));
}

TEST_CASE("quantiles and geometric means [C13]") {
    CHECK(quantile({4, 1, 3, 2}, 0.5) == doctest::Approx(2.5));
    CHECK(quantile({1, 2, 3, 4, 5}, 0.9) == doctest::Approx(4.6));
    CHECK(quantile({7}, 0.1) == 7);
    CHECK(geometric_mean(std::vector<double>(1000, 1e300)) == doctest::Approx(1e300));  // a product would overflow
}

TEST_CASE("the interval of a type covers 95 % at 3, 5 and 10 machines [C13]") {
    std::mt19937_64 random(1);
    for (int count : {3, 5, 10}) {
        int covered = 0;
        constexpr int trials = 20000;
        for (int trial = 0; trial < trials; ++trial) {
            const auto interval = geometric_interval(machines(random, count, 0.1));
            covered += interval->low <= 1 && 1 <= interval->high;
        }
        CAPTURE(count);
        CHECK(covered > 0.94 * trials);
        CHECK(covered < 0.96 * trials);
    }
}

TEST_CASE("a type against itself is wrongly told apart in at most 5 % [C13]") {
    std::mt19937_64 random(2);
    for (double spread : {0.01, 0.03, 0.1})
        for (int count : {3, 5, 10}) {
            int wrong = 0;
            constexpr int trials = 10000;
            for (int trial = 0; trial < trials; ++trial) {
                const verdict said = decide(ratio_of(machines(random, count, spread), machines(random, count, spread)), 0.03);
                wrong += said == verdict::better || said == verdict::worse;
            }
            CAPTURE(count);
            CAPTURE(spread);
            CHECK(wrong <= 0.05 * trials * 1.1);  // and the sampling error of the trial itself
        }
}

TEST_CASE("one machine decides nothing [C13]") {
    CHECK_FALSE(geometric_interval({1.0}).has_value());
    CHECK_FALSE(ratio_of({1.0}, {2.0, 2.0, 2.0}).has_value());
    CHECK(decide(std::nullopt, 0.03) == verdict::undecided);
}

TEST_CASE("verdicts at the margin [C13]") {
    CHECK(decide(ratio_interval{1.10, 1.05, 1.15}, 0.03) == verdict::better);
    CHECK(decide(ratio_interval{0.90, 0.85, 0.95}, 0.03) == verdict::worse);
    CHECK(decide(ratio_interval{1.00, 0.98, 1.02}, 0.03) == verdict::equivalent);
    CHECK(decide(ratio_interval{1.02, 1.01, 1.029}, 0.03) == verdict::equivalent);  // real but below the margin
    CHECK(decide(ratio_interval{1.02, 0.99, 1.05}, 0.03) == verdict::undecided);
    CHECK(decide(ratio_interval{1.02, 1.01, 1.05}, 0.03) == verdict::better);
    CHECK(verdict_word(verdict::undecided) == "undecided");
}

TEST_CASE("identical machines have an interval of no width [C13]") {
    const auto ratio = ratio_of({2, 2, 2}, {1, 1, 1});
    REQUIRE(ratio.has_value());
    CHECK(ratio->low == doctest::Approx(2));
    CHECK(ratio->high == doctest::Approx(2));
    CHECK(decide(ratio, 0.03) == verdict::better);
}

TEST_CASE("the number of machines that would decide [C13]") {
    CHECK(machines_to_decide(1.5, 0.01, 0.03) == 2);
    const auto few = machines_to_decide(1.10, 0.03, 0.03), many = machines_to_decide(1.05, 0.03, 0.03);
    REQUIRE(few.has_value());
    REQUIRE(many.has_value());
    CHECK(*few < *many);
    CHECK(machines_to_decide(1.5, 0.01, 0.03, 6) == 7);
    CHECK_FALSE(machines_to_decide(1.015, 5.0, 0.03).has_value());
}

}  // namespace
