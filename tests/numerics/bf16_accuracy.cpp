// SPDX-License-Identifier: Apache-2.0
// bfloat16 sums in float: the bound of each format, and what the dot instruction does to subnormals, NaN and odd depths.
#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <support/settings.hpp>

using tenfold::bfloat16;
using tenfold::index_t;
using tenfold::tensor;

namespace {
/// Does the instruction set multiply pairs? It then flushes subnormals.
bool multiplies_pairs(const char* isa) {
    int index = -1;
    REQUIRE(tenfold::choose_isa("test", {.isa = isa}, index).ok());
    return tenfold::isa_has(index, tenfold::isa_bits::avx512_bf16);
}
/// Depth of a block of k on an instruction set.
index_t depth_of(const char* isa, index_t k) {
    int index = -1;
    REQUIRE(tenfold::choose_isa("test", {.isa = isa}, index).ok());
    index_t depth = 0;
    tenfold::with_format<bfloat16, bfloat16>(index, [&]<class Format>(tenfold::type_list<Format>) { depth = Format::depth(k); });
    return depth;
}
bfloat16 of_bits(unsigned bits) {
    bfloat16 x{};
    x.bits = static_cast<std::uint16_t>(bits);
    return x;
}
/// b as rows along memory, and as columns along memory: the two ways into every form.
template <class F>
void for_both_orders(const tensor<bfloat16, 2>& b, const F& f) {
    f(b.view(), "rows");
    const auto columns = tenfold::testing::materialised(b.view().transposed());
    f(columns.view().transposed(), "columns");
}
}  // namespace

TEST_CASE("bf16 to f32 stays within gamma(depth + blocks) of its format, for all distributions and orders [E30][E29]") {
    for (const char* isa : tenfold::available_isas()) {
        tenfold::testing::generator random(support::seed());
        double worst = 0;
        index_t elements = 0;
        for (const auto how : tenfold::testing::all_distributions) {
            for (const auto& shape : {std::array<index_t, 3>{15, 34, 1}, {15, 34, 41}, {9, 20, 769}, {100, 7, 1543}, {3, 9, 6001}}) {
                const index_t m = shape[0], n = shape[1], k = shape[2];
                tensor<bfloat16, 2> a({m, k}), b({k, n});
                tenfold::testing::fill_random(a.view(), random, how);
                tenfold::testing::fill_random(b.view(), random, how);
                const index_t chain = tenfold::blocked_chain(k, depth_of(isa, k));
                constexpr auto r = tenfold::rounding_of<float, float>();
                for_both_orders(b, [&](const auto& right, const char*) {
                    tensor<float, 2> c({m, n});
                    tenfold::matmul(support::cpu_with(2, isa), a, right, c);
                    for (index_t i = 0; i < m; ++i) {
                        for (index_t j = 0; j < n; ++j) {
                            long double exact = 0, magnitude = 0;
                            for (index_t p = 0; p < k; ++p) {
                                const long double product = static_cast<long double>(tenfold::testing::as_double(a(i, p))) *
                                                            static_cast<long double>(tenfold::testing::as_double(right(p, j)));
                                exact += product;
                                magnitude += std::abs(product);
                            }
                            const double error = static_cast<double>(std::abs(exact - static_cast<long double>(c(i, j))));
                            const double bound =
                                tenfold::dot_bound(chain, k, r, static_cast<double>(magnitude), static_cast<double>(exact));
                            if (error > 0) worst = std::max(worst, error / bound);
                            ++elements;
                        }
                    }
                });
            }
        }
        MESSAGE("matmul bf16 to f32 " << std::string(isa) << ": rho " << worst << " over " << elements << " elements");
        CHECK(worst <= 1);
        CHECK(worst > 0);
    }
}

