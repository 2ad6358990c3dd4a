// SPDX-License-Identifier: Apache-2.0
// Broadcasting of inputs to the extents of an output, as NumPy does it: by stride 0, without a copy.       [floor 2]
#pragma once

#include <tenfold/core/status.hpp>
#include <tenfold/core/tensor_view.hpp>

TENFOLD_BEGIN
template <std::size_t From, std::size_t Rank>
TENFOLD_COLD status broadcast_operand_failure(const char* op, const char* name, const index_array<From>& have,
                                              const index_array<Rank>& need, std::size_t axis) noexcept {
    const std::size_t own = axis - (Rank - From);
    return failure(status_code::shape, op) << name << " has extents " << have << ", y has " << need << "; " << name << ".extent(" << own
                                           << ") = " << have[own] << " must be 1 or y.extent(" << axis << ") = " << need[axis]
                                           << ". Missing leading axes broadcast; no other do";
}

/// `x` with the extents `like`: axes are matched from the last one; missing and unit axes get stride 0. What does not fit
/// is left in `shape`, for the op's check to report.
template <std::size_t Rank, class T, std::size_t From, class Space>
TENFOLD_INLINE tensor_view<T, Rank, Space> broadcast_operand(const char* op, const char* name, const tensor_view<T, From, Space>& x,
                                                             const index_array<Rank>& like, status& shape) noexcept {
    static_assert(From <= Rank, "tenfold: an input has more axes than the output; inputs broadcast to the output, never the reverse");
    index_array<Rank> strides{};
    for (std::size_t i = 0; i < From; ++i) {
        const std::size_t at = Rank - From + i;
        if (x.extent(i) == like[at]) {
            strides[at] = x.extent(i) == 1 ? 0 : x.stride(i);
        } else if (x.extent(i) != 1) [[unlikely]] {
            if (shape.ok()) shape = broadcast_operand_failure(op, name, x.extents(), like, at);
        }
    }
    return {x.data(), like, strides};
}
TENFOLD_END
