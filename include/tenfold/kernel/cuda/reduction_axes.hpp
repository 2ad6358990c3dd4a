// SPDX-License-Identifier: Apache-2.0
// A reduction as kernels see it: kept and reduced axes, sorted and merged, small enough to pass by value.      [floor 4]
#pragma once

#include <tenfold/kernel/cuda/strided_axes.hpp>
#include <tenfold/op/reduced_axes.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
struct reduction_axis {
    index_t extent;
    index_t x;  ///< stride in the input
    index_t y;  ///< stride in the output; 0 of reduced axes
    index_t z;  ///< stride in a second output, if there is one
    divisor by; ///< the extent
};

/// Offsets in elements, in the input and the outputs.
struct reduction_offset {
    index_t x;
    index_t y;
    index_t z;
};

struct axis_list {
    static constexpr int capacity = 8;
    reduction_axis axis[capacity];
    int count;

    /// Offsets of the index with this row-major number.
    TENFOLD_DEVICE reduction_offset at(index_t number) const {
        reduction_offset sum{0, 0, 0};
        for (int i = count - 1; i >= 0; --i) {
            const index_t rest = i > 0 ? axis[i].by.quotient(number) : 0;
            const index_t step = number - rest * axis[i].extent;
            sum.x += step * axis[i].x;
            sum.y += step * axis[i].y;
            sum.z += step * axis[i].z;
            number = rest;
        }
        return sum;
    }
};

struct reduction_axes {
    axis_list kept;
    axis_list reduced;
    index_t outputs;
    index_t count;    ///< elements of each output
    reduction_offset first;  ///< of the element where sorted strides count upwards
};

inline void merge_axes(axis_list& list) noexcept {
    int last = 0;
    for (int i = 1; i < list.count; ++i) {
        reduction_axis& outer = list.axis[last];
        const reduction_axis& inner = list.axis[i];
        if (outer.x == inner.x * inner.extent && outer.y == inner.y * inner.extent && outer.z == inner.z * inner.extent) {
            outer = {outer.extent * inner.extent, inner.x, inner.y, inner.z, {}};
        } else {
            list.axis[++last] = inner;
        }
    }
    if (list.count > 0) list.count = last + 1;
    for (int i = 0; i < list.count; ++i) list.axis[i].by = divisor_of(list.axis[i].extent > 0 ? list.axis[i].extent : 1);
}

/// `in_order`: the reduced axes are walked as the caller has them, because the order of the elements counts. False: too many axes
/// are left for a kernel's arguments. Where x is empty its strides mean nothing, and outputs are those of zero elements.
template <std::size_t Rank>
bool find_axes(const index_array<Rank>& extents, const index_array<Rank>& x, const index_array<Rank>& y, const index_array<Rank>& z,
               const reduced_axes& axes, bool in_order, reduction_axes& found) noexcept {
    found = {};
    found.outputs = 1;
    bool empty = false;
    for (std::size_t i = 0; i < Rank; ++i) empty |= extents[i] == 0;
    found.count = empty ? 0 : 1;
    for (std::size_t i = 0; i < Rank; ++i) {
        const bool reduced = axes.contains(i);
        if (reduced && empty) continue;
        (reduced ? found.count : found.outputs) *= extents[i];
        if (extents[i] == 1) continue;
        reduction_axis a{extents[i], empty ? 0 : x[i], reduced ? 0 : y[i], reduced ? 0 : z[i], {}};
        const bool sorted = !reduced || !in_order;
        if (a.x < 0 && sorted) {
            found.first.x += (a.extent - 1) * a.x;
            found.first.y += (a.extent - 1) * a.y;
            found.first.z += (a.extent - 1) * a.z;
            a.x = -a.x;
            a.y = -a.y;
            a.z = -a.z;
        }
        axis_list& list = reduced ? found.reduced : found.kept;
        if (list.count == axis_list::capacity) return false;
        int at = list.count++;
        for (; at > 0 && sorted && list.axis[at - 1].x < a.x; --at) list.axis[at] = list.axis[at - 1];
        list.axis[at] = a;
    }
    merge_axes(found.kept);
    merge_axes(found.reduced);
    return true;
}
}  // namespace gpu_kernels
TENFOLD_END
