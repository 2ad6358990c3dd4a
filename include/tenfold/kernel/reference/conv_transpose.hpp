// SPDX-License-Identifier: Apache-2.0
// y(n, yc, i) = epilogue(sum over c, o, t with o stride + t dilation - begin = i of x(n, c, o) w(c, yc, t)), in double. [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/element.hpp>  // wide_t, for_each_index
#include <tenfold/op/conv_transpose.hpp>

TENFOLD_BEGIN
/// Each output gathers: for a tap there is one o along each axis, or none.
template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
void reference_conv_transpose(const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
    using wide = wide_t<accumulator_t<X>>;
    const auto& g = a.windows;
    const std::size_t channel = a.channel();
    const std::size_t first = first_spatial_axis(a.options.layout);
    for_each_index(a.y.extents(), [&](const auto& index) {  // (n, yc, i...) or (n, i..., yc)
        const index_t group = index[channel] / a.out_per_group();
        auto at_x = index;
        auto at_w = index;
        at_w[channel] = index[channel] % a.out_per_group();
        wide total = 0;
        for_each_index(g.window, [&](const auto& tap) {  // (k...)
            for (std::size_t i = 0; i + 2 < Rank; ++i) {
                const index_t distance = index[first + i] + g.begin[i] - tap[i] * g.dilation[i];
                if (distance < 0 || distance % g.stride[i] != 0 || distance / g.stride[i] >= g.output[i]) return;
                at_x[first + i] = distance / g.stride[i];
                at_w[first + i] = tap[i];
            }
            for (index_t c = 0; c < a.in_per_group(); ++c) {
                at_x[channel] = at_w[0] = group * a.in_per_group() + c;
                total += widen<wide>(a.x(at_x)) * widen<wide>(a.w(at_w));
            }
        });
        a.y(index) = apply_epilogue<accumulator_t<X>, Y>(a.epilogue, total, index);
    });
}

template <>
struct kernel<conv_transpose_op, reference> {
    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run(const reference&, const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        reference_conv_transpose(a);
        return {};
    }
};
TENFOLD_END
