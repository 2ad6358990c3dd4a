// SPDX-License-Identifier: Apache-2.0
// Intervals and verdicts: known quantiles, coverage, the rate of wrong verdicts.  [C13]
#include <doctest/doctest.h>

#include <algorithm>  // std::count, std::sort
#include <cmath>      // std::exp
#include <random>     // std::mt19937_64, std::normal_distribution

#include "instances/statistics/bootstrap.hpp"  // bootstrap_interval
#include "instances/statistics/holm.hpp"      // levels_of, stand_together
#include "instances/statistics/interval.hpp"  // t_quantile, ratio_of, decide
#include "instances/statistics/modes.hpp"     // boundary_of_modes
#include "instances/statistics/summary.hpp"   // quantile, median, geometric_mean

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
    CHECK(t_quantile(0.975, 2.5) == doctest::Approx(3.57465484).epsilon(1e-8));  // between whole degrees
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
        constexpr int trials = 8000;
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
            constexpr int trials = 4000;
            for (int trial = 0; trial < trials; ++trial) {
                const verdict said = decide(ratio_of(machines(random, count, spread), machines(random, count, spread)), 0.03);
                wrong += said == verdict::better || said == verdict::worse;
            }
            CAPTURE(count);
            CAPTURE(spread);
            CHECK(wrong <= 0.05 * trials + 2 * std::sqrt(0.05 * 0.95 * trials));  // and the sampling error of the trial itself
        }
}

/// Figures of `count` machines as `compare` makes them: medians of three processes of ten samples each, which spread by 0.5 %
/// and 1 % besides the machines.
std::vector<double> measured(std::mt19937_64& random, int count, double spread) {
    const auto factor = [&](double deviation) { return std::exp(std::normal_distribution<double>(0, deviation)(random)); };
    std::vector<double> rates;
    for (const double machine : machines(random, count, spread)) {
        std::vector<double> processes;
        for (int process = 0; process < 3; ++process) {
            const double of_process = machine * factor(0.005);
            std::vector<double> samples;
            for (int i = 0; i < 10; ++i) samples.push_back(of_process * factor(0.01));
            processes.push_back(median(samples));
        }
        rates.push_back(median(processes));
    }
    return rates;
}

