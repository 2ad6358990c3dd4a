// SPDX-License-Identifier: Apache-2.0
// Unit axes with any stride, views against their materialised copies, aliased inputs, interleaved outputs.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::tensor_view;
using tenfold::testing::arranged;
using tenfold::testing::arrangement;
using tenfold::testing::compare_exact;
using tenfold::testing::generator;

namespace {
constexpr index_t odd[] = {0, -1, index_t{1} << 31, index_t{1} << 33, INT64_MIN, INT64_MAX};
constexpr arrangement kinds[] = {arrangement::row_major, arrangement::padded,    arrangement::permuted, arrangement::stepped,
                                 arrangement::reversed,  arrangement::broadcast, arrangement::mixed};
}  // namespace

TEST_CASE("the stride of a unit axis is never used, whatever it is [E05][H04]") {
    generator random(support::seed());
    const auto check = [&](const auto& where, const std::string& name) {
        int points = 0, wrong = 0;
        for (const index_t stride : odd) {
            for (int unit = 0; unit < 16; ++unit) {  // each subset of {batch, m, n, k} of extent 1
                const index_t batch = unit & 1 ? 1 : 3, m = unit & 2 ? 1 : 19, n = unit & 4 ? 1 : 35, k = unit & 8 ? 1 : 13;
                const auto strided = [&](auto& x) {
                    auto strides = x.strides();
                    for (std::size_t i = 0; i < 3; ++i) {
                        if (x.extent(i) == 1) strides[i] = stride;
                    }
                    return tensor_view<float, 3>(x.data(), x.extents(), strides);
                };
                tensor<float, 3> a({batch, m, k}), b({batch, k, n}), c({batch, m, n}), expected({batch, m, n});
                tenfold::testing::fill_integers(a.view(), random, 50);
                tenfold::testing::fill_integers(b.view(), random, 50);
                tenfold::testing::fill_integers(c.view(), random, 50);
                std::copy(c.data(), c.data() + c.size(), expected.data());
                tenfold::matmul(tenfold::reference{}, a, b, expected, {.beta = 1});
                wrong += !tenfold::matmul(std::nothrow, where, strided(a), strided(b), strided(c), {.beta = 1}).ok();
                wrong += !compare_exact(c.view(), expected.view()).ok();
                ++points;
            }
        }
        INFO(name << ": " << points << " points");
        CHECK(points == 96);
        CHECK(wrong == 0);
    };
    support::for_each_setting(tenfold::reference{}, check);
    support::for_each_setting(tenfold::cpu{}, check);
}

TEST_CASE("any view gives what its materialised copy gives: permuted, stepped, reversed, broadcast, offset [E06][H11]") {
    generator random(support::seed());
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        int points = 0, wrong = 0;
        for (const arrangement of_a : kinds) {
            for (const arrangement of_b : kinds) {
                for (const auto& [m, n, k] : {std::array<index_t, 3>{15, 34, 9}, {1, 70, 33}, {50, 1, 64}, {29, 33, 400}}) {
                    arranged<float, 2> a(random, {m, k}, of_a), b(random, {k, n}, of_b);
                    arranged<float, 2> c(random, {m, n}, tenfold::testing::draw_output_arrangement(random));
                    tenfold::testing::fill_integers(a.view(), random, 40);
                    tenfold::testing::fill_integers(b.view(), random, 40);
                    tenfold::matmul(where, a, b, c);
                    const auto expected =
                        tenfold::matmul(where, tenfold::testing::materialised(a.view()), tenfold::testing::materialised(b.view()));
                    wrong += !compare_exact(c.view(), expected.view()).ok() || !c.gaps_intact() || !a.gaps_intact() || !b.gaps_intact();
                    ++points;
                }
            }
        }
        INFO(name << ": " << points << " points");
        CHECK(wrong == 0);
    });
}

TEST_CASE("inputs may be one another, transposed and overlapping; a result may lie between the columns of another one [E09][H12]") {
    generator random(support::seed());
    tensor<float, 2> x({40, 40});
    tenfold::testing::fill_integers(x.view(), random, 30);
    const auto copy = x.clone();
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        const auto gram = tenfold::matmul(where, x, x.transposed());
        CHECK(compare_exact(gram.view(), tenfold::matmul(tenfold::reference{}, copy, copy.transposed()).view()).ok());
        const auto shifted = tenfold::matmul(where, x.slice(0, 0, 30), x.slice(1, 3, 33));
        CHECK(compare_exact(shifted.view(), tenfold::matmul(tenfold::reference{}, copy.slice(0, 0, 30), copy.slice(1, 3, 33)).view()).ok());
        // Even columns hold a and receive nothing; odd columns are the output.
        tensor<float, 2> woven({20, 40});
        tenfold::testing::fill_integers(woven.view(), random, 30);
        const auto before = woven.clone();
        tenfold::matmul(where, woven.slice(1, 0, 40, 2), x.slice(0, 0, 20).slice(1, 0, 20), woven.slice(1, 1, 40, 2));
        const auto expected = tenfold::matmul(tenfold::reference{}, before.slice(1, 0, 40, 2), copy.slice(0, 0, 20).slice(1, 0, 20));
        CHECK(compare_exact(woven.slice(1, 1, 40, 2), expected.view()).ok());
        CHECK(compare_exact(woven.slice(1, 0, 40, 2), before.slice(1, 0, 40, 2)).ok());
    });
}

TEST_CASE("a residual may be the output itself: each old element is read before it is written [E26]") {
    generator random(support::seed());
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        tensor<float, 2> a({33, 21}), b({21, 47}), c({33, 47});
        for (auto* x : {&a, &b, &c}) tenfold::testing::fill_integers(x->view(), random, 30);
        auto expected = c.clone();
        const auto check = [&](const auto& epilogue_of) {
            tenfold::matmul(where, a, b, c, epilogue_of(c));
            tenfold::matmul(tenfold::reference{}, a, b, expected, epilogue_of(expected));
            CHECK(compare_exact(c.view(), expected.view()).ok());
        };
        check([](const auto& old) { return tenfold::add(old); });
        check([](const auto& old) { return tenfold::add(old) | tenfold::relu{}; });
        check([](const auto& old) { return tenfold::relu{} | tenfold::add(old); });
        check([](const auto& old) { return tenfold::scale(-1.0f) | tenfold::add(old) | tenfold::relu{} | tenfold::add(old); });
    });
}
