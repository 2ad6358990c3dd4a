// SPDX-License-Identifier: Apache-2.0
// The sum of all elements along axes. Operands have mean zero, so partial sums are of the size of the 2-norm.
#pragma once

#include <tenfold/op/reduce.hpp>  // sum

#include "peers/axes/axis_call.hpp"  // axis_call, reduction_shapes

namespace tenfold::bench {

struct contest_sum {
    static constexpr std::string_view name = "sum";
    static constexpr bool reduces = true;
    static constexpr int parameters = 0;

    template <class Backend, class T>
    static void apply(const Backend& where, const axis_call<T>& call) {
        call.with_axes([&](auto list) { sum(where, call.x, list, call.y); });
    }
    /// What errors are relative to, for each element of the result.
    template <class T>
    static void magnitude(const axis_call<T>& call) {
        call.with_axes([&](auto list) { norm2(reference{}, call.x, list, call.y); });
    }
    static std::vector<listed_axis_shape> shapes() {
        return reduction_shapes(
            {"everything", "rows", "rows of 16", "columns", "narrow columns", "middle axis", "batch norm", "in L2, columns"});
    }
};

}  // namespace tenfold::bench
