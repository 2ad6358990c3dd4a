// SPDX-License-Identifier: Apache-2.0
// log_softmax along the middle axis.
#pragma once

#include <tenfold/op/softmax.hpp>  // log_softmax

#include "peers/axes/axis_call.hpp"  // axis_call, softmax_shapes

namespace tenfold::bench {

struct contest_log_softmax {
    static constexpr std::string_view name = "log_softmax";
    static constexpr bool reduces = false;
    static constexpr int parameters = 0;

    template <class Backend, class T>
    static void apply(const Backend& where, const axis_call<T>& call) {
        log_softmax(where, call.x, 1, call.y);
    }
    /// What errors are relative to, of the size of the results that call.y holds; they are replaced by it.
    template <class T>
    static void magnitude(const axis_call<T>& call) {
        replace_each(call.y, [](double y) { return 1 + std::abs(y); });
    }
    static std::vector<listed_axis_shape> shapes() { return softmax_shapes(); }
};

}  // namespace tenfold::bench
