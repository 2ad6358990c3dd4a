// SPDX-License-Identifier: Apache-2.0
// Element types at their extremes: exact 8-bit sums up to their limits, 16-bit overflow, the complete matrix of types.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <support/settings.hpp>

using tenfold::bfloat16;
using tenfold::half;
using tenfold::index_t;
using tenfold::tensor;
using tenfold::tensor_view;

namespace {
template <class F>
void on_every_backend(const F& f) {
    support::for_each_setting(tenfold::reference{}, f);
    support::for_each_setting(tenfold::cpu{}, f);
}
/// sum over k of left * right, from operands of one element repeated by stride 0, in a product of (3, n).
template <class Out, class Where, class A, class B>
Out constant_product(const Where& where, A left, B right, index_t k) {
    const tensor_view<A, 2> a(&left, {3, k}, {0, 0});
    const tensor_view<B, 2> b(&right, {k, 37}, {0, 0});
    tensor<Out, 2> c({3, 37});
    tenfold::matmul(where, a, b, c);
    for (index_t i = 1; i < c.size(); ++i) {
        if (!tenfold::testing::same_value(c.data()[i], c.data()[0])) return static_cast<Out>(-12345.0f);
    }
    return c(0, 0);
}
}  // namespace

TEST_CASE("8-bit products at their extremes are exact for every depth up to the limit [E28][H09]") {
    constexpr auto low = std::numeric_limits<std::int8_t>::min();
    constexpr auto high = std::numeric_limits<std::int8_t>::max();
    constexpr std::uint8_t top = 255;
    on_every_backend([&](const auto& where, const std::string& name) {
        INFO(name);
        // 255, 256, 257 and 512, 513: around the depth at which blocks are added up.
        for (const index_t k : {1, 2, 3, 127, 255, 256, 257, 511, 512, 513}) {
            CHECK(constant_product<std::int32_t>(where, low, low, k) == 16384 * k);
            CHECK(constant_product<std::int32_t>(where, low, high, k) == -16256 * k);
            CHECK(constant_product<std::int32_t>(where, top, low, k) == -32640 * k);
            CHECK(constant_product<std::int32_t>(where, high, top, k) == 32385 * k);
            CHECK(constant_product<std::int32_t>(where, top, top, k) == 65025 * k);
        }
        CHECK(constant_product<std::int32_t>(where, low, low, 131071) == 16384 * 131071);
        CHECK(constant_product<std::int32_t>(where, top, low, 65793) == -32640 * 65793);
        CHECK(constant_product<std::int32_t>(where, top, top, 33025) == 65025 * 33025);
    });
}

TEST_CASE("int32 products and scales wrap modulo 2^32 the same everywhere [E28]") {
    on_every_backend([](const auto& where, const std::string& name) {
        INFO(name);
        tensor<std::int32_t, 2> a({2, 3}), b({3, 2}), c({2, 2});
        const std::int32_t values[] = {2147483647, -2147483647 - 1, 65537, -65537, 1 << 30, 3};
        for (index_t i = 0; i < 6; ++i) {
            a.data()[i] = values[i];
            b.data()[i] = values[5 - i];
        }
        for (index_t i = 0; i < 4; ++i) c.data()[i] = values[i];
        tensor<std::int32_t, 2> expected({2, 2});
        for (index_t i = 0; i < 2; ++i) {
            for (index_t j = 0; j < 2; ++j) {
                std::uint32_t sum = 0;
                for (index_t p = 0; p < 3; ++p) sum += static_cast<std::uint32_t>(a(i, p)) * static_cast<std::uint32_t>(b(p, j));
                expected(i, j) = static_cast<std::int32_t>(3u * sum - 5u * static_cast<std::uint32_t>(c(i, j)));
            }
        }
        tenfold::matmul(where, a, b, c, {.alpha = 3, .beta = -5});
        CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
    });
}

