// SPDX-License-Identifier: Apache-2.0
// Questions about (extents, strides) pairs: legal? contiguous? one-to-one? which offsets do they reach?     [floor 1]
#pragma once

#include <tenfold/core/index.hpp>  // index_t, checked_multiply

TENFOLD_BEGIN
/// Strides of the row-major layout: the last axis is contiguous. Unit and empty axes get the stride they would have.
template <std::size_t Rank>
TENFOLD_INLINE constexpr index_array<Rank> row_major_strides(const index_array<Rank>& extents) noexcept {
    index_array<Rank> strides{};
    index_t step = 1;
    for (std::size_t i = Rank; i-- > 0;) {
        strides[i] = step;
        // Wraps for illegal extents only; those are refused before a stride is used.
        step = static_cast<index_t>(static_cast<std::uint64_t>(step) * static_cast<std::uint64_t>(extents[i] > 0 ? extents[i] : 1));
    }
    return strides;
}

/// Lowest and highest offset (in elements, relative to the data pointer) that a non-empty view reaches.
struct offset_range {
    index_t low;
    index_t high;
};

/// What is wrong with a shape, if anything.
enum class shape_problem : std::uint8_t {
    none,
    negative_extent,
    too_many_elements,  ///< the product of the extents, or the bytes of its elements, exceed 2^63 - 1
    span_too_large      ///< the reachable offsets, in bytes, exceed 2^63 - 1
};

template <std::size_t Rank>
TENFOLD_INLINE constexpr bool is_empty(const index_array<Rank>& extents) noexcept {
    for (std::size_t i = 0; i < Rank; ++i) {
        if (extents[i] == 0) return true;
    }
    return false;
}

/// Checks extents and strides for elements of `element_bytes`; strides of empty views and of unit axes are not looked at.
template <std::size_t Rank>
constexpr shape_problem check_shape(const index_array<Rank>& extents, const index_array<Rank>& strides, index_t element_bytes,
                                    offset_range& range) noexcept {
    range = {0, 0};
    for (std::size_t i = 0; i < Rank; ++i) {
        if (extents[i] < 0) return shape_problem::negative_extent;
    }
    if (is_empty(extents)) return shape_problem::none;
    if constexpr (Rank <= 2) {  // small values cannot overflow: a check costs a few nanoseconds less, which tiny calls feel
        constexpr index_t harmless = (index_t{1} << 27) - 1;
        index_t all = 0;
        for (std::size_t i = 0; i < Rank; ++i) all |= extents[i] | strides[i];
        if ((all & ~harmless) == 0) {  // none negative either
            for (std::size_t i = 0; i < Rank; ++i) range.high += (extents[i] - 1) * strides[i];
            return shape_problem::none;
        }
    }
    index_t bytes = element_bytes;
    for (std::size_t i = 0; i < Rank; ++i) {
        if (!checked_multiply(bytes, extents[i], bytes)) return shape_problem::too_many_elements;
    }
    for (std::size_t i = 0; i < Rank; ++i) {
        if (extents[i] == 1) continue;
        index_t reach = 0;
        index_t& side = strides[i] < 0 ? range.low : range.high;
        if (!checked_multiply(extents[i] - 1, strides[i], reach) || !checked_add(side, reach, side)) return shape_problem::span_too_large;
    }
    index_t span = 0;
    if (!checked_subtract(range.high, range.low, span) || !checked_add(span, 1, span) || !checked_multiply(span, element_bytes, span))
        return shape_problem::span_too_large;
    return shape_problem::none;
}

/// True if the elements lie in row-major order without gaps. Unit axes do not matter; empty views are contiguous.
template <std::size_t Rank>
TENFOLD_INLINE constexpr bool is_contiguous(const index_array<Rank>& extents, const index_array<Rank>& strides) noexcept {
    if (is_empty(extents)) return true;
    index_t step = 1;
    for (std::size_t i = Rank; i-- > 0;) {
        if (extents[i] == 1) continue;
        if (strides[i] != step) return false;
        step *= extents[i];
    }
    return true;
}

/// True if every index certainly maps to an element of its own: with the axes sorted by |stride|, each |stride| exceeds
/// the reach of all smaller ones together. Sufficient, and met by every slice, permutation and reversal of a tensor.
template <std::size_t Rank>
constexpr bool is_provably_one_to_one(const index_array<Rank>& extents, const index_array<Rank>& strides) noexcept {
    if constexpr (Rank == 1) return extents[0] <= 1 || strides[0] != 0;
    if constexpr (Rank == 2) {
        if (strides[1] == 1 && strides[0] >= extents[1]) return true;
    }
    if (is_empty(extents)) return true;  // its strides may be anything, INT64_MIN included
    index_array<Rank> extent{};
    index_array<Rank> step{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < Rank; ++i) {
        if (extents[i] == 1) continue;
        const index_t size = strides[i] < 0 ? -strides[i] : strides[i];
        std::size_t at = count++;
        for (; at > 0 && step[at - 1] > size; --at) {
            step[at] = step[at - 1];
            extent[at] = extent[at - 1];
        }
        step[at] = size;
        extent[at] = extents[i];
    }
    index_t reach = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (step[i] <= reach) return false;
        reach += (extent[i] - 1) * step[i];
    }
    return true;
}
TENFOLD_END
