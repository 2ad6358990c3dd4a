// SPDX-License-Identifier: Apache-2.0
// Walks a tensor as rows along one axis.                                                                   [floor 4]
#pragma once

#include <tenfold/exec/one_axis.hpp>
#include <tenfold/kernel/reference/element.hpp>  // for_each_index

TENFOLD_BEGIN
/// Calls f(n, at) for every row along `axis`, n elements long; at(i) is the index of its element i. No row: no call.
template <std::size_t Rank, class F>
void for_each_row(const index_array<Rank>& extents, index_t axis, const F& f) {
    const std::size_t along = axis_from_front<Rank>(axis);
    index_array<Rank> first = extents;
    first[along] = extents[along] > 0 ? 1 : 0;
    for_each_index(first, [&](const index_array<Rank>& start) {
        f(extents[along], [&](index_t i) {
            index_array<Rank> index = start;
            index[along] = i;
            return index;
        });
    });
}
TENFOLD_END
