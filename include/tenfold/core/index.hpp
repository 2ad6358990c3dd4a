// SPDX-License-Identifier: Apache-2.0
// index_t, and the only arithmetic allowed on extents: additions and products that notice overflow.           [floor 1]
#pragma once

#include <tenfold/config/abi.hpp>  // TENFOLD_BEGIN, TENFOLD_INLINE

#include <array>
#include <cstddef>
#include <cstdint>

TENFOLD_TYPES_BEGIN
/// Every extent, stride and offset: signed, 64 bit, counted in elements.
using index_t = std::int64_t;

/// `Rank` extents, strides or indices.
template <std::size_t Rank>
using index_array = std::array<index_t, Rank>;
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// `out <- a * b`; false if the product does not fit 64 bits (`out` is then unspecified).
TENFOLD_INLINE constexpr bool checked_multiply(index_t a, index_t b, index_t& out) noexcept { return !__builtin_mul_overflow(a, b, &out); }

/// `out <- a + b`; false if the sum does not fit 64 bits (`out` is then unspecified).
TENFOLD_INLINE constexpr bool checked_add(index_t a, index_t b, index_t& out) noexcept { return !__builtin_add_overflow(a, b, &out); }

/// `out <- a - b`; false if the difference does not fit 64 bits (`out` is then unspecified).
TENFOLD_INLINE constexpr bool checked_subtract(index_t a, index_t b, index_t& out) noexcept { return !__builtin_sub_overflow(a, b, &out); }

/// `a * b` for values >= 0, or the largest index where it does not fit: for estimates of work.
TENFOLD_INLINE constexpr index_t saturated_multiply(index_t a, index_t b) noexcept {
    index_t product = 0;
    return checked_multiply(a, b, product) ? product : INT64_MAX;
}

/// Product of all extents, 1 for rank 0. Extents must have been checked (see shape_problem in strides.hpp).
template <std::size_t Rank>
TENFOLD_INLINE constexpr index_t element_count(const index_array<Rank>& extents) noexcept {
    for (const index_t extent : extents) {
        if (extent == 0) return 0;  // whatever the others are: their product alone may not fit
    }
    index_t count = 1;
    for (const index_t extent : extents) count *= extent;
    return count;
}

/// The index with this row-major number; extents > 0.
template <std::size_t Rank>
TENFOLD_INLINE constexpr index_array<Rank> index_at(const index_array<Rank>& extents, index_t number) noexcept {
    index_array<Rank> index{};
    for (std::size_t i = Rank; i-- > 0;) {
        index[i] = number % extents[i];
        number /= extents[i];
    }
    return index;
}

TENFOLD_INLINE constexpr index_t ceil_divide(index_t a, index_t b) noexcept { return a / b + (a % b > 0 ? 1 : 0); }
TENFOLD_INLINE constexpr index_t round_up(index_t a, index_t b) noexcept { return ceil_divide(a, b) * b; }
TENFOLD_END
