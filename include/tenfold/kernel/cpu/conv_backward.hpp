// SPDX-License-Identifier: Apache-2.0
// conv_backward_data and conv_backward_weights on the CPU.                                                  [floor 4]
#pragma once

#include <tenfold/kernel/cpu/conv_transpose.hpp>
#include <tenfold/kernel/cpu/conv_weight_gradient.hpp>
#include <tenfold/kernel/reference/conv_backward.hpp>  // no images: nothing to multiply

TENFOLD_BEGIN
template <>
struct kernel<conv_backward_data_op, cpu> {
    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run(const cpu& where, const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        return run_conv_transpose(conv_backward_data_op::name, where, a);
    }
};

template <>
struct kernel<conv_backward_weights_op, cpu> {
    template <class X, class G, class W, std::size_t Rank, class Space>
    static status run(const cpu& where, const conv_backward_weights_arguments<X, G, W, Rank, Space>& a) {
        int isa = 0;
        if (status s = choose_isa(conv_backward_weights_op::name, where, isa); !s.ok()) return s;
        if (a.grad_w.empty()) return {};
        if (a.x.empty() || far_apart(a.windows)) {
            const fp_environment ieee;
            return kernel<conv_backward_weights_op, reference>::run(reference{}, a);
        }
        const layout order = a.options.layout;
        const weight_gradient_problem<X, W> problem{in_channel_order(a.x, order), in_channel_order(a.grad_output, order),
                                                    in_channel_order(a.grad_w, order), on_three_axes(a.windows), a.options.groups};
        const weight_gradient<X, W> driver(where, isa, problem);
        const scratch_buffer scratch(driver.scratch_bytes());
        if (!scratch) return scratch_failure(conv_backward_weights_op::name, driver.scratch_bytes());
        driver.run(scratch.template at<unsigned char>(0));
        return {};
    }
};
TENFOLD_END
