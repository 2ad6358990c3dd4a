// SPDX-License-Identifier: Apache-2.0
// The error bounds: their values, that they hold for real sums, and that they are no better than the truth.
#include <tenfold/core/numerics.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

TEST_CASE("gamma grows like n u and ends in infinity [E30]") {
    CHECK(tenfold::gamma(0, 0x1p-24) == 0);
    CHECK(tenfold::gamma(1, 0.25) == doctest::Approx(1.0 / 3));
    CHECK(tenfold::gamma(1 << 24, 0x1p-24) == INFINITY);
    CHECK(tenfold::gamma(1000, 0x1p-24) > 1000 * 0x1p-24);
    CHECK(tenfold::gamma(1000, 0) == 0);
}

TEST_CASE("chains of blocked and of chunked sums [E30]") {
    CHECK(tenfold::blocked_chain(100, 256) == 100);
    CHECK(tenfold::blocked_chain(1024, 256) == 260);
    CHECK(tenfold::blocked_chain(1025, 256) == 261);
    CHECK(tenfold::blocked_chain(7, 0) == 7);
    CHECK(tenfold::chunked_chain(100, 256) == 100);
    CHECK(tenfold::chunked_chain(1024, 256) == 258);
    CHECK(tenfold::chunked_chain(1025, 256) == 259);
    CHECK(tenfold::conv_terms<2>(16, {3, 5}) == 240);
}

TEST_CASE("storing is exact unless the output is narrower than the accumulator [E16]") {
    CHECK(tenfold::rounding_of<float, float>().output == 0);
    CHECK(tenfold::rounding_of<float, tenfold::half>().output == 0x1p-11);
    CHECK(tenfold::rounding_of<float, tenfold::bfloat16>().output_underflow == 0x1p-134);
    CHECK(tenfold::rounding_of<double, float>().output == 0x1p-24);
    CHECK(tenfold::rounding_of<std::int32_t, std::int32_t>().accumulator == 0);
}

TEST_CASE("plain float sums and dot products stay within the bound, and come near enough to need it [E30]") {
    tenfold::testing::generator random(11);
    constexpr auto r = tenfold::rounding_of<float, float>();
    double worst_sum = 0, worst_dot = 0;
    for (int round = 0; round < 300; ++round) {
        const auto n = random.between(1, 2000);
        float sum = 0, dot = 0;
        double exact_sum = 0, exact_dot = 0, magnitude_sum = 0, magnitude_dot = 0;
        for (tenfold::index_t i = 0; i < n; ++i) {
            const auto x = static_cast<float>(random.fraction());
            const auto y = static_cast<float>(2 * random.fraction() - 1);
            sum += x;
            dot += x * y;
            exact_sum += x;
            exact_dot += static_cast<double>(x) * y;
            magnitude_sum += std::abs(x);
            magnitude_dot += std::abs(static_cast<double>(x) * y);
        }
        worst_sum = std::max(worst_sum, std::abs(sum - exact_sum) / tenfold::sum_bound(n, r, magnitude_sum, exact_sum));
        worst_dot = std::max(worst_dot, std::abs(dot - exact_dot) / tenfold::dot_bound(n, n, r, magnitude_dot, exact_dot));
    }
    INFO("worst ratios: sum " << worst_sum << ", dot " << worst_dot);
    CHECK(worst_sum <= 1);
    CHECK(worst_dot <= 1);
    CHECK(worst_sum > 0.01);
    CHECK(worst_dot > 0.001);
    // The worst case of a chain: each addition rounds the same way. 1 + u + u + ... never moves, so the error is (n - 1) u.
    float stuck = 1;
    constexpr int steps = 1000;
    for (int i = 0; i < steps; ++i) stuck += 0x1p-24f;
    const double magnitude = 1 + steps * 0x1p-24;
    CHECK(std::abs(stuck - magnitude) / tenfold::sum_bound(steps, r, magnitude, magnitude) > 0.99);
}

TEST_CASE("the probable bound is the tighter one for long sums only [E30]") {
    CHECK(tenfold::probable_gamma(81, 0x1p-24) == doctest::Approx(81 * 0x1p-24));
    CHECK(tenfold::probable_gamma(10000, 0x1p-24) < tenfold::gamma(10000, 0x1p-24));
    CHECK(tenfold::probable_gamma(9, 0x1p-24) > tenfold::gamma(9, 0x1p-24));
}
