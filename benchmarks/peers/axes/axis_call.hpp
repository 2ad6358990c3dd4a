// SPDX-License-Identifier: Apache-2.0
// A call of tenfold along axes: views of the operands, on any backend.
#pragma once

#include <tenfold/backends/reference.hpp>  // reference
#include <tenfold/core/tensor.hpp>         // tensor_view
#include <tenfold/op/reduced_axes.hpp>     // axes

#include <cmath>        // std::abs
#include <type_traits>  // std::is_same_v

#include "peers/axes/axis_peer.hpp"    // axis_operands, contest_epsilon
#include "peers/axes/axis_shapes.hpp"  // reduction_shapes, softmax_shapes, norm_shapes

namespace tenfold::bench {

/// The middle axis is 1. `ends`: axes 0 and 2 are reduced instead.
template <class T>
struct axis_call {
    tensor_view<const T, 3> x;
    tensor_view<T, 3> y;
    tensor_view<const T, 1> scale, bias;
    bool ends = false;

    /// Calls f with the list of the axes that are reduced.
    template <class F>
    void with_axes(const F& f) const {
        if (ends)
            f(axes{0, 2});
        else
            f(axes{1});
    }
};

/// Each element of y <- change(it), computed in double.
template <class T, class Change>
void replace_each(const tensor_view<T, 3>& y, const Change& change) {
    for_each_index(y.extents(), [&](const index_array<3>& i) {
        const double value = change(static_cast<double>(y(i)));
        if constexpr (std::is_same_v<T, double>)
            y(i) = value;
        else
            y(i) = static_cast<T>(static_cast<float>(value));
    });
}

}  // namespace tenfold::bench
