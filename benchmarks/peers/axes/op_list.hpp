// SPDX-License-Identifier: Apache-2.0
// The ops as types. What they have in common is written once, in axis_operands.cpp and tenfold.cpp.
#pragma once

#include "peers/axes/ops/layer_norm.hpp"
#include "peers/axes/ops/log_softmax.hpp"
#include "peers/axes/ops/max.hpp"
#include "peers/axes/ops/rms_norm.hpp"
#include "peers/axes/ops/softmax.hpp"
#include "peers/axes/ops/sum.hpp"
#include "peers/axes/ops/variance.hpp"

namespace tenfold::bench {

template <class... Op>
struct op_types {};

// THE list.
using axis_op_list =
    op_types<contest_sum, contest_max, contest_variance, contest_softmax, contest_log_softmax, contest_layer_norm, contest_rms_norm>;

template <class... Op, class F>
void for_each_op(op_types<Op...>, const F& f) {
    (f(Op{}), ...);
}

/// Calls f(op) for the op of that name; false: there is none.
template <class... Op, class F>
bool with_op(op_types<Op...>, std::string_view name, const F& f) {
    return ((Op::name == name && (f(Op{}), true)) || ...);
}

/// Calls f(T{}) for the element type of the shape.
template <class F>
auto with_axis_type(axis_type type, const F& f) {
    switch (type) {
        case axis_type::f64: return f(double{});
        case axis_type::bf16: return f(bfloat16{});
        default: return f(float{});
    }
}

}  // namespace tenfold::bench
