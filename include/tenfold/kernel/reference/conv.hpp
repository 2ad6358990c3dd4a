// SPDX-License-Identifier: Apache-2.0
// y(n, oc, o) = epilogue(sum_{c, t} x(n, c, o stride + t dilation - begin) w(oc, c, t)): the definition, in double or exact integers. [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/element.hpp>  // wide_t, narrow, for_each_index
#include <tenfold/op/conv.hpp>

TENFOLD_BEGIN
/// Taps on padding are skipped: a NaN or infinite weight does not meet the padding's zeros here.
template <>
struct kernel<conv_op, reference> {
    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run(const reference&, const conv_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        using wide = wide_t<accumulator_t<X>>;
        const auto& g = a.windows;
        const std::size_t channel = a.channel();
        const std::size_t first = first_spatial_axis(a.options.layout);
        for_each_index(a.y.extents(), [&](const auto& index) {  // (n, oc, o...) or (n, o..., oc)
            const index_t oc = index[channel];
            const index_t first_in = oc / a.out_per_group() * a.in_per_group();
            auto at_x = index;
            auto at_w = index;
            at_w[0] = oc;
            wide total = 0;
            for_each_index(g.window, [&](const auto& tap) {  // (k...)
                for (std::size_t i = 0; i + 2 < Rank; ++i) {
                    const index_t at = index[first + i] * g.stride[i] + tap[i] * g.dilation[i] - g.begin[i];
                    if (at < 0 || at >= g.input[i]) return;
                    at_x[first + i] = at;
                    at_w[first + i] = tap[i];
                }
                for (index_t c = 0; c < a.in_per_group(); ++c) {
                    at_x[channel] = first_in + c;
                    at_w[channel] = c;
                    total += widen<wide>(a.x(at_x)) * widen<wide>(a.w(at_w));
                }
            });
            a.y(index) = apply_epilogue<accumulator_t<X>, Y>(a.epilogue, total, index);
        });
        return {};
    }
};
TENFOLD_END