TEST_CASE("subnormals: kept by conversion, zeros for the dot instruction, as documented [E14]") {
    constexpr index_t m = 5, n = 33;
    for (const char* isa : tenfold::available_isas()) {
        INFO(std::string(isa));
        const bool flushes = multiplies_pairs(isa);
        for (const index_t k : {1, 2, 65, 300}) {
            tensor<bfloat16, 2> a({m, k}), b({k, n});
            std::fill(a.data(), a.data() + a.size(), of_bits(0x0001));  // 2^-133
            std::fill(b.data(), b.data() + b.size(), of_bits(0x7e80));  // 2^126
            for_both_orders(b, [&](const auto& right, const char* order) {
                INFO(std::string(order) << " k " << k);
                tensor<float, 2> c({m, n});
                tenfold::matmul(support::cpu_with(1, isa), a, right, c);
                const float kept = static_cast<float>(k) * 0x1p-7f;
                int wrong = 0;
                for (index_t i = 0; i < c.size(); ++i) wrong += c.data()[i] != (flushes ? 0 : kept);
                CHECK(wrong == 0);
                // Normal operands, a subnormal sum: off by less than the smallest normal number per product.
                tensor<bfloat16, 2> small({m, k});
                std::fill(small.data(), small.data() + small.size(), of_bits(0x0080));  // 2^-126
                tensor<bfloat16, 2> half({k, n});
                std::fill(half.data(), half.data() + half.size(), of_bits(0x3e80));  // 2^-2
                tenfold::matmul(support::cpu_with(1, isa), small, half, c);
                const double exact = static_cast<double>(k) * 0x1p-128;
                const double allowed = flushes ? static_cast<double>(k) * 0x1p-126 : 0;
                for (index_t i = 0; i < c.size(); ++i) wrong += !(std::abs(static_cast<double>(c.data()[i]) - exact) <= allowed);
                CHECK(wrong == 0);
            });
        }
    }
}

TEST_CASE("NaN and Inf right behind an odd depth do not take part; inside, 0 * Inf is NaN [E24][E29][E12]") {
    support::for_each_setting(tenfold::cpu{}, [](const auto& where, const std::string& name) {
        for (const index_t k : {1, 3, 31, 33, 63, 65, 129, 771}) {
            INFO(name << " k " << k);
            constexpr index_t m = 3, n = 37;
            for (const unsigned poison : {0x7fc0u, 0x7f80u}) {
                tensor<bfloat16, 2> wide_a({m, k + 1}), tall_b({k + 1, n}), wide_b({n, k + 1});
                for (tensor<bfloat16, 2>* x : {&wide_a, &tall_b, &wide_b}) std::fill(x->data(), x->data() + x->size(), of_bits(poison));
                const auto a = wide_a.view().slice(1, 0, k);
                const auto rows = tall_b.view().slice(0, 0, k);
                const auto columns = wide_b.view().slice(1, 0, k).transposed();
                for (index_t p = 0; p < k; ++p) {
                    for (index_t i = 0; i < m; ++i) a(i, p) = bfloat16(2.0f);
                    for (index_t j = 0; j < n; ++j) rows(p, j) = columns(p, j) = bfloat16(3.0f);
                }
                int wrong = 0;
                const auto count = [&](const auto& b) {
                    tensor<float, 2> c({m, n});
                    tenfold::matmul(where, a, b, c);
                    for (index_t i = 0; i < c.size(); ++i) wrong += c.data()[i] != static_cast<float>(6 * k);
                    b(k - 1, 5) = of_bits(0x7f80);  // Inf
                    a(1, k - 1) = of_bits(0);
                    tenfold::matmul(where, a, b, c);
                    for (index_t i = 0; i < m; ++i) {
                        for (index_t j = 0; j < n; ++j) {
                            const float x = c(i, j);
                            const bool is_nan = tenfold::testing::is_nan(x);
                            const bool is_inf = std::bit_cast<std::uint32_t>(x) == 0x7f800000u;
                            wrong += is_nan != (j == 5 && i == 1) || is_inf != (j == 5 && i != 1);
                        }
                    }
                    b(k - 1, 5) = bfloat16(3.0f);
                    a(1, k - 1) = bfloat16(2.0f);
                };
                count(rows);
                count(columns);
                CHECK(wrong == 0);
            }
        }
    });
}
