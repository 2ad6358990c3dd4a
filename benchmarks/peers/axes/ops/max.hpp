// SPDX-License-Identifier: Apache-2.0
// The largest element along axes: exact, whatever the order.
#pragma once

#include <tenfold/op/reduce.hpp>  // max

#include "peers/axes/axis_call.hpp"  // axis_call, reduction_shapes

namespace tenfold::bench {

struct contest_max {
    static constexpr std::string_view name = "max";
    static constexpr bool reduces = true;
    static constexpr int parameters = 0;

    template <class Backend, class T>
    static void apply(const Backend& where, const axis_call<T>& call) {
        call.with_axes([&](auto list) { max(where, call.x, list, call.y); });
    }
    /// What errors are relative to, for each element of the result.
    template <class T>
    static void magnitude(const axis_call<T>& call) {
        replace_each(call.y, [](double) { return 0.0; });
    }
    static std::vector<listed_axis_shape> shapes() { return reduction_shapes({"rows", "columns", "middle axis"}); }
};

}  // namespace tenfold::bench
