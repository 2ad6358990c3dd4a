// SPDX-License-Identifier: Apache-2.0
// y_i = x_0 + ... + x_i along one axis: the running sum in double or exact integers, rounded at each store.  [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/element.hpp>  // wide_t, widen, narrow, for_each_index
#include <tenfold/op/scan.hpp>

TENFOLD_BEGIN
template <>
struct kernel<scan_op, reference> {
    template <class T, class Y, std::size_t Rank, class Space>
    static status run(const reference&, const scan_arguments<T, Y, Rank, Space>& a) {
        using wide = wide_t<T>;
        auto lines = a.x.extents();
        const index_t n = lines[a.axis];
        lines[a.axis] = n > 0 ? 1 : 0;
        for_each_index(lines, [&](index_array<Rank> index) {
            wide total = is_floating_v<T> ? static_cast<wide>(-0.0) : wide{0};  // the identity of +
            for (index_t i = 0; i < n; ++i) {
                index[a.axis] = i;
                total += widen<wide>(a.x(index));
                a.y(index) = narrow<Y>(total);
            }
        });
        return {};
    }
};
TENFOLD_END
