// SPDX-License-Identifier: Apache-2.0
// All extents around the tiles of each instruction set, into an output full of signalling NaNs.
#include <tenfold/kernel/cpu/blocking.hpp>
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cstring>
#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::tensor_view;
using tenfold::testing::generator;

namespace {
/// Integer operands of the largest extents; the product of any leading parts is the leading part of the product.
template <class T>
struct exhaustive {
    index_t m, n, k;
    tensor<T, 2> a, b, expected, c;

    exhaustive(index_t rows, index_t columns, index_t depth)
        : m(rows), n(columns), k(depth), a({m, k}), b({k, n}), expected({m, n}), c({m + 1, n + 3}) {
        generator random(support::seed());
        tenfold::testing::fill_integers(a.view(), random, 40);
        tenfold::testing::fill_integers(b.view(), random, 40);
        tenfold::matmul(tenfold::reference{}, a, b, expected);
    }
    static T poison() {
        if constexpr (std::is_same_v<T, float>)
            return std::bit_cast<float>(0x7fa00000u);  // a signalling NaN
        else
            return std::bit_cast<double>(std::uint64_t{0x7ff4000000000000u});
    }
    /// True if the (rows, columns) product is right and nothing else of c was touched.
    template <class Left, class Right>
    bool holds(const tenfold::cpu& where, index_t rows, index_t columns, const Left& left, const Right& right, bool column_major) {
        const T bad = poison();
        std::fill(c.data(), c.data() + c.size(), bad);
        const tensor_view<T, 2> out = column_major ? tensor_view<T, 2>(c.data(), {rows, columns}, {1, m + 1})
                                                   : tensor_view<T, 2>(c.data(), {rows, columns}, {n + 3, 1});
        tenfold::matmul(where, left, right, out, {.beta = 0});
        for (index_t i = 0; i < rows; ++i) {
            for (index_t j = 0; j < columns; ++j) {
                if (out(i, j) != expected(i, j)) return false;
                std::memcpy(&out(i, j), &bad, sizeof(T));
            }
        }
        for (index_t i = 0; i < c.size(); ++i) {
            if (std::memcmp(c.data() + i, &bad, sizeof(T)) != 0) return false;
        }
        return true;
    }
};

template <class T>
void every_extent_around_a_tile(index_t depth) {
    for (const char* isa : tenfold::available_isas()) {
        const tenfold::cpu where{.threads = 1, .isa = isa};
        int index = 0;
        REQUIRE(tenfold::choose_isa("test", where, index).ok());
        const auto tile = tenfold::tiles_of<T>(index).full;
        exhaustive<T> x(2 * tile.rows + 3, 2 * tile.columns + 3, depth);
        const auto b_columns = tenfold::testing::materialised(x.b.transposed());  // the same b, stored as (n, k)
        index_t points = 0, wrong = 0;
        for (index_t m = 0; m <= x.m; ++m) {
            for (index_t n = 0; n <= x.n; ++n) {
                wrong += !x.holds(where, m, n, x.a.slice(0, 0, m), x.b.slice(1, 0, n), false);
                wrong += !x.holds(where, m, n, x.a.slice(0, 0, m), b_columns.slice(0, 0, n).transposed(), (m + n) % 2 == 0);
                points += 2;
            }
        }
        INFO(std::string(isa) << ", tile " << tile.rows << " x " << tile.columns << ", depth " << depth << ": " << points << " points");
        CHECK(points == 2 * (x.m + 1) * (x.n + 1));
        CHECK(wrong == 0);
    }
}
}  // namespace

TEST_CASE("m and n from 0 to two tiles and 3, exact, and a c full of signalling NaN is never read: f32 [H34][E20][H06]") {
    every_extent_around_a_tile<float>(5);
}

TEST_CASE("m and n from 0 to two tiles and 3, exact, and a c full of signalling NaN is never read: f64 [H34][E20][H06]") {
    every_extent_around_a_tile<double>(3);
}

TEST_CASE("k from 0 to two blocks and 3: every depth remainder, the first block writes and the others add [H34][E20][H06]") {
    for (const char* isa : tenfold::available_isas()) {
        const tenfold::cpu where{.threads = 1, .isa = isa};
        constexpr index_t block = tenfold::block_depth<float>;
        constexpr index_t m = 17, n = 35;
        generator random(support::seed());
        tensor<float, 2> a({m, 2 * block + 3}), b({2 * block + 3, n});
        tensor<float, 2> c({m, n}), expected({m, n});
        tenfold::testing::fill_integers(a.view(), random, 30);
        tenfold::testing::fill_integers(b.view(), random, 30);
        std::fill(expected.data(), expected.data() + m * n, 0.0f);
        int points = 0, wrong = 0;
        for (index_t k = 0; k <= 2 * block + 3; ++k) {
            if (k > 0) {  // one more product per element
                for (index_t i = 0; i < m; ++i) {
                    for (index_t j = 0; j < n; ++j) expected(i, j) += a(i, k - 1) * b(k - 1, j);
                }
            }
            std::fill(c.data(), c.data() + m * n, std::bit_cast<float>(0x7fa00000u));
            tenfold::matmul(where, a.slice(1, 0, k), b.slice(0, 0, k), c, {.beta = -0.0});
            wrong += !tenfold::testing::compare_exact(c.view(), expected.view()).ok();
            // beta == 1 adds the old c once, not once per block [E31].
            tenfold::matmul(where, a.slice(1, 0, k), b.slice(0, 0, k), c, {.alpha = -1, .beta = 1});
            for (index_t i = 0; i < m * n; ++i) wrong += c.data()[i] != 0;
            points += 2;
        }
        INFO(std::string(isa) << ": " << points << " points");
        CHECK(wrong == 0);
    }
}

TEST_CASE("c full of NaN, beta == 0, in batches, shared by threads, with an epilogue, in every output type [E20][H06]") {
    generator random(support::seed());
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        tensor<float, 3> a({5, 70, 81}), b({5, 81, 97}), c({5, 70, 97});
        tenfold::testing::fill_integers(a.view(), random, 30);
        tenfold::testing::fill_integers(b.view(), random, 30);
        const auto expected = tenfold::matmul(tenfold::reference{}, a, b);
        const auto poisoned = [&] { std::fill(c.data(), c.data() + c.size(), std::bit_cast<float>(0x7fa00000u)); };
        poisoned();
        tenfold::matmul(where, a, b, c);
        CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
        poisoned();
        tenfold::matmul(where, a, b, c, {.alpha = 2}, tenfold::scale(0.5f));
        CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
        const auto narrow_a = tenfold::testing::materialised_as<tenfold::bfloat16>(a.view());
        const auto narrow_b = tenfold::testing::materialised_as<tenfold::bfloat16>(b.view());
        tensor<tenfold::bfloat16, 3> narrow_c({5, 70, 97});
        std::fill(narrow_c.data(), narrow_c.data() + c.size(), tenfold::bfloat16::from_bits(0x7fa0));
        tenfold::matmul(where, narrow_a, narrow_b, narrow_c);
        const auto narrow_expected = tenfold::testing::materialised_as<tenfold::bfloat16>(expected.view());
        CHECK(tenfold::testing::compare_exact(narrow_c.view(), narrow_expected.view()).ok());
    });
}
