// SPDX-License-Identifier: Apache-2.0
// index(kept) = the first position of the smallest or largest element over the reduced axes, in row-major order. [floor 4]
#pragma once

#include <tenfold/kernel/reference/reduce.hpp>  // for_each_output, is_nan_element
#include <tenfold/op/arg_reduce.hpp>

TENFOLD_BEGIN
template <>
struct kernel<arg_reduce_op, reference> {
    template <class T, std::size_t Rank, std::size_t OutRank, bool Largest, bool WithValue, class Space>
    static status run(const reference&, const arg_reduce_arguments<T, Rank, OutRank, Largest, WithValue, Space>& a) {
        const auto index_output = with_reduced_axes<Rank>(a.index, a.axes);
        const auto value_output = with_reduced_axes<Rank>(a.value, a.axes);
        for_each_output(a.x.extents(), a.axes, [&](const index_array<Rank>& at, const auto& each_index) {
            index_t position = 0;
            index_t found = 0;
            T best = a.x(at);
            bool best_is_nan = is_nan_element(best);
            each_index([&](const index_array<Rank>& index) {
                const T x = a.x(index);
                const bool is_nan = is_nan_element(x);
                const bool better = is_nan || best_is_nan ? is_nan != best_is_nan && is_nan == (a.nan == tenfold::nan::propagate)
                                                          : (Largest ? best < x : x < best);
                if (better) {
                    best = x;
                    best_is_nan = is_nan;
                    found = position;
                }
                ++position;
            });
            index_output(at) = found;
            if constexpr (WithValue) value_output(at) = best;
        });
        return {};
    }
};
TENFOLD_END
