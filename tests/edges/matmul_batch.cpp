// SPDX-License-Identifier: Apache-2.0
// Batches: broadcast by extent 1, by stride 0 and by missing axes; more of them than 16 bits can count.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::testing::compare_exact;
using tenfold::testing::generator;

TEST_CASE("batch axes broadcast by extent 1, by stride 0 and where they are missing [E27]") {
    generator random(support::seed());
    tensor<float, 4> a({2, 3, 9, 17}), b({2, 3, 17, 21});
    tenfold::testing::fill_integers(a.view(), random, 30);
    tenfold::testing::fill_integers(b.view(), random, 30);
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        const auto check = [&](const auto& x, const auto& y) {
            tensor<float, 4> c({2, 3, 9, 21});
            tenfold::matmul(where, x, y, c);
            int wrong = 0;
            for (index_t i = 0; i < 2; ++i) {
                for (index_t j = 0; j < 3; ++j) {
                    // Each matrix on its own, from operands broadcast by hand.
                    const auto left = tenfold::testing::materialised(
                        tenfold::input_view(x).template broadcast_to<4>({2, 3, 9, 17}).slice(0, i, i + 1).slice(1, j, j + 1));
                    const auto right = tenfold::testing::materialised(
                        tenfold::input_view(y).template broadcast_to<4>({2, 3, 17, 21}).slice(0, i, i + 1).slice(1, j, j + 1));
                    const auto expected = tenfold::matmul(tenfold::reference{}, left, right);
                    wrong += !compare_exact(c.slice(0, i, i + 1).slice(1, j, j + 1), expected.view()).ok();
                }
            }
            CHECK(wrong == 0);
        };
        check(a, b);
        check(a.slice(0, 0, 1), b);
        check(a.slice(1, 1, 2), b.slice(0, 1, 2));
        check(a.slice(0, 0, 1).slice(1, 0, 1), b);
        check(a, tenfold::tensor_view<float, 2>(b.data(), {17, 21}));
        check(tenfold::tensor_view<float, 2>(a.data(), {9, 17}), b);
        check(tenfold::tensor_view<float, 4>(a.data(), {2, 3, 9, 17}, {0, 0, 17, 1}),
              tenfold::tensor_view<float, 4>(b.data(), {2, 3, 17, 21}, {0, 17 * 21, 21, 1}));
        check(tenfold::tensor_view<float, 4>(a.data(), {2, 3, 9, 17}, {0, 0, 0, 1}), b);
    });
}

TEST_CASE("65537 batches: the count is an ordinary extent [E27][H41]") {
    constexpr index_t batches = 65537;
    tensor<float, 3> a({batches, 2, 3}), c({batches, 2, 2});
    tensor<float, 2> b({3, 2});
    generator random(support::seed());
    tenfold::testing::fill_integers(a.view(), random, 30);
    tenfold::testing::fill_integers(b.view(), random, 30);
    tensor<float, 3> expected({batches, 2, 2});
    tenfold::matmul(tenfold::reference{}, a, b, expected);
    for (const int threads : {1, 3}) {
        std::fill(c.data(), c.data() + c.size(), -1.0f);
        tenfold::matmul(support::cpu_with(threads), a, b, c);
        CHECK(compare_exact(c.view(), expected.view()).ok());
    }
}

TEST_CASE("an output cannot be broadcast over a batch [E27][E07]") {
    tensor<float, 3> a({3, 2, 2}), b({3, 2, 2});
    tensor<float, 2> c({2, 2});
    const tenfold::tensor_view<float, 3> repeated = c.view().broadcast_to<3>({3, 2, 2});
    CHECK(tenfold::matmul(std::nothrow, tenfold::cpu{}, a, b, repeated).code() == tenfold::status_code::shape);
}
