// SPDX-License-Identifier: Apache-2.0
// max_pool and average_pool over windows of the spatial axes. How: kernel/<backend>/pool.hpp.               [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/check.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/exec/one_axis.hpp>  // is_stored_float
#include <tenfold/op/functor/reducer.hpp>  // nan
#include <tenfold/op/spatial.hpp>

#include <new>

TENFOLD_BEGIN
/// Lists hold one value per spatial axis.
template <std::size_t Spatial>
struct max_pool_options {
    index_array<Spatial> window = filled<Spatial>(1);
    index_array<Spatial> stride = {};      ///< 0: the window, so that windows lie side by side
    padding_pair padding[Spatial] = {};    ///< {{begin, end}, ...}; padding never wins
    index_array<Spatial> dilation = filled<Spatial>(1);
    tenfold::layout layout = tenfold::layout::nchw;
    tenfold::nan nan = tenfold::nan::propagate;
};
template <std::size_t Spatial>
struct average_pool_options {
    index_array<Spatial> window = filled<Spatial>(1);
    index_array<Spatial> stride = {};      ///< 0: the window, so that windows lie side by side
    padding_pair padding[Spatial] = {};    ///< zeros around the input: {{begin, end}, ...}
    index_array<Spatial> dilation = filled<Spatial>(1);
    tenfold::layout layout = tenfold::layout::nchw;
    bool count_padding = true;             ///< divide by all taps of the window; false: by those inside the input
};

template <class X>
inline constexpr std::size_t pool_spatial =
    rank_of<X> >= 3 && rank_of<X> <= 5 ? rank_of<X> - 2 : 1;  // other ranks are refused with a sentence

template <class X, class Y, std::size_t Rank, class Space, class Options>
struct pool_arguments {
    tensor_view<const X, Rank, Space> x;  // (n, c, spatial...) or (n, spatial..., c)
    tensor_view<Y, Rank, Space> y;
    Options options;
    window_geometry<Rank - 2> windows;
    status problem;  ///< of the windows, found while they were resolved
};

template <std::size_t Spatial, class Options>
TENFOLD_INLINE window_geometry<Spatial> pool_windows(const char* op, const index_array<Spatial + 2>& x, const Options& options,
                                                     status& problem) noexcept {
    window_geometry<Spatial> g;
    const std::size_t first = first_spatial_axis(options.layout);
    for (std::size_t i = 0; i < Spatial; ++i) {
        g.input[i] = x[first + i];
        g.window[i] = options.window[i];
        g.stride[i] = options.stride[i] == 0 ? options.window[i] : options.stride[i];
        g.dilation[i] = options.dilation[i];
        g.begin[i] = options.padding[i].begin;
        g.end[i] = options.padding[i].end;
    }
    problem = resolve_windows(op, g, first);
    return g;
}
template <std::size_t Rank>
TENFOLD_INLINE index_array<Rank> pool_extents(const index_array<Rank>& x, const window_geometry<Rank - 2>& windows, layout order) noexcept {
    index_array<Rank> y = x;
    for (std::size_t i = 0; i + 2 < Rank; ++i) y[first_spatial_axis(order) + i] = windows.output[i];
    return y;
}

template <std::size_t Rank>
TENFOLD_COLD status pool_output_failure(const char* op, const index_array<Rank>& x, const index_array<Rank>& have,
                                        const index_array<Rank>& need) noexcept {
    std::size_t axis = 0;
    while (axis + 1 < Rank && have[axis] == need[axis]) ++axis;
    return failure(status_code::shape, op) << "x is " << x << ", y is " << have << "; y.extent(" << axis << ") = " << have[axis]
                                           << " must be " << need[axis] << ". Give y the extents " << need;
}
TENFOLD_COLD inline status padded_window_failure(const char* op, std::size_t axis, index_t output) noexcept {
    return failure(status_code::shape, op)
           << "the window of output " << output << " along axis " << axis
           << " meets padding only, which has no value here. Pad less, or use average_pool with .count_padding";
}

