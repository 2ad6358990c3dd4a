// SPDX-License-Identifier: Apache-2.0
// Lists of axes as kernels walk them: sorted by one stride, neighbours that make up one longer axis merged.   [floor 3]
//
// An axis has an extent, a leading() stride, and continues(inner): whether it goes on where `inner` ends, in every operand.
#pragma once

#include <tenfold/core/index.hpp>

TENFOLD_BEGIN
/// Behind the axes of larger or equal stride: slowest first.
template <class Axis>
TENFOLD_INLINE void insert_axis(Axis* list, int& count, const Axis& added) noexcept {
    int at = count++;
    for (; at > 0 && list[at - 1].leading() < added.leading(); --at) list[at] = list[at - 1];
    list[at] = added;
}
template <class Axis>
TENFOLD_INLINE void merge_axes(Axis* list, int& count) noexcept {
    int last = 0;
    for (int i = 1; i < count; ++i) {
        if (list[last].continues(list[i])) {
            const index_t extent = list[last].extent * list[i].extent;
            list[last] = list[i];
            list[last].extent = extent;
        } else {
            list[++last] = list[i];
        }
    }
    if (count > 0) count = last + 1;
}
TENFOLD_END
