// SPDX-License-Identifier: Apache-2.0
// rms_norm along the middle axis, with scale.
#pragma once

#include <tenfold/op/normalise.hpp>  // rms_norm

#include "peers/axes/axis_call.hpp"  // axis_call, norm_shapes

namespace tenfold::bench {

struct contest_rms_norm {
    static constexpr std::string_view name = "rms_norm";
    static constexpr bool reduces = false;
    static constexpr int parameters = 1;

    template <class Backend, class T>
    static void apply(const Backend& where, const axis_call<T>& call) {
        rms_norm(where, call.x, 1, call.scale, call.y, {.epsilon = contest_epsilon});
    }
    /// What errors are relative to, of the size of the results that call.y holds; they are replaced by it.
    template <class T>
    static void magnitude(const axis_call<T>& call) {
        replace_each(call.y, [](double y) { return std::abs(y); });
    }
    static std::vector<listed_axis_shape> shapes() { return norm_shapes(); }
};

}  // namespace tenfold::bench
