// SPDX-License-Identifier: Apache-2.0
// What convolution and pooling share: layouts, sliding windows and their checked output extents.            [floor 3]
#pragma once

#include <tenfold/core/status.hpp>
#include <tenfold/core/tensor_view.hpp>

#include <cstdint>

TENFOLD_TYPES_BEGIN
/// Order of the axes of images, of any number of spatial axes; strides are free in both.
enum class layout : std::uint8_t {
    nchw,  ///< (n, c, spatial...); weights (out, in / groups, k...)
    nhwc   ///< (n, spatial..., c); weights (out, k..., in / groups)
};

/// Zeros put before and after one spatial axis.
struct padding_pair {
    index_t begin = 0;
    index_t end = 0;
};
TENFOLD_TYPES_END

TENFOLD_BEGIN
TENFOLD_INLINE constexpr std::size_t channel_axis(layout order, std::size_t rank) noexcept { return order == layout::nchw ? 1 : rank - 1; }
TENFOLD_INLINE constexpr std::size_t first_spatial_axis(layout order) noexcept { return order == layout::nchw ? 2 : 1; }

template <std::size_t Count>
TENFOLD_INLINE constexpr index_array<Count> filled(index_t value) noexcept {
    index_array<Count> all{};
    for (auto& one : all) one = value;
    return all;
}

/// Windows along the spatial axes: output o and tap t meet at input o * stride + t * dilation - begin; outside the input is padding.
template <std::size_t Spatial>
struct window_geometry {
    index_array<Spatial> input = filled<Spatial>(1);
    index_array<Spatial> window = filled<Spatial>(1);  ///< taps
    index_array<Spatial> stride = filled<Spatial>(1);
    index_array<Spatial> dilation = filled<Spatial>(1);
    index_array<Spatial> begin{};                      ///< padding
    index_array<Spatial> end{};
    index_array<Spatial> output{};                     ///< set by resolve_windows
};

TENFOLD_COLD inline status window_parameter_failure(const char* op, const char* parameter, std::size_t spatial, index_t value,
                                                    index_t least) noexcept {
    return failure(status_code::shape, op) << parameter << " of spatial axis " << spatial << " is " << value << "; it must be at least "
                                           << least << ". Give one value per spatial axis";
}
TENFOLD_COLD inline status window_overflow_failure(const char* op, const char* operand, std::size_t axis) noexcept {
    return failure(status_code::shape, op) << "the padded extent or the dilated window along axis " << axis << " of " << operand
                                           << " exceeds 2^63 - 1; use smaller padding or dilation";
}
TENFOLD_COLD inline status window_fit_failure(const char* op, const char* operand, std::size_t axis, index_t input, index_t begin,
                                              index_t end, index_t window, index_t dilation, index_t span) noexcept {
    return failure(status_code::shape, op) << "no window fits along axis " << axis << " of " << operand << ": extent " << input
                                           << " with padding (" << begin << ", " << end << ") is " << input + begin + end
                                           << ", a window of " << window << " taps with dilation " << dilation << " spans " << span
                                           << ". Pad more, or shrink the window";
}

