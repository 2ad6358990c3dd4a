// SPDX-License-Identifier: Apache-2.0
// Ops that work along one axis: the axis as the user writes it, and the checks of x and y they share.      [floor 2]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/check.hpp>

TENFOLD_BEGIN
TENFOLD_COLD inline status one_axis_failure(const char* op, index_t axis, index_t rank) noexcept {
    return failure(status_code::shape, op) << "axis " << axis << " is out of range for x of rank " << rank << "; use " << -rank << ".."
                                           << rank - 1 << ", negative values count from the end";
}
template <std::size_t Rank>
TENFOLD_COLD status equal_extents_failure(const char* op, const index_array<Rank>& x, const index_array<Rank>& y) noexcept {
    std::size_t axis = 0;
    while (axis + 1 < Rank && x[axis] == y[axis]) ++axis;
    return failure(status_code::shape, op) << "x is " << x << ", y is " << y << "; y.extent(" << axis << ") = " << y[axis]
                                           << " must equal x.extent(" << axis << ") = " << x[axis] << ". Give y the extents of x";
}

/// The axis counted from the front, or Rank where there is no such axis.
template <std::size_t Rank>
TENFOLD_INLINE constexpr std::size_t axis_from_front(index_t axis) noexcept {
    constexpr auto rank = static_cast<index_t>(Rank);
    if (axis < -rank || axis >= rank) return Rank;
    return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

/// The element type of a result that may stay in the input's type or be kept in its accumulator.
template <class X, class Y>
inline constexpr bool is_stored_float = is_floating_v<X> && (std::is_same_v<X, Y> || std::is_same_v<accumulator_t<X>, Y>);

/// x and y of equal extents, y exactly x or apart from it; fills the operands' ranges.
template <class X, class Y, std::size_t Rank, class Space>
[[nodiscard]] status check_along_axis(const char* op, named_operand<const X, Rank, Space>& x, named_operand<Y, Rank, Space>& y,
                                      index_t axis) noexcept {
    if (axis_from_front<Rank>(axis) == Rank) [[unlikely]]
        return one_axis_failure(op, axis, static_cast<index_t>(Rank));
    if (x.view.extents() != y.view.extents()) [[unlikely]]
        return equal_extents_failure(op, x.view.extents(), y.view.extents());
    if (status s = check_output(op, y); !s.ok()) return s;
    if (status s = check_operand(op, x); !s.ok()) return s;
    return check_disjoint(op, y, x, in_place::allowed);
}
TENFOLD_END
