// SPDX-License-Identifier: Apache-2.0
// Errors of the cpu kernels within the bound that their documentation states, the one that knows the depth of a block.
#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/cpu/blocking.hpp>
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/verify.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::testing::distribution;

namespace {
/// Largest error / bound over all elements, with the chain of sums that blocks of k leave; and over 9 sqrt(chain) u.
template <class T>
struct ratios {
    double proved = 0, probable = 0;
    index_t elements = 0;

    void measure(const tenfold::cpu& where, index_t m, index_t n, index_t k, distribution data, tenfold::testing::generator& random) {
        tensor<T, 2> a({m, k}), b({k, n});
        tenfold::testing::fill_random(a.view(), random, data);
        tenfold::testing::fill_random(b.view(), random, data);
        const auto c = tenfold::matmul(where, a, b);
        constexpr auto r = tenfold::rounding_of<tenfold::accumulator_t<T>, T>();
        const index_t chain = tenfold::blocked_chain(k, tenfold::block_depth<T>);
        for (index_t i = 0; i < m; ++i) {
            for (index_t j = 0; j < n; ++j) {
                __extension__ __float128 exact = 0;  // the oracle is wider than double: this also judges f64
                double magnitude = 0;
                for (index_t p = 0; p < k; ++p) {
                    __extension__ const __float128 x = tenfold::testing::as_double(a(i, p));
                    const double y = tenfold::testing::as_double(b(p, j));
                    exact += x * y;
                    magnitude += std::abs(static_cast<double>(x) * y);
                }
                const double error = std::abs(static_cast<double>(exact - tenfold::testing::as_double(c(i, j))));
                if (error == 0) continue;
                proved = std::max(proved, error / tenfold::dot_bound(chain, k, r, magnitude, static_cast<double>(exact)));
                const double store = r.output * std::abs(static_cast<double>(exact)) + r.output_underflow;
                if (data == distribution::uniform && r.output == 0)
                    probable = std::max(probable, error / (tenfold::probable_gamma(chain, r.accumulator) * magnitude + store));
            }
        }
        elements += m * n;
    }
};

template <class T>
void within_bounds() {
    for (const char* isa : tenfold::available_isas()) {
        tenfold::testing::generator random(support::seed());
        ratios<T> worst;
        for (const distribution data : tenfold::testing::all_distributions) {
            for (const auto& [m, n, k] : {std::array<index_t, 3>{15, 34, 1}, {15, 34, 40}, {9, 20, 385}, {5, 40, 1500}, {3, 9, 6000}}) {
                worst.measure(support::cpu_with(2, isa), m, n, k, data, random);
            }
        }
        MESSAGE("matmul " << std::string(tenfold::dtype_traits<T>::name) << " " << std::string(isa) << ": rho " << worst.proved
                          << ", of 9 sqrt(n) u " << worst.probable << ", over " << worst.elements << " elements");
        CHECK(worst.elements > 5000);
        CHECK(worst.proved <= 1);
        CHECK(worst.probable <= 1);
        CHECK(worst.proved > 0);  // nothing was measured otherwise
    }
}
}  // namespace

TEST_CASE("f32 stays within gamma(depth + blocks), for all distributions [E30]") { within_bounds<float>(); }
TEST_CASE("f64 stays within gamma(depth + blocks), judged in 113 bits [E30]") { within_bounds<double>(); }
TEST_CASE("16-bit types sum in float and round once [E30][E29]") {
    within_bounds<tenfold::half>();
    within_bounds<tenfold::bfloat16>();
}

TEST_CASE("powers of two scale exactly, rows permute with their bits, and (a b)^T = b^T a^T [E30]") {
    tenfold::testing::generator random(support::seed());
    tensor<float, 2> a({37, 500}), b({500, 41});
    tenfold::testing::fill_random(a.view(), random);
    tenfold::testing::fill_random(b.view(), random);
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        const auto c = tenfold::matmul(where, a, b);
        const auto scaled = tenfold::matmul(where, a, b, {.alpha = 0x1p20});
        const auto flipped = tenfold::matmul(where, a.slice(0, 0, 37).reversed(0), b);
        // Written into a transposed view it is the same product; a row-major result may take another form, with other bits.
        tensor<float, 2> other({37, 41});
        tenfold::matmul(where, b.transposed(), a.transposed(), other.view().transposed());
        int wrong = 0;
        for (index_t i = 0; i < 37; ++i) {
            for (index_t j = 0; j < 41; ++j) {
                wrong += scaled(i, j) != c(i, j) * 0x1p20f;
                wrong += flipped(36 - i, j) != c(i, j);
                wrong += other(i, j) != c(i, j);
            }
        }
        CHECK(wrong == 0);
    });
}

TEST_CASE("verify() passes right results and catches one wrong element in a thousand [E30]") {
    tenfold::testing::generator random(support::seed());
    tensor<float, 2> a({100, 60}), b({60, 90}), c({100, 90});
    tenfold::testing::fill_random(a.view(), random);
    tenfold::testing::fill_random(b.view(), random);
    const auto right = tenfold::testing::verify_matmul(tenfold::cpu{}, a, b, c, {}, 100);
    CHECK(right.ok());
    CHECK(right.max_ratio <= 1);
    CHECK(right.max_ratio > 0);
    CHECK(right.elements >= 9000);
    const auto generic = tenfold::testing::verify(
        tenfold::cpu{}, c, [&](const auto& where, auto out) { tenfold::matmul(where, a, b, out); }, [](const auto&) { return 1e-4; });
    CHECK(generic.ok());
    const auto wrong = tenfold::testing::verify(
        tenfold::cpu{}, c,
        [&](const auto& where, auto out) {
            tenfold::matmul(where, a, b, out);
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(where)>, tenfold::cpu>) out(57, 31) += 0.001f;
        },
        [](const auto&) { return 1e-4; });
    CHECK(wrong.wrong == 1);
    CHECK(wrong.worst.find("at (57, 31): ") == 0);
}
