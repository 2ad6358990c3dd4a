// SPDX-License-Identifier: Apache-2.0
// The reference itself against oracles that share no code with it: 64-bit integers, and floats wider than double.
#include <tenfold/backends/reference.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <support/settings.hpp>
#include <vector>

using tenfold::index_t;
using tenfold::tensor;

TEST_CASE("the reference equals plain loops over 64-bit integers, one rounding at the end [E16][H38]") {
    tenfold::testing::generator random(support::seed());
    int wrong = 0;
    for (int round = 0; round < 50; ++round) {
        const index_t m = random.between(1, 9), n = random.between(1, 9), k = random.between(0, 40);
        std::vector<std::int64_t> a(static_cast<std::size_t>(m * k)), b(static_cast<std::size_t>(k * n));
        for (auto& x : a) x = random.between(-30, 30);
        for (auto& x : b) x = random.between(-30, 30);
        tensor<tenfold::half, 2> a16({m, k}), b16({k, n}), c16({m, n});
        tensor<std::int8_t, 2> a8({m, k}), b8({k, n});
        tensor<std::int32_t, 2> c8({m, n});
        tensor<double, 2> a64({m, k}), b64({k, n}), c64({m, n});
        for (std::size_t i = 0; i < a.size(); ++i) {
            a16.data()[i] = tenfold::half(static_cast<float>(a[i]));
            a8.data()[i] = static_cast<std::int8_t>(a[i]);
            a64.data()[i] = static_cast<double>(a[i]);
        }
        for (std::size_t i = 0; i < b.size(); ++i) {
            b16.data()[i] = tenfold::half(static_cast<float>(b[i]));
            b8.data()[i] = static_cast<std::int8_t>(b[i]);
            b64.data()[i] = static_cast<double>(b[i]);
        }
        tenfold::matmul(tenfold::reference{}, a16, b16, c16);
        tenfold::matmul(tenfold::reference{}, a8, b8, c8);
        tenfold::matmul(tenfold::reference{}, a64, b64, c64);
        for (index_t i = 0; i < m; ++i) {
            for (index_t j = 0; j < n; ++j) {
                std::int64_t sum = 0;
                for (index_t p = 0; p < k; ++p) sum += a[static_cast<std::size_t>(i * k + p)] * b[static_cast<std::size_t>(p * n + j)];
                wrong += c8(i, j) != sum;
                wrong += c64(i, j) != static_cast<double>(sum);
                wrong += c16(i, j).bits != tenfold::half(static_cast<float>(sum)).bits;  // |sum| < 2^24: float holds it exactly
            }
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("the reference in float is the correctly rounded product but for one unit in a few places [E30][H38]") {
    // Sums of 30 products of floats in double err by less than 2^-45 relative; after rounding to float that is visible
    // only next to a tie.
    tenfold::testing::generator random(support::seed());
    tensor<float, 2> a({20, 30}), b({30, 20});
    tenfold::testing::fill_random(a.view(), random, tenfold::testing::distribution::positive);
    tenfold::testing::fill_random(b.view(), random, tenfold::testing::distribution::positive);
    const auto c = tenfold::matmul(tenfold::reference{}, a, b);
    int wrong = 0;
    for (index_t i = 0; i < 20; ++i) {
        for (index_t j = 0; j < 20; ++j) {
            __extension__ __float128 sum = 0;
            for (index_t p = 0; p < 30; ++p) {
                __extension__ const __float128 x = a(i, p);
                sum += x * b(p, j);
            }
            const double error = std::abs(static_cast<double>(sum - c(i, j)));
            wrong += !(error <= 0x1.0001p-24 * static_cast<double>(c(i, j)));
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("double to half and bfloat16 rounds once: a value just beside a tie goes the right way [E54][E16]") {
    // 1 + 2^-11 is a tie of half; the 2^-40 beside it vanishes in float, and a second rounding would go to even.
    CHECK(static_cast<float>(tenfold::narrow<tenfold::half>(1 + 0x1p-11 + 0x1p-40)) == 1 + 0x1p-10f);
    CHECK(static_cast<float>(tenfold::narrow<tenfold::half>(1 + 0x1p-11 - 0x1p-40)) == 1.0f);
    CHECK(static_cast<float>(tenfold::narrow<tenfold::half>(1 + 0x1p-11)) == 1.0f);
    CHECK(static_cast<float>(tenfold::narrow<tenfold::bfloat16>(-1 - 0x1p-8 - 0x1p-40)) == -1 - 0x1p-7f);
    CHECK(static_cast<float>(tenfold::narrow<tenfold::bfloat16>(1 + 3 * 0x1p-8 - 0x1p-40)) == 1 + 0x1p-7f);
    CHECK(tenfold::narrow<tenfold::half>(65519.9999999).bits == 0x7bff);
    CHECK(tenfold::narrow<tenfold::half>(65520.0).bits == 0x7c00);
}
