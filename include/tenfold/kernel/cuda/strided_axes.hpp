// SPDX-License-Identifier: Apache-2.0
// Axes that several operands of a kernel share, sorted and merged, small enough to pass by value.            [floor 4]
#pragma once

#include <tenfold/core/index.hpp>
#include <tenfold/core/status.hpp>
#include <tenfold/kernel/cuda/divisor.hpp>
#include <tenfold/kernel/cuda/simt/pack.hpp>
#include <tenfold/op/axis_list.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Offsets in elements, one per operand.
template <std::size_t Operands>
struct operand_offsets {
    index_t of[Operands];
};

/// Slowest first, by the strides of operand 0.
template <std::size_t Operands>
struct strided_axes {
    static constexpr int capacity = 8;
    struct one {
        index_t extent;
        index_t stride[Operands];
        divisor by;  ///< the extent

        [[nodiscard]] index_t leading() const noexcept { return stride[0]; }
        [[nodiscard]] bool continues(const one& inner) const noexcept {
            bool every = true;
            for (std::size_t k = 0; k < Operands; ++k) every &= stride[k] == inner.stride[k] * inner.extent;
            return every;
        }
    };
    one axis[capacity];
    int count;
    index_t elements;

    /// Offsets of the index with this row-major number.
    [[nodiscard]] TENFOLD_DEVICE operand_offsets<Operands> at(index_t number) const {
        operand_offsets<Operands> sum{};
        for (int i = count - 1; i >= 0; --i) {
            const index_t rest = i > 0 ? axis[i].by.quotient(number) : 0;
            const index_t step = number - rest * axis[i].extent;
            for (std::size_t k = 0; k < Operands; ++k) sum.of[k] += step * axis[i].stride[k];
            number = rest;
        }
        return sum;
    }
};

/// Axes and the offsets of the index from which all strides of operand 0 count upwards.
template <std::size_t Operands>
struct collected_axes {
    strided_axes<Operands> axes;
    operand_offsets<Operands> first;
    bool fit;  ///< false: more axes are left than a kernel's arguments hold
};

/// The axes that are not in `without`, a mask. The strides of operand 0 lead. `in_order`: the axes stay as the caller has them, because
/// the order of the elements counts; neighbours are merged all the same.
template <std::size_t Rank, std::size_t Operands>
collected_axes<Operands> collect_axes(const index_array<Rank>& extents, const index_array<Rank> (&strides)[Operands],
                                      std::uint32_t without = 0, bool in_order = false) noexcept {
    collected_axes<Operands> found{};
    strided_axes<Operands>& list = found.axes;
    found.fit = true;
    list.elements = 1;
    for (std::size_t i = 0; i < Rank; ++i) {
        if ((without >> i & 1u) != 0) continue;
        list.elements *= extents[i];
        if (extents[i] == 1) continue;
        typename strided_axes<Operands>::one a{extents[i], {}, {}};
        const bool backwards = strides[0][i] < 0 && !in_order;
        for (std::size_t k = 0; k < Operands; ++k) {
            if (backwards) found.first.of[k] += (extents[i] - 1) * strides[k][i];
            a.stride[k] = backwards ? -strides[k][i] : strides[k][i];
        }
        if (list.count == list.capacity) {
            found.fit = false;
            return found;
        }
        if (in_order) {
            list.axis[list.count++] = a;
        } else {
            insert_axis(list.axis, list.count, a);
        }
    }
    merge_axes(list.axis, list.count);
    for (int i = 0; i < list.count; ++i) list.axis[i].by = divisor_of(list.axis[i].extent > 0 ? list.axis[i].extent : 1);
    return found;
}

inline status too_many_axes(const char* op) noexcept {
    return failure(status_code::unsupported, op)
           << "x has more than " << strided_axes<1>::capacity << " axes that cannot be merged; reshape it";
}
}  // namespace gpu_kernels
TENFOLD_END
