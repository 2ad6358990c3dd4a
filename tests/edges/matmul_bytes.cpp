// SPDX-License-Identifier: Apache-2.0
// 8-bit products: every remainder of a group, a register and a block of k; zero points at the ends of their ranges.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::tensor_view;

namespace {
/// Counts elements of c that differ from the reference: b along rows and along columns, a along rows and along columns.
template <class A, class B>
struct byte_products {
    tensor<A, 2> a;
    tensor<B, 2> b;
    tensor<A, 2> a_columns;
    tensor<B, 2> b_columns;

    byte_products(index_t m, index_t n, index_t k, std::uint64_t seed) : a({m, k}), b({k, n}), a_columns({k, m}), b_columns({n, k}) {
        tenfold::testing::generator random(seed);
        tenfold::testing::fill_integers(a.view(), random, 127);
        tenfold::testing::fill_integers(b.view(), random, 127);
        for (index_t p = 0; p < k; ++p) {
            for (index_t i = 0; i < m; ++i) a_columns(p, i) = a(i, p);
            for (index_t j = 0; j < n; ++j) b_columns(j, p) = b(p, j);
        }
    }
    index_t wrong(const tenfold::cpu& where, index_t k, const tenfold::matmul_options& options) const {
        const auto left = a.view().slice(1, 0, k);
        const auto right = b.view().slice(0, 0, k);
        const auto expected = tenfold::matmul(tenfold::reference{}, left, right, options);
        index_t count = 0;
        const auto compare = [&](const auto& x, const auto& y) {
            const auto c = tenfold::matmul(where, x, y, options);
            for (index_t i = 0; i < c.size(); ++i) count += c.data()[i] != expected.data()[i];
        };
        compare(left, right);
        compare(left, b_columns.view().slice(1, 0, k).transposed());
        compare(a_columns.view().slice(0, 0, k).transposed(), right);
        return count;
    }
};

template <class A, class B>
void every_remainder(const char* types) {
    constexpr index_t deepest = 400;
    const byte_products<A, B> tile(15, 35, deepest, 1), few(2, 70, deepest, 2), tall(70, 3, deepest, 3);
    for (const char* isa : tenfold::available_isas()) {
        const tenfold::cpu where{.threads = 1, .isa = isa};
        index_t wrong = 0;
        for (index_t k = 1; k <= deepest; k += k < 140 ? 1 : 13) {
            wrong += tile.wrong(where, k, {}) + few.wrong(where, k, {}) + tall.wrong(where, k, {});
        }
        INFO(std::string(types) << " " << std::string(isa));
        CHECK(wrong == 0);
    }
}
}  // namespace

TEST_CASE("8-bit products are exact for every remainder of k, in every order of operands and mix of signs [E28][H34]") {
    every_remainder<std::int8_t, std::int8_t>("s8 s8");
    every_remainder<std::uint8_t, std::int8_t>("u8 s8");
    every_remainder<std::int8_t, std::uint8_t>("s8 u8");
    every_remainder<std::uint8_t, std::uint8_t>("u8 u8");
}

namespace {
/// sum over k of (left - za)(right - zb) in a product of (m, n), whose elements must all agree.
template <class A, class B, class Where>
std::int64_t constant_product(const Where& where, A left, std::int32_t za, B right, std::int32_t zb, index_t k, index_t m) {
    const tensor_view<const A, 2> a(&left, {m, k}, {0, 0});
    tensor<B, 2> b({37, k});
    std::fill(b.data(), b.data() + b.size(), right);
    tensor<std::int32_t, 2> c({m, 37});
    tenfold::matmul(where, a, b.transposed(), c, {.a_zero_point = za, .b_zero_point = zb});
    for (index_t i = 1; i < c.size(); ++i) {
        if (c.data()[i] != c.data()[0]) return -12345;
    }
    return c(0, 0);
}
template <class F>
void on_every_backend(const F& f) {
    support::for_each_setting(tenfold::reference{}, f);
    support::for_each_setting(tenfold::cpu{}, f);
}
}  // namespace

TEST_CASE("zero points are exact at the ends of their ranges and of the depth that they leave [E28]") {
    constexpr std::int8_t low = -128, high = 127;
    constexpr std::uint8_t zero = 0, top = 255;
    on_every_backend([&](const auto& where, const std::string& name) {
        INFO(name);
        for (const index_t m : {1, 20, 230}) {
            for (const index_t k : {1, 5, 64, 257, 1537}) {
                INFO("m " << m << " k " << k);
                CHECK(constant_product(where, high, low, high, low, k, m) == 65025 * k);
                CHECK(constant_product(where, low, high, high, low, k, m) == -65025 * k);
                CHECK(constant_product(where, zero, 255, top, 0, k, m) == -65025 * k);
                CHECK(constant_product(where, top, 0, low, 127, k, m) == -65025 * k);
                CHECK(constant_product(where, high, 0, zero, 128, k, m) == -16256 * k);
                CHECK(constant_product(where, top, 255, low, -128, k, m) == 0);
            }
        }
        CHECK(constant_product(where, high, low, high, low, 33025, 2) == 65025ll * 33025);
        CHECK(constant_product(where, zero, 255, top, 0, 33025, 2) == -65025ll * 33025);
    });
}

TEST_CASE("zero points with alpha, beta, an epilogue, batches and a transposed result [E28][E27]") {
    tenfold::testing::generator random(support::seed());
    tensor<std::uint8_t, 3> a({3, 20, 100});
    tensor<std::int8_t, 2> b({100, 50});
    tenfold::testing::fill_integers(a.view(), random, 127);
    tenfold::testing::fill_integers(b.view(), random, 127);
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        const tenfold::matmul_options options{.alpha = 3, .beta = -2, .a_zero_point = 131, .b_zero_point = -7};
        tensor<std::int32_t, 3> c({3, 50, 20}), expected({3, 50, 20});
        tenfold::testing::generator old(7), same(7);
        tenfold::testing::fill_integers(c.view(), old, 1000);
        tenfold::testing::fill_integers(expected.view(), same, 1000);
        tenfold::matmul(where, a, b, c.view().transposed({0, 2, 1}), options, tenfold::relu{});
        tenfold::matmul(tenfold::reference{}, a, b, expected.view().transposed({0, 2, 1}), options, tenfold::relu{});
        CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
        // k = 0: the sum of nothing is 0, whatever the zero points.
        tensor<std::int32_t, 2> empty({4, 5});
        tenfold::matmul(where, tensor_view<const std::uint8_t, 2>(nullptr, {4, 0}), tensor_view<const std::int8_t, 2>(nullptr, {0, 5}),
                        empty, {.a_zero_point = 1, .b_zero_point = 1});
        for (index_t i = 0; i < empty.size(); ++i) CHECK(empty.data()[i] == 0);
    });
}
