// SPDX-License-Identifier: Apache-2.0
// The operands of a shape as views of tenfold.
#pragma once

#include "peers/axes/axis_call.hpp"  // axis_call

namespace tenfold::bench {

template <class Op, class T>
axis_call<T> call_of(const axis_shape& s, const axis_operands& operands) {
    const auto input = [](const void* p) { return static_cast<const T*>(p); };
    index_array<3> result{s.outer, s.along, s.inner};
    if (Op::reduces && s.ends) result = {1, s.along, 1};
    if (Op::reduces && !s.ends) result = {s.outer, 1, s.inner};
    return {{input(operands.x), {s.outer, s.along, s.inner}},
            {static_cast<T*>(operands.y), result},
            {input(operands.scale), {s.along}},
            {input(operands.bias), {s.along}},
            s.ends};
}

}  // namespace tenfold::bench