TEST_CASE("what so many machines can see: the power of a verdict at a margin of 3 % [C13]") {
    struct power {
        double spread;
        int machines;
        double wrong, equivalent, sees_5, sees_8;  // percent of the comparisons
    };
    // Of 20,000 repetitions.
    constexpr power table[] = {{0.01, 3, 1.6, 38, 94, 100}, {0.01, 5, 1.2, 91, 100, 100}, {0.01, 10, 0, 100, 100, 100},
                               {0.03, 3, 3.7, 0.7, 26, 54}, {0.03, 5, 4.4, 1.5, 58, 93},  {0.03, 10, 5.1, 15, 92, 100}};
    std::mt19937_64 random(3);
    constexpr int trials = 4000;
    for (const power& row : table) {
        double wrong = 0, equivalent = 0, sees_5 = 0, sees_8 = 0;
        for (int trial = 0; trial < trials; ++trial) {
            const std::vector<double> a = measured(random, row.machines, row.spread), b = measured(random, row.machines, row.spread);
            const ratio_interval seen = *ratio_of(a, b);
            const auto said = [&](double faster) {  // had all machines of `a` been so much faster
                return decide(ratio_interval{seen.estimate * faster, seen.low * faster, seen.high * faster}, 0.03);
            };
            const verdict of_equals = said(1);
            wrong += of_equals == verdict::better || of_equals == verdict::worse;
            equivalent += of_equals == verdict::equivalent;
            sees_5 += said(1.05) == verdict::better;
            sees_8 += said(1.08) == verdict::better;
        }
        CAPTURE(row.spread);
        CAPTURE(row.machines);
        const auto near = [](double count, double expected) {
            const double percent = 100.0 * count / trials;
            CAPTURE(expected);
            CHECK(percent >= expected - 2);
            CHECK(percent <= expected + 2);
        };
        near(wrong, row.wrong);
        near(equivalent, row.equivalent);
        near(sees_5, row.sees_5);
        near(sees_8, row.sees_8);
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

TEST_CASE("a verdict's level is where its interval begins to say it [C13]") {
    std::mt19937_64 random(4);
    for (int trial = 0; trial < 200; ++trial) {
        const ratio_interval ratio = *ratio_of(machines(random, 4, 0.01), machines(random, 4, 0.01, 1 + 0.0004 * trial));
        const claim_levels levels = levels_of(ratio, 0.03);
        const bool inside = ratio.low > 1 / 1.03 && ratio.high < 1.03;
        CAPTURE(trial);
        CHECK((levels.different <= 0.05) == (ratio.low > 1 || ratio.high < 1));
        CHECK((levels.equivalent <= 0.05) == inside);
    }
    CHECK(levels_of(*ratio_of({2, 2}, {1, 1}), 0.03).different == 0);  // without any spread
    CHECK(levels_of(*ratio_of({1, 1}, {1, 1}), 0.03).different == 1);
    CHECK(levels_of(*ratio_of({1, 1}, {1, 1}), 0.03).equivalent == 0);
}

TEST_CASE("Holm's procedure on its levels [C13]") {
    const auto standing = [](const std::vector<double>& levels) { return stand_together(levels); };
    CHECK(standing({0.05}) == std::vector<bool>{true});
    CHECK(standing({0.03, 0.03}) == std::vector<bool>{false, false});
    CHECK(standing({0.04, 0.02}) == std::vector<bool>{true, true});  // 0.05 / 2, then 0.05 / 1
    CHECK(standing({0.01, 0.04, 0.03, 0.005}) == std::vector<bool>{true, false, false, true});  // the example of Holm's table
    CHECK(standing({0.2, 0.001, 0.02}) == std::vector<bool>{false, true, true});
    CHECK(standing({}).empty());
}

TEST_CASE(
    "of fourteen verdicts on equal types one or more is wrong in half of the comparisons, of those that stand together in 5 % [C13]") {
    std::mt19937_64 random(5);
    constexpr int trials = 800, verdicts = 14;
    int any_wrong = 0, any_standing = 0;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<double> levels;
        for (int i = 0; i < verdicts; ++i)
            levels.push_back(levels_of(*ratio_of(machines(random, 5, 0.03), machines(random, 5, 0.03)), 0.03).different);
        any_wrong += std::any_of(levels.begin(), levels.end(), [](double level) { return level <= 0.05; });
        const std::vector<bool> standing = stand_together(levels);
        any_standing += std::count(standing.begin(), standing.end(), true) > 0;
    }
    CHECK(any_wrong > 0.4 * trials);
    CHECK(any_standing <= 0.05 * trials + 2 * std::sqrt(0.05 * 0.95 * trials));
    CHECK(any_standing > 0.02 * trials);  // not by saying nothing
}

TEST_CASE("machines of two modes are told apart, those of one mode are not [C13]") {
    std::mt19937_64 random(6);
    for (const int count : {4, 8, 12, 20, 40}) {
        constexpr int trials = 20000;
        int of_one = 0, of_two = 0;
        for (int trial = 0; trial < trials; ++trial) {
            of_one += boundary_of_modes(machines(random, count, 0.05), 0.0).has_value();
            std::vector<double> mixed = machines(random, count / 2, 0.01);
            for (const double value : machines(random, count - count / 2, 0.01, 1.2)) mixed.push_back(value);
            const auto boundary = boundary_of_modes(mixed, 0.03);
            of_two += boundary && std::count_if(mixed.begin(), mixed.end(), [&](double value) { return value < *boundary; }) == count / 2;
        }
        CAPTURE(count);
        CHECK(of_one <= 0.001 * trials + 3 * std::sqrt(0.001 * trials));
        if (count >= 8) CHECK(of_two > 0.9 * trials);
    }
    CHECK(boundary_of_modes({1.00, 1.01, 1.20, 1.21, 1.01, 1.20, 1.00, 1.21}, 0.03).value() == doctest::Approx(std::sqrt(1.01 * 1.20)));
    CHECK_FALSE(boundary_of_modes({1.00, 1.01, 1.20, 1.21, 1.01, 1.20, 1.00, 1.21}, 0.25).has_value());  // nearer than the margin
    CHECK_FALSE(boundary_of_modes({1, 1, 1, 1, 1, 1, 1, 2}, 0.03).has_value());                           // one outlier is no mode
    CHECK_FALSE(boundary_of_modes({1, 1, 2}, 0.03).has_value());
    CHECK(boundary_of_modes({1, 1, 2, 2}, 0.03).has_value());
    CHECK_FALSE(boundary_of_modes({1, 1, 1, 1, 1, 1}, 0.03).has_value());
}

TEST_CASE("the bootstrap is refused below eight machines, and covers about 95 % from there on [C13]") {
    std::mt19937_64 random(8);
    const auto drawn = [&](int count) {
        const auto factor = [&](double spread) { return std::exp(std::normal_distribution<double>(0, spread)(random)); };
        std::vector<machine_cases> result;
        for (const double machine : machines(random, count, 0.05)) {
            machine_cases cases(2);
            for (auto& processes : cases)
                for (int process = 0; process < 3; ++process) processes.push_back(machine * factor(0.01));
            result.push_back(cases);
        }
        return result;
    };
    for (const int count : {1, 3, 7}) CHECK_FALSE(bootstrap_interval(drawn(count), 1).has_value());
    for (const int count : {8, 12}) {
        constexpr int trials = 400;
        int covered = 0;
        for (int trial = 0; trial < trials; ++trial) {
            const ratio_interval found = *bootstrap_interval(drawn(count), 1, 300);
            covered += found.low <= 1 && 1 <= found.high;
        }
        CAPTURE(count);
        CHECK(covered >= 0.92 * trials);
        CHECK(covered <= 0.98 * trials);
    }
    const auto once = drawn(8);
    CHECK(bootstrap_interval(once, 1)->low == bootstrap_interval(once, 1)->low);
    CHECK(bootstrap_interval(once, 1)->estimate > bootstrap_interval(once, 1)->low);
}

}  // namespace
