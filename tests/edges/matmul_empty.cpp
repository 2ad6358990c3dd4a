// SPDX-License-Identifier: Apache-2.0
// Zero extents with null pointers, k == 0, alpha == 0: what is written, and what is not even looked at.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <support/settings.hpp>
#include <vector>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::tensor_view;

namespace {
template <class F>
void on_every_backend(const F& f) {
    support::for_each_setting(tenfold::reference{}, f);
    support::for_each_setting(tenfold::cpu{}, f);
}
const float nan_value = std::numeric_limits<float>::quiet_NaN();
}  // namespace

TEST_CASE("every combination of zero extents, with null pointers where there is no element [E04][E23][H07]") {
    on_every_backend([](const auto& where, const std::string& name) {
        INFO(name);
        int points = 0, wrong = 0;
        float ones[16];
        std::fill(ones, ones + 16, 1.0f);
        for (const index_t batch : {0, 1, 2}) {
            for (const index_t m : {0, 1, 2}) {
                for (const index_t n : {0, 1, 2}) {
                    for (const index_t k : {0, 1, 2}) {
                        float result[8];
                        std::fill(result, result + 8, nan_value);
                        const tensor_view<float, 3> a(batch * m * k == 0 ? nullptr : ones, {batch, m, k});
                        const tensor_view<float, 3> b(batch * k * n == 0 ? nullptr : ones, {batch, k, n});
                        const tensor_view<float, 3> c(batch * m * n == 0 ? nullptr : result, {batch, m, n});
                        if (!tenfold::matmul(std::nothrow, where, a, b, c).ok()) ++wrong;
                        for (index_t i = 0; i < 8; ++i) {
                            const bool inside = i < batch * m * n;
                            if (inside ? result[i] != static_cast<float>(k) : !tenfold::testing::is_nan(result[i])) ++wrong;
                        }
                        ++points;
                    }
                }
            }
        }
        CHECK(points == 81);
        CHECK(wrong == 0);
    });
}

TEST_CASE("k == 0 gives epilogue(beta c), with null a and b [E21][H07][E56]") {
    on_every_backend([](const auto& where, const std::string& name) {
        INFO(name);
        const tensor_view<float, 2> a(nullptr, {3, 0});
        const tensor_view<float, 2> b(nullptr, {0, 5});
        tensor<float, 2> c({3, 5});
        tensor<float, 1> per_column({5});
        const auto reset = [&] {
            for (index_t i = 0; i < 15; ++i) c.data()[i] = static_cast<float>(i);
        };
        for (index_t j = 0; j < 5; ++j) per_column(j) = static_cast<float>(100 * j);
        const auto all = [&](auto expected) {
            int wrong = 0;
            for (index_t i = 0; i < 3; ++i) {
                for (index_t j = 0; j < 5; ++j) wrong += !tenfold::testing::same_value(c(i, j), static_cast<float>(expected(i * 5 + j, j)));
            }
            return wrong == 0;
        };
        reset();
        tenfold::matmul(where, a, b, c);
        CHECK(all([](index_t, index_t) { return 0; }));
        reset();
        tenfold::matmul(where, a, b, c, {.beta = 2});
        CHECK(all([](index_t old, index_t) { return 2 * old; }));
        reset();
        tenfold::matmul(where, a, b, c, {.alpha = 7, .beta = -1}, tenfold::bias(per_column));
        CHECK(all([](index_t old, index_t j) { return 100 * j - old; }));
        // beta == 0: old values, NaN included, are not read, also here.
        std::fill(c.data(), c.data() + 15, nan_value);
        tenfold::matmul(where, a, b, c, {.beta = -0.0}, tenfold::bias(per_column));
        CHECK(all([](index_t, index_t j) { return 100 * j; }));
        // The sum of nothing is +0, not -0 [E25].
        tenfold::matmul(where, a, b, c, {.alpha = -1});
        CHECK(all([](index_t, index_t) { return 0.0f; }));
    });
}

TEST_CASE("alpha == 0: a and b are not read, NaN and null in them do not matter [E22]") {
    on_every_backend([](const auto& where, const std::string& name) {
        INFO(name);
        for (const index_t n : {1, 40}) {
            std::vector<float> nans(static_cast<std::size_t>(n * n), nan_value);
            for (const bool null : {false, true}) {
                const tensor_view<float, 2> x(null ? nullptr : nans.data(), {n, n});
                tensor<float, 2> c({n, n});
                for (const double alpha : {0.0, -0.0}) {
                    std::fill(c.data(), c.data() + n * n, 3.0f);
                    tenfold::matmul(where, x, x, c, {.alpha = alpha, .beta = 2});
                    CHECK(std::count(c.data(), c.data() + n * n, 6.0f) == n * n);
                    std::fill(c.data(), c.data() + n * n, nan_value);
                    tenfold::matmul(where, x, x, c, {.alpha = alpha, .beta = 0}, tenfold::clamp(5.0f, 9.0f));
                    CHECK(std::count(c.data(), c.data() + n * n, 5.0f) == n * n);
                }
            }
        }
    });
}

TEST_CASE("NaN scales propagate [E22][E12]") {
    on_every_backend([](const auto& where, const std::string& name) {
        INFO(name);
        tensor<float, 2> a({2, 3}), b({3, 2}), c({2, 2});
        for (auto* x : {&a, &b}) std::fill(x->data(), x->data() + 6, 1.0f);
        std::fill(c.data(), c.data() + 4, 1.0f);
        tenfold::matmul(where, a, b, c, {.alpha = std::numeric_limits<double>::quiet_NaN()});
        CHECK(tenfold::testing::is_nan(c(1, 1)));
        std::fill(c.data(), c.data() + 4, 1.0f);
        tenfold::matmul(where, a, b, c, {.beta = std::numeric_limits<double>::quiet_NaN()});
        CHECK(tenfold::testing::is_nan(c(0, 1)));
    });
}