/// A window that meets no element of the input, if there is one: at the ends of an axis only.
template <std::size_t Spatial>
TENFOLD_INLINE status check_windows_filled(const char* op, const window_geometry<Spatial>& g, std::size_t first_axis) noexcept {
    for (std::size_t i = 0; i < Spatial; ++i) {
        const index_t last = g.output[i] - 1;
        const index_t before = ceil_divide(g.begin[i], g.stride[i]);  // windows that begin in the padding
        for (index_t o = 0; o <= last; o = o + 1 < before || o == last ? o + 1 : last) {
            const tap_range taps = taps_inside(g, i, o);
            if (taps.first == taps.last) [[unlikely]]
                return padded_window_failure(op, first_axis + i, o);
        }
    }
    return {};
}

template <class X, class Y, std::size_t Rank, class Space, class Options>
[[nodiscard]] status check_pool(const char* op, const pool_arguments<X, Y, Rank, Space, Options>& a, bool padding_has_value) noexcept {
    named_operand x{"x", a.x};
    named_operand y{"y", a.y};
    if (status s = check_operand(op, x); !s.ok()) return s;
    if (!a.problem.ok()) [[unlikely]]
        return a.problem;
    const index_array<Rank> extents = pool_extents(a.x.extents(), a.windows, a.options.layout);
    if (a.y.extents() != extents) [[unlikely]]
        return pool_output_failure(op, a.x.extents(), a.y.extents(), extents);
    if (status s = check_output(op, y); !s.ok()) return s;
    if (status s = check_disjoint(op, y, x); !s.ok()) return s;
    if (padding_has_value || a.y.empty()) return {};
    return check_windows_filled(op, a.windows, first_spatial_axis(a.options.layout));
}

struct max_pool_op {
    static constexpr const char* name = "max_pool";
    template <class X, class Y, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const pool_arguments<X, Y, Rank, Space, max_pool_options<Rank - 2>>& a) noexcept {
        return check_pool(name, a, false);
    }
};
struct average_pool_op {
    static constexpr const char* name = "average_pool";
    template <class X, class Y, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const pool_arguments<X, Y, Rank, Space, average_pool_options<Rank - 2>>& a) noexcept {
        return check_pool(name, a, a.options.count_padding);
    }
};

template <class X>
consteval void require_pool_rank() {
    static_assert(rank_of<X> >= 3 && rank_of<X> <= 5,
                  "tenfold: pooling takes x of rank 3, 4 or 5: (n, c, spatial...), or (n, spatial..., c) with .layout = layout::nhwc");
}
template <class Op, class X, class Y, class Options>
TENFOLD_INLINE auto make_pool_arguments(const X& x, Y& y, const Options& options) noexcept {
    require_pool_rank<X>();
    constexpr std::size_t rank = rank_of<X>;
    static_assert(rank_of<Y> == rank, "tenfold: pooling takes x and y of one rank");
    constexpr bool maximum = std::is_same_v<Op, max_pool_op>;
    static_assert(!maximum || (dtype<value_of<X>> && std::is_same_v<value_of<X>, value_of<Y>>),
                  "tenfold: max_pool writes the type of x; use convert()");
    static_assert(
        maximum || is_stored_float<value_of<X>, value_of<Y>>,
        "tenfold: average_pool takes float, double, half or bfloat16, and writes that type (or float, for half and bfloat16); convert() "
        "integers first");
    pool_arguments<value_of<X>, value_of<Y>, rank, space_of<X>, Options> a{input_view(x), y.view(), options, {}, {}};
    a.windows = pool_windows<rank - 2>(Op::name, a.x.extents(), options, a.problem);
    return a;
}
template <class Op, class X, class Options, class Backend>
TENFOLD_INLINE auto allocate_pooled(const Backend& where, const X& x, const Options& options) {
    require_pool_rank<X>();
    status problem;  // reported by the op, which finds it again
    const auto windows = pool_windows<rank_of<X> - 2>(Op::name, x.view().extents(), options, problem);
    return allocate_result<value_of<X>>(where, pool_extents(x.view().extents(), windows, options.layout));
}

