// SPDX-License-Identifier: Apache-2.0
// Operands that end at forbidden pages, at every alignment: nothing outside is read, and bits do not move.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>
#include <tenfold/testing/guarded.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>
#include <vector>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::tensor_view;
using tenfold::testing::generator;
using tenfold::testing::guard;
using tenfold::testing::guarded;
using tenfold::testing::guarded_rows;

namespace {
constexpr std::array<index_t, 3> shapes[] = {{1, 1, 1},     {1, 33, 7},  {7, 1, 5},   {14, 32, 16}, {15, 33, 17},
                                             {13, 31, 401}, {70, 65, 3}, {6, 16, 24}, {4, 8, 9},    {90, 100, 64}};

/// The product of guarded operands; reading or writing one byte outside of any of them ends the program.
template <class T, class Out>
void within_guards() {
    generator random(support::seed());
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        int points = 0, wrong = 0;
        for (const auto& [m, n, k] : shapes) {
            for (const guard side : {guard::before, guard::after}) {
                for (const bool transposed : {false, true}) {
                    guarded<T, 2> a(transposed ? tenfold::index_array<2>{k, m} : tenfold::index_array<2>{m, k}, side);
                    guarded<T, 2> b(transposed ? tenfold::index_array<2>{n, k} : tenfold::index_array<2>{k, n}, side);
                    guarded<Out, 2> c({m, n}, side);
                    tenfold::testing::fill_integers(a.view(), random, 15);
                    tenfold::testing::fill_integers(b.view(), random, 15);
                    const auto left = transposed ? a.view().transposed() : a.view();
                    const auto right = transposed ? b.view().transposed() : b.view();
                    tensor<Out, 2> expected({m, n});
                    tenfold::matmul(tenfold::reference{}, left, right, expected);
                    tenfold::matmul(where, left, right, c);
                    wrong += !tenfold::testing::compare_exact(c.view(), expected.view()).ok();
                    ++points;
                }
            }
        }
        INFO(name << ": " << points << " points");
        CHECK(wrong == 0);
    });
}
}  // namespace

TEST_CASE("operands flush against forbidden pages at either end: every element type [E11][H14]") {
    within_guards<float, float>();
    within_guards<double, double>();
    within_guards<tenfold::half, float>();
    within_guards<tenfold::bfloat16, tenfold::bfloat16>();
    within_guards<std::int8_t, std::int32_t>();
    within_guards<std::uint8_t, std::int32_t>();
    within_guards<std::int32_t, std::int32_t>();
}

TEST_CASE("rows that end at forbidden pages: gaps between rows are neither read nor written [E11][E07][H14]") {
    generator random(support::seed());
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        int wrong = 0;
        for (const auto& [m, n, k] : shapes) {
            guarded_rows<float> a(m, k), b(k, n), c(m, n);
            tenfold::testing::fill_integers(a.view(), random, 15);
            tenfold::testing::fill_integers(b.view(), random, 15);
            tensor<float, 2> expected({m, n});
            tenfold::matmul(tenfold::reference{}, a, b, expected);
            tenfold::matmul(where, a, b, c);
            wrong += !tenfold::testing::compare_exact(c.view(), expected.view()).ok();
        }
        INFO(name);
        CHECK(wrong == 0);
    });
}

TEST_CASE("byte offsets 0 to 63 give equal bits, operand by operand and all together [E10][H15][H46]") {
    constexpr index_t m = 31, n = 70, k = 45;
    generator random(support::seed());
    tensor<float, 2> a({m, k}), b({k, n});
    tenfold::testing::fill_random(a.view(), random);
    tenfold::testing::fill_random(b.view(), random);
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        const auto expected = tenfold::matmul(where, a, b);
        std::vector<float> memory(3 * 64 + m * k + k * n + m * n + 64);
        int points = 0, wrong = 0;
        for (index_t offset = 0; offset < 16; ++offset) {
            for (int moved = 1; moved < 8; ++moved) {
                float* at = memory.data() + (16 - reinterpret_cast<std::uintptr_t>(memory.data()) / sizeof(float) % 16);
                const auto place = [&](index_t rows, index_t columns, bool shift) {
                    const tensor_view<float, 2> view(at + (shift ? offset : 0), {rows, columns});
                    at += tenfold::round_up(rows * columns, 16) + 16;
                    return view;
                };
                const auto x = place(m, k, (moved & 1) != 0);
                const auto y = place(k, n, (moved & 2) != 0);
                const auto z = place(m, n, (moved & 4) != 0);
                std::copy(a.data(), a.data() + a.size(), x.data());
                std::copy(b.data(), b.data() + b.size(), y.data());
                tenfold::matmul(where, x, y, z);
                wrong += !tenfold::testing::compare_exact(z, expected.view()).ok();
                ++points;
            }
        }
        INFO(name << ": " << points << " points");
        CHECK(wrong == 0);
    });
}
