// SPDX-License-Identifier: Apache-2.0
// A convolution layer: square images and windows, padded so that the extent is divided by the stride; and how results are checked.
#pragma once

#include <tenfold/backends/reference.hpp>  // reference
#include <tenfold/op/conv.hpp>

#include <algorithm>  // std::max

#include "support/check_result.hpp"  // check_result, sample_axis

namespace tenfold::bench {

struct conv_shape {
    index_t images, extent, in, out, window, stride, groups;
    layout order = layout::nhwc;
    index_t dilation = 1;

    [[nodiscard]] index_t padding() const { return (window - 1) * dilation / 2; }
    [[nodiscard]] index_t out_extent() const { return (extent + 2 * padding() - (window - 1) * dilation - 1) / stride + 1; }
    [[nodiscard]] index_array<4> with_channels(index_t n, index_t side, index_t channels) const {
        return order == layout::nhwc ? index_array<4>{n, side, side, channels} : index_array<4>{n, channels, side, side};
    }
    [[nodiscard]] index_array<4> x() const { return with_channels(images, extent, in); }
    [[nodiscard]] index_array<4> w() const { return with_channels(out, window, in / groups); }
    [[nodiscard]] index_array<4> y() const { return with_channels(images, out_extent(), out); }
    [[nodiscard]] bool depthwise() const { return groups == in && groups > 1; }
    [[nodiscard]] index_t depth() const { return window * window * (in / groups); }
    [[nodiscard]] index_t flops() const { return conv_op::flops(element_count(y()), depth()); }
    [[nodiscard]] conv_options<2> options() const { return options(groups); }
    [[nodiscard]] conv_options<2> options(index_t with_groups) const {
        const index_t p = padding();
        return {.stride = {stride, stride},
                .padding = {{p, p}, {p, p}},
                .dilation = {dilation, dilation},
                .groups = with_groups,
                .layout = order};
    }

    bool operator==(const conv_shape&) const = default;
};

/// What the reference backend makes of a layer on a grid: some output channels, and one image of several. A depthwise channel needs
/// its own input channel only.
template <class T>
class conv_grid {
    conv_shape shape_;
    sampled_axis images_, channels_;
    tensor<T, 4> expected_, magnitude_;

public:
    /// `epilogue(bias)` is what follows the sums, of the values of the sampled channels; without a bias it gets an empty view.
    template <class Epilogue>
    conv_grid(const conv_shape& shape, tensor_view<const T, 4> x, tensor_view<const T, 4> w, tensor_view<const T, 1> bias,
              const Epilogue& epilogue)
        : shape_(shape) {
        constexpr index_t grid_products = 4'000'000;
        const std::size_t channel = channel_axis(shape.order, 4);
        const index_t per_channel = shape.out_extent() * shape.out_extent() * shape.depth();
        images_ = sample_axis(shape.images, 1);
        if (shape.groups == 1 || shape.depthwise()) channels_ = sample_axis(shape.out, grid_products / per_channel + 1);
        auto grid_x = sampled(x, 0, images_);
        if (shape.depthwise()) grid_x = sampled(grid_x, channel, channels_);
        const auto grid_w = sampled(w, 0, channels_);
        const conv_options<2> options = shape.options(shape.depthwise() ? grid_x.extent(channel) : shape.groups);
        expected_ = conv(reference{}, grid_x, grid_w, options, epilogue(bias.empty() ? bias : sampled(bias, 0, channels_)));
        magnitude_ = conv(reference{}, magnitudes(grid_x), magnitudes(grid_w), options, shift_by_one(bias));
    }

    /// All of y must have been written, and be right on the grid.
    [[nodiscard]] verification check(tensor_view<const T, 4> y) const {
        return check_result(y, sampled(sampled(y, 0, images_), channel_axis(shape_.order, 4), channels_), expected_, magnitude_,
                            shape_.depth());
    }

private:
    /// A bias is at most 1 and joins the sums.
    static auto shift_by_one(tensor_view<const T, 1> bias) {
        const T most = bias.empty() ? T{0} : T{1};
        return [most](T sum, index_t, index_t, index_t, index_t) { return sum + most; };
    }
};

}  // namespace tenfold::bench
