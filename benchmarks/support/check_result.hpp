// SPDX-License-Identifier: Apache-2.0
// Compares what an execution wrote with the reference backend on the same operands.
//
// Large results are compared on a grid of their elements: every step-th row and column, counted from the last, with steps
// that share no factor with the tiles of any kernel, so that each place in a tile is met. The reference backend computes
// just these elements from sliced operands. All elements, on the grid or not, must have been written.
#pragma once

#include <tenfold/core/numerics.hpp>    // probable_gamma
#include <tenfold/core/tensor.hpp>      // tensor
#include <tenfold/testing/compare.hpp>  // compare_bounded

#include <algorithm>  // std::min
#include <cmath>      // std::abs
#include <cstring>    // std::memset

#include "support/problem.hpp"  // verification

namespace tenfold::bench {

/// Every step-th index of an axis, the last one included.
struct sampled_axis {
    index_t begin = 0;
    index_t step = 1;
};

/// At most `wanted` of `extent` indices; the step is 1 or a prime that divides no tile (tiles have factors 2, 3 and 7).
inline sampled_axis sample_axis(index_t extent, index_t wanted) {
    constexpr index_t steps[] = {1,   5,   11,  13,  17,  19,   23,   29,   37,   53,   79,    113,
                                 163, 239, 359, 541, 811, 1217, 1823, 2741, 4111, 8209, 16411, 65537};
    sampled_axis axis;
    for (const index_t step : steps) {
        axis.step = step;
        if (extent / step <= std::max<index_t>(wanted, 1)) break;
    }
    axis.begin = extent > 0 ? (extent - 1) % axis.step : 0;
    return axis;
}

template <class T, std::size_t Rank>
tensor_view<T, Rank> sampled(tensor_view<T, Rank> x, std::size_t axis, const sampled_axis& grid) {
    return x.slice(static_cast<index_t>(axis), grid.begin, x.extent(axis), grid.step);
}

/// |x|, element by element.
template <class T, std::size_t Rank>
tensor<std::remove_const_t<T>, Rank> magnitudes(tensor_view<T, Rank> x) {
    tensor<std::remove_const_t<T>, Rank> result(x.extents());
    for_each_index(x.extents(), [&](const index_array<Rank>& i) { result.view()(i) = std::abs(x(i)); });
    return result;
}

/// Marks an output as unwritten: every element is a NaN.
template <class T, std::size_t Rank>
void mark_unwritten(tensor_view<T, Rank> y) {
    std::memset(static_cast<void*>(y.data()), 0xFF, static_cast<std::size_t>(y.size()) * sizeof(T));
}

/// |computed - expected| <= (lambda sqrt(chain) u + 2 u) magnitude on the grid, and no element of `whole` is NaN. The bound is
/// the probabilistic one of core/numerics.hpp: operands are random, and the certain bound would hide a lost term. Integers are
/// exact: u is 0.
template <class T, std::size_t Rank>
verification check_result(tensor_view<const T, Rank> whole, tensor_view<const T, Rank> grid, const tensor<T, Rank>& expected,
                          const tensor<T, Rank>& magnitude, index_t chain) {
    constexpr double u = dtype_traits<T>::roundoff;
    const double relative = probable_gamma(chain, u) + 2 * u;
    const auto found = testing::compare_bounded(
        grid, expected.view(), [&](const index_array<Rank>& i) { return relative * static_cast<double>(magnitude.view()(i)); });
    verification result;
    constexpr double worst_ratio = 1e30;  // stands for infinity, which JSON cannot hold
    result.max_error_ratio = std::min(found.max_ratio, worst_ratio);
    if (!found.ok()) {
        result.complaint = std::to_string(found.wrong) + " of " + std::to_string(found.elements) + " elements are wrong; " + found.worst;
        return result;
    }
    index_t unwritten = 0;
    if constexpr (is_floating_v<T>)  // an integer has no value for it
        for_each_index(whole.extents(), [&](const index_array<Rank>& i) { unwritten += testing::is_nan(whole(i)) ? 1 : 0; });
    if (unwritten > 0) {
        result.max_error_ratio = worst_ratio;
        result.complaint = std::to_string(unwritten) + " of " + std::to_string(whole.size()) + " elements were not written, or are NaN";
    }
    return result;
}

}  // namespace tenfold::bench
