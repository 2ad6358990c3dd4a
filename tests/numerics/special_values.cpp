// SPDX-License-Identifier: Apache-2.0
// NaN, Inf and signed zeros in every place of a tile and its remainders. Compiled as it is, and with -ffast-math.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::testing::is_nan;

namespace {
// Through volatile memory: the compiler must not know what these are.
float opaque(std::uint32_t pattern) {
    volatile std::uint32_t hidden = pattern;
    return std::bit_cast<float>(static_cast<std::uint32_t>(hidden));
}
bool is_infinite(float x, bool negative) { return std::bit_cast<std::uint32_t>(x) == (negative ? 0xff800000u : 0x7f800000u); }
constexpr std::uint32_t nans[] = {0x7fc00000u, 0xffc00000u, 0x7fa00000u, 0xff800001u};  // quiet and signalling, both signs
}  // namespace

TEST_CASE("a NaN in a or b reaches exactly its row or column, from every position [E12][E24][H44]") {
    constexpr index_t m = 17, n = 35, k = 9;  // whole tiles and remainders of every instruction set
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        tensor<float, 2> a({m, k}), b({k, n}), c({m, n});
        std::fill(a.data(), a.data() + m * k, 1.0f);
        std::fill(b.data(), b.data() + k * n, 0.0f);  // 0 * NaN is NaN: no zero may be skipped
        int wrong = 0, points = 0;
        for (index_t at = 0; at < m * k; ++at) {
            a.data()[at] = opaque(nans[at % 4]);
            tenfold::matmul(where, a, b, c);
            for (index_t i = 0; i < m * n; ++i) wrong += is_nan(c.data()[i]) != (i / n == at / k);
            a.data()[at] = 1;
            ++points;
        }
        std::fill(a.data(), a.data() + m * k, 0.0f);
        for (index_t at = 0; at < k * n; ++at) {
            b.data()[at] = opaque(nans[at % 4]);
            tenfold::matmul(where, a, b, c);
            for (index_t i = 0; i < m * n; ++i) wrong += is_nan(c.data()[i]) != (i % n == at % n);
            b.data()[at] = 0;
            ++points;
        }
        INFO(name << ": " << points << " points");
        CHECK(wrong == 0);
    });
}

TEST_CASE("Inf follows IEEE 754: Inf * 1, Inf * 0 = NaN, Inf - Inf = NaN; remainders do not see it [E12][E24]") {
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        for (const auto& [m, n, k] : {std::array<index_t, 3>{1, 1, 3}, {15, 33, 5}, {29, 70, 11}}) {
            tensor<float, 2> a({m, k}), b({k, n}), c({m, n});
            std::fill(a.data(), a.data() + m * k, 1.0f);
            std::fill(b.data(), b.data() + k * n, 1.0f);
            const float inf = opaque(0x7f800000u);
            const auto last = m - 1;
            a(last, 1) = inf;
            tenfold::matmul(where, a, b, c);
            int wrong = 0;
            for (index_t i = 0; i < m; ++i) {
                for (index_t j = 0; j < n; ++j) wrong += i == last ? !is_infinite(c(i, j), false) : c(i, j) != static_cast<float>(k);
            }
            CHECK(wrong == 0);
            b(1, n - 1) = 0;  // Inf * 0
            tenfold::matmul(where, a, b, c);
            CHECK(is_nan(c(last, n - 1)));
            b(1, n - 1) = -1;  // -Inf
            tenfold::matmul(where, a, b, c);
            CHECK(is_infinite(c(last, n - 1), true));
            a(last, 2) = inf;  // -Inf + Inf
            tenfold::matmul(where, a, b, c);
            CHECK(is_nan(c(last, n - 1)));
            // Overflow of a sum, not of a product.
            a(last, 1) = a(last, 2) = opaque(0x7f7fffffu);
            b(1, n - 1) = b(2, n - 1) = 1;
            tenfold::matmul(where, a, b, c);
            CHECK(is_infinite(c(last, n - 1), false));
        }
    });
}

TEST_CASE("a sum of -0 products is +0, at any depth and in any place [E25]") {
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        int wrong = 0;
        for (const index_t k : {1, 2, 7, 400}) {
            tensor<float, 2> a({15, k}), b({k, 37});
            std::fill(a.data(), a.data() + 15 * k, opaque(0x80000000u));
            std::fill(b.data(), b.data() + k * 37, 2.0f);
            const auto c = tenfold::matmul(where, a, b);
            for (index_t i = 0; i < c.size(); ++i) wrong += std::bit_cast<std::uint32_t>(c.data()[i]) != 0;
        }
        INFO(name);
        CHECK(wrong == 0);
    });
}

TEST_CASE("NaN in 16-bit operands stays NaN through conversion, sum and store; Inf stays Inf [E12][E54]") {
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        const auto check = [&](auto zero, std::initializer_list<std::uint16_t> nan_patterns, std::uint16_t infinity) {
            using T = decltype(zero);
            for (const std::uint16_t pattern : nan_patterns) {
                tensor<T, 2> a({15, 4}), b({4, 35}), c({15, 35});
                std::fill(a.data(), a.data() + a.size(), T(1.0f));
                std::fill(b.data(), b.data() + b.size(), T(1.0f));
                a(14, 3) = T::from_bits(pattern);
                b(0, 0) = T::from_bits(infinity);
                tenfold::matmul(where, a, b, c);
                CHECK(is_nan(c(14, 34)));
                CHECK(is_nan(c(14, 0)));
                CHECK(c(13, 0).bits == infinity);
                CHECK(c(13, 34).bits == T(4.0f).bits);
            }
        };
        check(tenfold::half{}, {0x7e00, 0xfe00, 0x7c01, 0xfdff}, 0x7c00);
        check(tenfold::bfloat16{}, {0x7fc0, 0xffc0, 0x7f81, 0xffff}, 0x7f80);
    });
}

#if !defined(__clang__)  // clang fuses within an expression of the functor where the instruction set can
TEST_CASE("a functor of the user's rounds alike, whether it says noexcept or not, and as on the reference [E15]") {
    tensor<float, 2> a({9, 1}), b({1, 70});
    std::fill(a.data(), a.data() + a.size(), 1 + 0x1p-12f);
    std::fill(b.data(), b.data() + b.size(), 1.0f);
    const float separately = 0x1p-11f;  // the square rounds to 1 + 2^-11, fused it would not
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        CHECK(tenfold::matmul(where, a, b, [](float x, index_t, index_t) { return x * x - 1; })(8, 69) == separately);
        CHECK(tenfold::matmul(where, a, b, [](float x, index_t, index_t) noexcept { return x * x - 1; })(8, 69) == separately);
    });
}
#endif
