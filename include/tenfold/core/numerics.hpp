// SPDX-License-Identifier: Apache-2.0
// How large rounding errors can be: the bounds that documentation promises, tests enforce and verify() reports. [floor 1]
//
// Model: fl(x op y) = (x op y)(1 + d), |d| <= u, plus |e| <= underflow where a product or a store becomes subnormal. A
// value that passes n roundings carries a factor within 1 +- gamma(n) [Higham, Accuracy and Stability of Numerical
// Algorithms, 2002, lemma 3.1]. So a bound needs only the longest chain of roundings that any one term goes through.
#pragma once

#include <tenfold/core/dtype.hpp>

#include <cmath>
#include <limits>

TENFOLD_BEGIN
/// n u / (1 - n u): n roundings of unit roundoff u; infinite where n u >= 1, since nothing can be promised there.
constexpr double gamma(index_t n, double u) noexcept {
    const double x = static_cast<double>(n) * u;
    return x < 1 ? x / (1 - x) : std::numeric_limits<double>::infinity();
}

/// lambda sqrt(n) u: for rounding errors of mean zero the error stays below it with probability at least
/// 1 - 2 n exp(-lambda^2 / 2) [Higham & Mary 2019, theorem 2.4]; lambda = 9 leaves less than 1e-12 for n < 1e5.
inline double probable_gamma(index_t n, double u, double lambda = 9) noexcept { return lambda * std::sqrt(static_cast<double>(n)) * u; }

/// Half the distance of two subnormals: what a store or a product may be off by below the normal range. 0 for integers.
template <class T>
constexpr double underflow_of() noexcept {
    if constexpr (std::is_same_v<T, half>)
        return 0x1p-25;
    else if constexpr (std::is_same_v<T, bfloat16>)
        return 0x1p-134;
    else if constexpr (std::is_same_v<T, float>)
        return 0x1p-150;
    else if constexpr (std::is_same_v<T, double>)
        return std::numeric_limits<double>::denorm_min();  // half of it is no double
    else
        return 0;
}

/// Longest chain of roundings of one product when `terms` of them are summed in blocks of `block` one after the other,
/// and the blocks' sums one after the other: at most min(terms, block) in a block (its accumulator starts at 0; product
/// and sum are one rounding with FMA, and the first sum is exact without), then one per block that is added.
constexpr index_t blocked_chain(index_t terms, index_t block) noexcept {
    if (block <= 0 || block >= terms) return terms;
    return block + ceil_divide(terms, block);
}

/// The same when the sums of chunks are combined in pairs: a binary tree of ceil(log2(chunks)) levels.
constexpr index_t chunked_chain(index_t terms, index_t chunk) noexcept {
    if (chunk <= 0 || chunk >= terms) return terms;
    index_t levels = 0;
    for (index_t left = ceil_divide(terms, chunk); left > 1; left = ceil_divide(left, 2)) ++levels;
    return chunk + levels;
}

/// Unit roundoffs and underflows of a sum kept in one type and stored in another.
struct rounding {
    double accumulator;            ///< u of the type that sums
    double accumulator_underflow;
    double output;                 ///< u of the stored type; 0 where storing is exact
    double output_underflow;
};
template <class Accumulator, class Output>
constexpr rounding rounding_of() noexcept {
    constexpr bool exact_store = dtype_traits<Output>::roundoff <= dtype_traits<Accumulator>::roundoff && !is_integer_v<Output>;
    return {dtype_traits<Accumulator>::roundoff, underflow_of<Accumulator>(), exact_store ? 0 : dtype_traits<Output>::roundoff,
            exact_store ? 0 : underflow_of<Output>()};
}

/// |sum x| off by at most this; `magnitude` = sum |x|. Additions of subnormals are exact, so only the store underflows.
constexpr double sum_bound(index_t chain, const rounding& r, double magnitude, double result) noexcept {
    return gamma(chain, r.accumulator) * magnitude + r.output * (std::abs(result) + gamma(chain, r.accumulator) * magnitude) +
           r.output_underflow;
}

/// |sum x y| off by at most this; `magnitude` = sum |x||y|. Each product may underflow once.
constexpr double dot_bound(index_t chain, index_t terms, const rounding& r, double magnitude, double result) noexcept {
    return sum_bound(chain, r, magnitude, result) + static_cast<double>(terms) * r.accumulator_underflow;
}

/// One element of c <- alpha a b + beta c. `magnitude` = |alpha| sum |a||b|, `old` = |beta c|, `result` the exact value.
///   computed = alpha (1 + d1) s (1 + d2)(1 + d5) + beta (1 + d3) c (1 + d4)(1 + d5),  s = sum a b (1 + theta), |theta| <= gamma(chain)
/// alpha and beta are rounded to the accumulator type (d1, d3), multiply (d2, d4), the two parts are added (d5): products
/// see chain + 3 roundings, beta c sees 3, and the store one of the output type.
constexpr double matmul_bound(index_t chain, index_t terms, const rounding& r, double magnitude, double old, double result) noexcept {
    const double inner = gamma(chain + 3, r.accumulator) * magnitude + gamma(3, r.accumulator) * old +
                         static_cast<double>(terms + 2) * r.accumulator_underflow;
    return inner + r.output * (std::abs(result) + inner) + r.output_underflow;
}

/// Products that meet in one output element of a convolution: every tap of every input channel of a group.
template <std::size_t Dimensions>
constexpr index_t conv_terms(index_t channels_per_group, const index_array<Dimensions>& window) noexcept {
    return channels_per_group * element_count(window);
}
TENFOLD_END
