// SPDX-License-Identifier: Apache-2.0
// The shape rule of every reduction: which axes go, and what extents the output then has.                  [floor 3]
#pragma once

#include <tenfold/core/axes.hpp>
#include <tenfold/exec/check.hpp>

#include <bit>

TENFOLD_BEGIN
/// The axes of a reduction, one bit each, or why the list is wrong.
struct reduced_axes {
    std::uint32_t mask = 0;
    status problem;

    [[nodiscard]] TENFOLD_INLINE constexpr bool contains(std::size_t axis) const noexcept { return (mask >> axis & 1u) != 0; }
};

template <std::size_t Count>
TENFOLD_COLD status axes_failure(const char* op, const index_array<Count>& list, index_t axis, std::size_t rank, bool twice) noexcept {
    failure message(status_code::shape, op);
    message << "axes " << list << ": axis " << axis;
    if (twice) return message << " is named twice; name each axis once";
    message << " is out of range for x of rank " << rank;
    if (rank == 0) return message << ", which has no axis; use axes{}";
    return message << "; use " << -static_cast<index_t>(rank) << ".." << static_cast<index_t>(rank) - 1;
}

template <std::size_t Rank, std::size_t Count>
TENFOLD_INLINE reduced_axes resolve_axes(const char* op, const axes<Count>& list) noexcept {
    static_assert(Count <= Rank, "tenfold: more axes are named than x has");
    reduced_axes result;
    for (const index_t axis : list.values) {
        const index_t from_front = axis < 0 ? axis + static_cast<index_t>(Rank) : axis;
        const bool outside = from_front < 0 || from_front >= static_cast<index_t>(Rank);
        if (outside || result.contains(static_cast<std::size_t>(from_front))) [[unlikely]] {
            result.problem = axes_failure(op, list.values, axis, Rank, !outside);
            return result;
        }
        result.mask |= 1u << from_front;
    }
    return result;
}

/// The extents that are left: all axes of x, reduced ones with extent 1 (`OutRank` is Rank), or the kept axes alone.
template <std::size_t OutRank, std::size_t Rank>
TENFOLD_INLINE index_array<OutRank> kept_extents(const index_array<Rank>& extents, const reduced_axes& axes) noexcept {
    index_array<OutRank> kept{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < Rank && at < OutRank; ++i) {
        if constexpr (OutRank == Rank) {
            kept[at++] = axes.contains(i) ? 1 : extents[i];
        } else {
            if (!axes.contains(i)) kept[at++] = extents[i];
        }
    }
    return kept;
}

/// Elements that each output is made of.
template <std::size_t Rank>
TENFOLD_INLINE index_t reduced_count(const index_array<Rank>& extents, const reduced_axes& axes) noexcept {
    index_t count = 1;
    for (std::size_t i = 0; i < Rank; ++i) {
        if (axes.contains(i)) count *= extents[i];
    }
    return count;
}

/// An output seen with one axis per axis of x: reduced axes have extent 1.
template <std::size_t Rank, class Y, std::size_t OutRank, class Space>
TENFOLD_INLINE tensor_view<Y, Rank, Space> with_reduced_axes(const tensor_view<Y, OutRank, Space>& y, const reduced_axes& axes) noexcept {
    if constexpr (OutRank == Rank) {
        return y;
    } else {
        index_array<Rank> extents{};
        index_array<Rank> strides{};
        std::size_t at = 0;
        for (std::size_t i = 0; i < Rank; ++i) {
            extents[i] = 1;
            if (axes.contains(i) || at >= OutRank) continue;
            extents[i] = y.extent(at);
            strides[i] = y.stride(at++);
        }
        return {y.data(), extents, strides};
    }
}

template <std::size_t Rank, std::size_t OutRank>
TENFOLD_COLD status reduced_extents_failure(const char* op, const char* output, const index_array<Rank>& x, const index_array<OutRank>& y,
                                            const index_array<OutRank>& need) noexcept {
    return failure(status_code::shape, op) << output << " has extents " << y << "; x is " << x << " and its reduction " << need << ". Give "
                                           << output << " the extents " << need;
}
template <std::size_t Rank>
TENFOLD_COLD status empty_reduction_failure(const char* op, const index_array<Rank>& x) noexcept {
    return failure(status_code::shape, op) << "x has extents " << x << ": there is no " << op
                                           << " of nothing. Skip the call where the reduced axes are empty";
}

/// x, one output and their fit; `needs_elements` refuses to reduce nothing to something. Compiled once for all reducers.
template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Space>
status check_reduction(const char* op, const tensor_view<const T, Rank, Space>& from, const reduced_axes& axes, const char* output,
                       const tensor_view<Y, OutRank, Space>& to, bool needs_elements) noexcept {
    if (!axes.problem.ok()) [[unlikely]]
        return axes.problem;
    named_operand x{"x", from};
    named_operand y{output, to};
    if (status s = check_operand(op, x); !s.ok()) return s;
    if (status s = check_output(op, y); !s.ok()) return s;
    const auto need = kept_extents<OutRank>(from.extents(), axes);
    if (to.extents() != need) [[unlikely]]
        return reduced_extents_failure(op, output, from.extents(), to.extents(), need);
    if (needs_elements && from.empty() && !to.empty()) [[unlikely]]
        return empty_reduction_failure(op, from.extents());
    return check_disjoint(op, y, x);
}
TENFOLD_END
