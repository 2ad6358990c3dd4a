// SPDX-License-Identifier: Apache-2.0
// transform: y(i) = f(input(i), ...), one call per element in row-major order.                              [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/convert_value.hpp>
#include <tenfold/op/transform.hpp>

TENFOLD_BEGIN
template <>
struct kernel<transform_op, reference> {
    template <class F, class Y, std::size_t Rank, class Space, class... X>
    static status run(const reference&, const transform_arguments<F, Y, Rank, Space, X...>& t) {
        using value = typename transform_arguments<F, Y, Rank, Space, X...>::value;
        for_each_index(t.y.extents(), [&](const auto& i) {
            const value result =
                std::apply([&](const auto&... view) { return t.functor(static_cast<argument_t<X>>(view(i))...); }, t.inputs);
            t.y(i) = convert_value<Y>(static_cast<result_t<value>>(result));
        });
        return {};
    }
};
TENFOLD_END
