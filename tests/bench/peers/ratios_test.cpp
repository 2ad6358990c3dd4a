// SPDX-License-Identifier: Apache-2.0
// Ratios are of samples of the same round; the best peer is the one that leaves the lowest; the worst shape comes first.
#include <doctest/doctest.h>

#include "made_up_contest.hpp"
#include "peers/contest/ratios.hpp"

using namespace tenfold::bench;

TEST_CASE("a ratio is taken round by round, so that a machine that slows down for all changes nothing") {
    const auto ratio = ratio_to(timed({1, 10, 2, 4, 3}), timed({2, 20, 4, 8, 6}));
    REQUIRE(ratio);
    CHECK(ratio->median == doctest::Approx(2));
    CHECK(ratio->p10 == doctest::Approx(2));
    CHECK(ratio->p90 == doctest::Approx(2));
}

TEST_CASE("the spread of the ratio is between its 10th and 90th percentile") {
    const auto ratio = ratio_to(timed({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}), timed({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
    REQUIRE(ratio);
    CHECK(ratio->median == doctest::Approx(6));
    CHECK(ratio->p10 == doctest::Approx(2));
    CHECK(ratio->p90 == doctest::Approx(10));
}

TEST_CASE("who was not timed has no ratio") {
    CHECK_FALSE(ratio_to(timed({1}), untimed(outcome::declined)));
    CHECK_FALSE(ratio_to(untimed(outcome::failed), timed({1})));
}

TEST_CASE("the best peer is the one with the lowest ratio, and never tenfold itself") {
    const std::vector<std::string> names{"tenfold", "slow", "fast", "tenfold-before", "absent"};
    const auto rows = worst_first({shape("8,8,8", {timed({2}), timed({4}), timed({3}), timed({1}), untimed(outcome::declined)})}, names);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].best_peer == 2);
    CHECK(rows[0].ratio->median == doctest::Approx(1.5));
}

TEST_CASE("the worst shape comes first, and before it those with nothing to compare") {
    const std::vector<std::string> names{"tenfold", "peer"};
    const std::vector<shape_result> results{shape("1,1,1", {timed({1}), timed({2})}), shape("2,2,2", {timed({2}), timed({1})}),
                                            shape("3,3,3", {timed({1}), untimed(outcome::wrong)}),
                                            shape("4,4,4", {timed({1}), timed({1})})};
    const auto rows = worst_first(results, names);
    std::string order;
    for (const ranked_shape& row : rows) order += row.result->shape.text[0];
    CHECK(order == "3241");
    CHECK_FALSE(rows[0].ratio);
}