TEST_CASE("16-bit products sum in float: 65536 ones, 2048 + 1, large partial sums of a small total [E29][E16][H10]") {
    on_every_backend([](const auto& where, const std::string& name) {
        INFO(name);
        const half one(1.0f);
        const bfloat16 wide_one(1.0f);
        CHECK(constant_product<float>(where, one, one, 65536) == 65536.0f);
        CHECK(constant_product<half>(where, one, one, 65536).bits == 0x7c00);  // Inf: above 65504
        CHECK(static_cast<float>(constant_product<half>(where, one, one, 65504)) == 65504.0f);
        CHECK(constant_product<float>(where, one, one, 2049) == 2049.0f);  // half itself stops at 2048
        CHECK(constant_product<float>(where, wide_one, wide_one, 257) == 257.0f);
        CHECK(static_cast<float>(constant_product<bfloat16>(where, wide_one, wide_one, 257)) == 256.0f);  // one rounding, at the store
        CHECK(static_cast<float>(constant_product<bfloat16>(where, wide_one, wide_one, 259)) == 260.0f);
        // 300 * 300 * 2 - 300 * 300 * 2 + 1: partial sums far beyond half's largest number.
        tensor<half, 2> a({1, 5}), b({5, 1});
        const float left[] = {300, 300, -300, -300, 1};
        for (index_t i = 0; i < 5; ++i) {
            a.data()[i] = half(left[i]);
            b.data()[i] = half(i < 4 ? 300.0f : 1.0f);
        }
        tensor<half, 2> c({1, 1});
        tenfold::matmul(where, a, b, c);
        CHECK(static_cast<float>(c(0, 0)) == 1.0f);
    });
}

TEST_CASE("odd depths of 16-bit and 8-bit types have no phantom partner [E29][E24]") {
    // A partner that is Inf or NaN in memory right behind the last element must not take part.
    on_every_backend([](const auto& where, const std::string& name) {
        INFO(name);
        for (const index_t k : {1, 3, 5, 7, 31, 33, 385}) {
            std::vector<half> memory(static_cast<std::size_t>(2 * (k + 1)), half(std::numeric_limits<float>::infinity()));
            std::fill_n(memory.begin(), k, half(2.0f));
            std::fill_n(memory.begin() + k + 1, k, half(3.0f));
            const tensor_view<half, 2> a(memory.data(), {1, k});
            const tensor_view<half, 2> b(memory.data() + k + 1, {k, 1});
            tensor<float, 2> c({1, 1});
            tenfold::matmul(where, a, b, c);
            CHECK(c(0, 0) == static_cast<float>(6 * k));
        }
    });
}

namespace {
template <class A, class B, class Out, class Where>
int shapes_of_types(const Where& where, const char* what) {
    tenfold::testing::generator random(support::seed());
    int points = 0;
    for (const auto& extents :
         {std::array<index_t, 3>{1, 1, 1}, {1, 40, 20}, {40, 1, 20}, {1, 1, 300}, {40, 40, 1}, {17, 35, 19}, {2, 100, 2}}) {
        const index_t m = extents[0], n = extents[1], k = extents[2];
        tensor<A, 3> a({2, m, k});
        tensor<B, 3> b({2, k, n});
        tensor<Out, 3> c({2, m, n}), expected({2, m, n});
        tenfold::testing::fill_integers(a.view(), random, 8);
        tenfold::testing::fill_integers(b.view(), random, 8);
        tenfold::matmul(where, a, b, c);
        tenfold::matmul(tenfold::reference{}, a, b, expected);
        INFO(std::string(what) << " m " << m << " n " << n << " k " << k);
        CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
        ++points;
    }
    return points;
}
}  // namespace

TEST_CASE("every legal combination of types works for every class of shape, vectors included [E17][E16]") {
    for (const char* isa : tenfold::available_isas()) {
        const tenfold::cpu where{.isa = isa};
        int points = shapes_of_types<float, float, float>(where, "f32");
        points += shapes_of_types<double, double, double>(where, "f64");
        points += shapes_of_types<half, half, half>(where, "f16");
        points += shapes_of_types<half, half, float>(where, "f16 to f32");
        points += shapes_of_types<bfloat16, bfloat16, bfloat16>(where, "bf16");
        points += shapes_of_types<bfloat16, bfloat16, float>(where, "bf16 to f32");
        points += shapes_of_types<std::int8_t, std::int8_t, std::int32_t>(where, "s8");
        points += shapes_of_types<std::uint8_t, std::uint8_t, std::int32_t>(where, "u8");
        points += shapes_of_types<std::uint8_t, std::int8_t, std::int32_t>(where, "u8 s8");
        points += shapes_of_types<std::int8_t, std::uint8_t, std::int32_t>(where, "s8 u8");
        points += shapes_of_types<std::int8_t, std::int8_t, float>(where, "s8 to f32");
        points += shapes_of_types<std::int32_t, std::int32_t, std::int32_t>(where, "s32");
        CHECK(points == 84);
    }
}
