// SPDX-License-Identifier: Apache-2.0
// grad_input: as conv_transpose. grad_w(oc, c, t) = sum_{n, o} grad_output(n, oc, o) x(n, c, o stride + t dilation - begin). [floor 4]
#pragma once

#include <tenfold/kernel/reference/conv_transpose.hpp>
#include <tenfold/op/conv_backward.hpp>

TENFOLD_BEGIN
template <>
struct kernel<conv_backward_data_op, reference> {
    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run(const reference&, const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        reference_conv_transpose(a);
        return {};
    }
};

/// Padding is skipped: a NaN or infinite gradient does not meet its zeros here.
template <>
struct kernel<conv_backward_weights_op, reference> {
    template <class X, class G, class W, std::size_t Rank, class Space>
    static status run(const reference&, const conv_backward_weights_arguments<X, G, W, Rank, Space>& a) {
        using wide = wide_t<accumulator_t<X>>;
        const auto& g = a.windows;
        const std::size_t channel = a.channel();
        const std::size_t first = first_spatial_axis(a.options.layout);
        for_each_index(a.grad_w.extents(), [&](const auto& index) {  // (oc, c, k...) or (oc, k..., c)
            index_array<Rank> at_g{};
            index_array<Rank> at_x{};
            at_g[channel] = index[0];
            at_x[channel] = index[0] / a.out_per_group() * a.in_per_group() + index[channel];
            wide total = 0;
            for_each_index(g.output, [&](const auto& output) {
                for (std::size_t i = 0; i + 2 < Rank; ++i) {
                    at_g[first + i] = output[i];
                    at_x[first + i] = output[i] * g.stride[i] + index[first + i] * g.dilation[i] - g.begin[i];
                    if (at_x[first + i] < 0 || at_x[first + i] >= g.input[i]) return;
                }
                for (index_t n = 0; n < a.x.extent(0); ++n) {
                    at_g[0] = at_x[0] = n;
                    total += widen<wide>(a.grad_output(at_g)) * widen<wide>(a.x(at_x));
                }
            });
            a.grad_w(index) = apply_epilogue<accumulator_t<X>, W>(identity{}, total, index);
        });
        return {};
    }
};
TENFOLD_END