/// y <- the largest element of each window of the spatial axes.
///
/// Shapes     x (n, c, in...), y (n, c, out...), one to three spatial axes, or channels last with .layout = layout::nhwc;
///            out = floor((in + begin + end - (dilation (window - 1) + 1)) / stride) + 1.
/// Layout     any strides; fastest where the last axis of x and y is contiguous.
/// Types      all element types; y of x's type.
/// Special    padding never wins; a window of padding alone is a shape_error. NaN by .nan: propagated as the canonical NaN, or
///            ignored unless the window holds nothing else. +0 > -0. n or c = 0: nothing.
/// Aliasing   y shares no element with x: shape_error.
/// Errors     shape_error, unsupported_error; the std::nothrow overload returns the same as status. Before any write.
/// Accuracy   exact.
/// Cost       one comparison per tap and output; each element of x is read once per window that holds it.
/// Completes  on return for reference and cpu.
/// Bits       the same everywhere.
/// Source     IEEE 754-2019, section 9.6 (maximum); order of floats as integers: Herf 2001, "Radix tricks".
template <backend Backend, viewable X, writable Y>
TENFOLD_INLINE void max_pool(const Backend& where, const X& x, Y&& y, const max_pool_options<pool_spatial<X>>& options) {
    require_callable<max_pool_op, Backend, X, Y>();
    invoke<max_pool_op>(where, make_pool_arguments<max_pool_op>(x, y, options));
}
template <backend Backend, viewable X, writable Y>
[[nodiscard]] TENFOLD_INLINE status max_pool(std::nothrow_t, const Backend& where, const X& x, Y&& y,
                                             const max_pool_options<pool_spatial<X>>& options) noexcept {
    require_callable<max_pool_op, Backend, X, Y>();
    return invoke_nothrow<max_pool_op>(where, make_pool_arguments<max_pool_op>(x, y, options));
}
/// The same, returning a new tensor.
template <backend Backend, viewable X>
[[nodiscard]] TENFOLD_INLINE auto max_pool(const Backend& where, const X& x, const max_pool_options<pool_spatial<X>>& options) {
    auto y = allocate_pooled<max_pool_op>(where, x, options);
    max_pool(where, x, y, options);
    return y;
}

/// y <- the mean of each window of the spatial axes.
///
/// Shapes     as max_pool.
/// Layout     as max_pool.
/// Types      float, double, half, bfloat16; y of x's type, or float for the 16-bit ones, which are summed in float.
/// Special    padding is zero and counts in the divisor; with .count_padding = false it does not, and a window of padding alone
///            is a shape_error. NaN and Inf follow IEEE 754. n or c = 0: nothing.
/// Aliasing   as max_pool.
/// Errors     as max_pool.
/// Accuracy   |y - exact| <= gamma(taps + 1) mean |x|, plus one rounding to y's type.
/// Cost       one addition per tap and output, one division per output.
/// Completes  on return for reference and cpu.
/// Bits       the same for every instruction set and number of threads; the reference sums in double.
/// Source     the divisor of PyTorch's AvgPool (count_include_pad).
template <backend Backend, viewable X, writable Y>
TENFOLD_INLINE void average_pool(const Backend& where, const X& x, Y&& y, const average_pool_options<pool_spatial<X>>& options) {
    require_callable<average_pool_op, Backend, X, Y>();
    invoke<average_pool_op>(where, make_pool_arguments<average_pool_op>(x, y, options));
}
template <backend Backend, viewable X, writable Y>
[[nodiscard]] TENFOLD_INLINE status average_pool(std::nothrow_t, const Backend& where, const X& x, Y&& y,
                                                 const average_pool_options<pool_spatial<X>>& options) noexcept {
    require_callable<average_pool_op, Backend, X, Y>();
    return invoke_nothrow<average_pool_op>(where, make_pool_arguments<average_pool_op>(x, y, options));
}
/// The same, returning a new tensor of x's type.
template <backend Backend, viewable X>
[[nodiscard]] TENFOLD_INLINE auto average_pool(const Backend& where, const X& x, const average_pool_options<pool_spatial<X>>& options) {
    auto y = allocate_pooled<average_pool_op>(where, x, options);
    average_pool(where, x, y, options);
    return y;
}
TENFOLD_END
