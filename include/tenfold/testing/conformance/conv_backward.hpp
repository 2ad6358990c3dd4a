// SPDX-License-Identifier: Apache-2.0
// Conformance of conv_backward_data and conv_backward_weights: exact on integer data, within the bound on random data. [floor 6]
#pragma once

#include <tenfold/kernel/reference/conv_backward.hpp>
#include <tenfold/op/conv_backward.hpp>
#include <tenfold/testing/conformance/conv_transpose.hpp>  // check_products_*, draw_transposed_conv

TENFOLD_BEGIN
namespace testing {
template <class T, class Out, std::size_t Rank, class Backend>
void conformance_conv_backward_rank(const Backend& where, conformance_report& report, int rounds) {
    generator random(report.seed() + Rank);
    for (int round = 0; round < rounds; ++round) {
        const conv_case<Rank> c = draw_transposed_conv<Rank>(random);
        const std::size_t channel = channel_axis(c.options.layout, Rank);
        const product_case<Rank> data{c.y, c.w, c.x, c.w[0] / c.options.groups * c.taps(), "data gradient of " + problem_of<T, Out>(c)};
        const auto by_data = [&](const auto& on, const auto& grad_output, const auto& w, auto& grad_input) {
            return conv_backward_data(std::nothrow, on, grad_output, w, grad_input, c.options);
        };
        check_products_exact<T, Out>(where, report, random, data, by_data);
        const index_t pixels = c.y[channel] == 0 ? 0 : element_count(c.y) / c.y[channel];
        const product_case<Rank> weights{c.x, c.y, c.w, pixels, "weight gradient of " + problem_of<T, Out>(c)};
        const auto by_weights = [&](const auto& on, const auto& x, const auto& grad_output, auto& grad_w) {
            return conv_backward_weights(std::nothrow, on, x, grad_output, grad_w, c.options);
        };
        check_products_exact<T, Out>(where, report, random, weights, by_weights);
        check_products_bounded<T, Out>(where, report, random, weights, by_weights);
    }
}

/// All cases of inputs of T: 1, 2 and 3 spatial axes, outputs of T and of the accumulator.
template <class Backend, class T>
void conformance_conv_backward(const Backend& where, conformance_report& report) {
    if constexpr (is_floating_v<T>) {
        using accumulator = accumulator_t<T>;
        conformance_conv_backward_rank<T, accumulator, 3>(where, report, 15);
        conformance_conv_backward_rank<T, accumulator, 4>(where, report, 20);
        conformance_conv_backward_rank<T, accumulator, 5>(where, report, 8);
        if constexpr (!std::is_same_v<T, accumulator>) conformance_conv_backward_rank<T, T, 4>(where, report, 10);
    }
}
}  // namespace testing
TENFOLD_END