/// Checks the windows and sets their output extents, floor((input + begin + end - span) / stride) + 1 with
/// span = dilation (window - 1) + 1. `first_axis`: of the operand's spatial axes, for messages. The output of an axis that fails is 0.
template <std::size_t Spatial>
TENFOLD_INLINE status resolve_windows(const char* op, window_geometry<Spatial>& g, std::size_t first_axis,
                                      const char* operand = "x") noexcept {
    g.output = {};
    for (std::size_t i = 0; i < Spatial; ++i) {
        if (g.window[i] < 1) [[unlikely]]
            return window_parameter_failure(op, "the window's extent", i, g.window[i], 1);
        if (g.stride[i] < 1) [[unlikely]]
            return window_parameter_failure(op, "stride", i, g.stride[i], 1);
        if (g.dilation[i] < 1) [[unlikely]]
            return window_parameter_failure(op, "dilation", i, g.dilation[i], 1);
        if (g.begin[i] < 0 || g.end[i] < 0) [[unlikely]]
            return window_parameter_failure(op, g.begin[i] < 0 ? "padding.begin" : "padding.end", i, g.begin[i] < 0 ? g.begin[i] : g.end[i],
                                            0);
        index_t padded = 0;
        index_t span = 0;
        if (!checked_add(g.begin[i], g.end[i], padded) || !checked_add(padded, g.input[i], padded) ||
            !checked_multiply(g.dilation[i], g.window[i] - 1, span) || !checked_add(span, 1, span)) [[unlikely]]
            return window_overflow_failure(op, operand, first_axis + i);
        if (span > padded) [[unlikely]]
            return window_fit_failure(op, operand, first_axis + i, g.input[i], g.begin[i], g.end[i], g.window[i], g.dilation[i], span);
        g.output[i] = (padded - span) / g.stride[i] + 1;
    }
    return {};
}

/// Taps [first, last) of the window at `output` that meet the input along one axis; first == last where all are padding.
struct tap_range {
    index_t first;
    index_t last;
};
template <std::size_t Spatial>
TENFOLD_INLINE constexpr tap_range taps_inside(const window_geometry<Spatial>& g, std::size_t axis, index_t output) noexcept {
    const index_t origin = output * g.stride[axis] - g.begin[axis];
    const index_t first = origin >= 0 ? 0 : ceil_divide(-origin, g.dilation[axis]);
    const index_t room = g.input[axis] - origin;  // inputs from the origin to the end
    index_t last = room <= 0 ? 0 : ceil_divide(room, g.dilation[axis]);
    if (last > g.window[axis]) last = g.window[axis];
    return {first < last ? first : last, last};
}

/// The same windows on three spatial axes; those that are missing lead and have extent 1.
template <std::size_t Spatial>
TENFOLD_INLINE constexpr window_geometry<3> on_three_axes(const window_geometry<Spatial>& g) noexcept {
    static_assert(Spatial >= 1 && Spatial <= 3);
    window_geometry<3> wide;
    wide.output = filled<3>(1);
    for (std::size_t i = 0; i < Spatial; ++i) {
        const std::size_t at = 3 - Spatial + i;
        wide.input[at] = g.input[i];
        wide.window[at] = g.window[i];
        wide.stride[at] = g.stride[i];
        wide.dilation[at] = g.dilation[i];
        wide.begin[at] = g.begin[i];
        wide.end[at] = g.end[i];
        wide.output[at] = g.output[i];
    }
    return wide;
}

/// A view of rank 3, 4 or 5 with its axes in one order for all ranks and layouts, so that kernels are compiled once.
template <class T>
struct spatial_view {
    enum axis : std::size_t { n, c, d, h, w };  ///< of weights: out, in / groups, kd, kh, kw
    T* data;
    index_array<5> extent;                      ///< 1 where the view has no such axis
    index_array<5> stride;                      ///< 0 for axes of extent 1
};
template <class T, std::size_t Rank, class Space>
TENFOLD_INLINE constexpr spatial_view<T> in_channel_order(const tensor_view<T, Rank, Space>& x, layout order) noexcept {
    static_assert(Rank >= 3 && Rank <= 5);
    spatial_view<T> wide{x.data(), filled<5>(1), {}};
    const auto place = [&](std::size_t at, std::size_t axis) {
        wide.extent[at] = x.extent(axis);
        wide.stride[at] = x.extent(axis) == 1 ? 0 : x.stride(axis);
    };
    place(0, 0);
    place(1, channel_axis(order, Rank));
    for (std::size_t i = 0; i + 2 < Rank; ++i) place(7 - Rank + i, first_spatial_axis(order) + i);
    return wide;
}
TENFOLD_END
