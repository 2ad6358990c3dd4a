// SPDX-License-Identifier: Apache-2.0
// conv: its options, checks, counts and overloads. How it is computed: kernel/<backend>/conv.hpp.           [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/check.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/op/functor/epilogue.hpp>
#include <tenfold/op/matmul.hpp>  // matmul_op::max_k, matmul_value: convolution sums products as matmul does
#include <tenfold/op/spatial.hpp>

#include <new>

TENFOLD_TYPES_BEGIN
enum class conv_algorithm : std::uint8_t {
    automatic,  ///< the fastest whose rounding is that of direct sums
    direct,
    winograd  ///< 3x3 windows that move by one: 2.25 to 4 times fewer multiplications, larger errors; never chosen by automatic
};
TENFOLD_TYPES_END

TENFOLD_BEGIN
struct conv_op;

/// Lists hold one value per spatial axis.
template <std::size_t Spatial>
struct conv_options {
    index_array<Spatial> stride = filled<Spatial>(1);
    padding_pair padding[Spatial] = {};  ///< zeros around the input: {{begin, end}, ...}
    index_array<Spatial> dilation = filled<Spatial>(1);
    index_t groups = 1;                  ///< channels fall into this many independent convolutions
    tenfold::layout layout = tenfold::layout::nchw;
    conv_algorithm algorithm = conv_algorithm::automatic;
};
template <class O>
inline constexpr bool is_conv_options_v = false;
template <std::size_t Spatial>
inline constexpr bool is_conv_options_v<conv_options<Spatial>> = true;

/// The options of a convolution of X; no type where X is not an operand, so that overloads drop out.
template <class X>
struct conv_options_for {};
template <viewable X>
struct conv_options_for<X> {
    using type = conv_options<(rank_of<X> >= 3 && rank_of<X> <= 5 ? rank_of<X> - 2 : 1)>;  // other ranks are refused with a sentence
};
template <class X>
using conv_options_of = typename conv_options_for<X>::type;

/// Operands of one checked convolution.
template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
struct conv_arguments {
    using op = conv_op;
    using x_type = X;
    using w_type = W;
    using y_type = Y;
    using epilogue_type = Epilogue;
    static constexpr std::size_t rank = Rank;

    tensor_view<const X, Rank, Space> x;  // (n, c, spatial...) or (n, spatial..., c)
    tensor_view<const W, Rank, Space> w;  // (oc, c / groups, k...) or (oc, k..., c / groups)
    tensor_view<Y, Rank, Space> y;        // (n, oc, out...) or (n, out..., oc)
    conv_options<Rank - 2> options;
    Epilogue epilogue;
    window_geometry<Rank - 2> windows;
    status problem;  ///< of the windows or the epilogue, found while they were resolved and bound

    [[nodiscard]] TENFOLD_INLINE std::size_t channel() const noexcept { return channel_axis(options.layout, Rank); }
    [[nodiscard]] TENFOLD_INLINE index_t in_per_group() const noexcept { return w.extent(channel()); }
    [[nodiscard]] TENFOLD_INLINE index_t out_per_group() const noexcept { return w.extent(0) / options.groups; }
    /// Products per output element, those on padding included.
    [[nodiscard]] TENFOLD_INLINE index_t depth() const noexcept { return element_count(windows.window) * in_per_group(); }
};

struct conv_op {
    static constexpr const char* name = "conv";

    /// Multiply-adds count 2; products with padding count as work.
    [[nodiscard]] static constexpr index_t flops(index_t output_elements, index_t depth) noexcept { return 2 * output_elements * depth; }
    template <class Arguments>
    [[nodiscard]] static index_t flops(const Arguments& a) noexcept {
        return flops(a.y.size(), a.depth());
    }
    /// Each element of x, w and y once.
    template <class Arguments>
    [[nodiscard]] static index_t bytes(const Arguments& a) noexcept {
        return a.x.size() * static_cast<index_t>(sizeof(typename Arguments::x_type)) +
               a.w.size() * static_cast<index_t>(sizeof(typename Arguments::w_type)) +
               a.y.size() * static_cast<index_t>(sizeof(typename Arguments::y_type));
    }

    /// The operands of a planned call and of another run of it.
    template <class Arguments>
    [[nodiscard]] static status check_same(const Arguments& planned, const Arguments& given) noexcept {
        if (status s = check_planned(name, "x", planned.x, given.x); !s.ok()) return s;
        if (status s = check_planned(name, "w", planned.w, given.w); !s.ok()) return s;
        return check_planned(name, "y", planned.y, given.y);
    }

    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    [[nodiscard]] static status check(const conv_arguments<X, W, Y, Rank, Epilogue, Space>& a) noexcept {
        named_operand x{"x", a.x};
        named_operand w{"w", a.w};
        named_operand y{"y", a.y};
        if (status s = check_operand(name, x); !s.ok()) return s;
        if (status s = check_operand(name, w); !s.ok()) return s;
        if (a.options.algorithm == conv_algorithm::winograd && !fits_winograd<X>(a.w.extents(), a.options)) [[unlikely]]
            return winograd_failure(name, a.w.extents());
        const index_t groups = a.options.groups;
        const std::size_t channel = a.channel();
        if (groups < 1 || a.x.extent(channel) % groups != 0 || a.w.extent(0) % groups != 0) [[unlikely]]
            return groups_failure(groups, a.x.extent(channel), a.w.extent(0));
        if (a.w.extent(channel) != a.x.extent(channel) / groups) [[unlikely]]
            return channel_failure(a.x.extents(), a.w.extents(), channel, groups);
        if (!a.problem.ok()) [[unlikely]]
            return a.problem;
        const index_array<Rank> extents = output_extents(a);
        if (a.y.extents() != extents) [[unlikely]]
            return output_failure(a.x.extents(), a.w.extents(), a.y.extents(), extents);
        if (status s = check_output(name, y); !s.ok()) return s;
        if (status s = check_disjoint(name, y, x); !s.ok()) return s;
        if (status s = check_disjoint(name, y, w); !s.ok()) return s;
        constexpr index_t limit = matmul_op::max_k<X, W>();
        if (limit > 0 && !a.w.empty() && a.depth() > limit) [[unlikely]]
            return depth_failure(a.w.extents(), a.depth(), limit);
        return check_epilogue_apart(a.epilogue, name, y);
    }

    /// What the fast algorithm is for: two spatial axes, 3x3 windows that move by one, one group, floating point.
    template <class T, std::size_t Rank>
    [[nodiscard]] static bool fits_winograd(const index_array<Rank>& w, const conv_options<Rank - 2>& options) noexcept {
        if constexpr (Rank != 4 || !is_floating_v<T>) {
            return false;
        } else {
            const std::size_t first = first_spatial_axis(options.layout);
            bool plain = options.groups == 1;
            for (std::size_t i = 0; i < 2; ++i) plain = plain && w[first + i] == 3 && options.stride[i] == 1 && options.dilation[i] == 1;
            return plain;
        }
    }
    template <std::size_t Rank>
    TENFOLD_COLD static status winograd_failure(const char* op, const index_array<Rank>& w) noexcept {
        return failure(status_code::unsupported, op)
               << "algorithm winograd is for floating-point 3 x 3 filters with stride 1, dilation 1 and one group; w is " << w
               << ". Use conv_algorithm::automatic or direct";
    }

    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    [[nodiscard]] TENFOLD_INLINE static index_array<Rank> output_extents(const conv_arguments<X, W, Y, Rank, Epilogue, Space>& a) noexcept {
        return output_extents(a.x.extents(), a.w.extents(), a.windows, a.options.layout);
    }
    template <std::size_t Rank>
    [[nodiscard]] TENFOLD_INLINE static index_array<Rank> output_extents(const index_array<Rank>& x, const index_array<Rank>& w,
                                                                         const window_geometry<Rank - 2>& windows, layout order) noexcept {
        index_array<Rank> y = x;
        y[channel_axis(order, Rank)] = w[0];
        for (std::size_t i = 0; i + 2 < Rank; ++i) y[first_spatial_axis(order) + i] = windows.output[i];
        return y;
    }

private:
    TENFOLD_COLD static status groups_failure(index_t groups, index_t in, index_t out) noexcept {
        return failure(status_code::shape, name) << "groups = " << groups << " must be at least 1 and divide both x's channels, " << in
                                                 << ", and w's output channels, " << out;
    }
    template <std::size_t Rank>
    TENFOLD_COLD static status channel_failure(const index_array<Rank>& x, const index_array<Rank>& w, std::size_t axis,
                                               index_t groups) noexcept {
        return failure(status_code::shape, name)
               << "x is " << x << ", w is " << w << "; w.extent(" << axis << ") = " << w[axis] << " must equal x.extent(" << axis
               << ") / groups = " << x[axis] << " / " << groups << ". Is .layout the layout of x and w?";
    }
    template <std::size_t Rank>
    TENFOLD_COLD static status output_failure(const index_array<Rank>& x, const index_array<Rank>& w, const index_array<Rank>& have,
                                              const index_array<Rank>& need) noexcept {
        std::size_t axis = 0;
        while (have[axis] == need[axis]) ++axis;
        return failure(status_code::shape, name) << "x is " << x << ", w is " << w << ", y is " << have << "; y.extent(" << axis
                                                 << ") = " << have[axis] << " must be " << need[axis] << ". Give y the extents " << need;
    }
    template <std::size_t Rank>
    TENFOLD_COLD static status depth_failure(const index_array<Rank>& w, index_t depth, index_t limit) noexcept {
        return failure(status_code::shape, name) << "w is " << w << ": " << depth << " products per output exceed " << limit
                                                 << ", the most for which the int32 sum of these 8-bit products is "
                                                    "exact. Split the "
                                                    "channels, or convert() to float first";
    }
};

template <class X, class W, class Y>
consteval void require_conv_types() {
    constexpr bool bytes = sizeof(value_of<X>) == 1 && sizeof(value_of<W>) == 1;
    static_assert(rank_of<X> >= 3 && rank_of<X> <= 5 && rank_of<W> == rank_of<X>,
                  "tenfold: conv takes x and w of one rank: 3, 4 or 5 for 1, 2 "
                  "or 3 spatial axes");
    static_assert(dtype<value_of<X>> && dtype<value_of<W>> && (std::is_same_v<value_of<X>, value_of<W>> || bytes),
                  "tenfold: conv takes x and w of one type: float, double, half, "
                  "bfloat16 or int32_t; int8_t and uint8_t mix. Use convert()");
    static_assert(std::is_same_v<Y, value_of<X>> || std::is_same_v<Y, accumulator_t<value_of<X>>> || (bytes && std::is_same_v<Y, float>),
                  "tenfold: conv writes y of the inputs' type or of their "
                  "accumulator (float for half and bfloat16, int32_t or, after "
                  "the epilogue, float for 8-bit)");
    static_assert(!(bytes && sizeof(Y) == 1),
                  "tenfold: conv of 8-bit integers writes int32_t (or float "
                  "after the epilogue)");
}

/// The windows of filters w on images x, resolved; what is wrong with them goes to `problem` and leaves output extents of 0.
/// `operand`: what messages of `op` call x.
template <std::size_t Rank>
TENFOLD_INLINE window_geometry<Rank - 2> conv_windows(const index_array<Rank>& x, const index_array<Rank>& w,
                                                      const conv_options<Rank - 2>& options, status& problem,
                                                      const char* op = conv_op::name, const char* operand = "x") noexcept {
    const std::size_t first = first_spatial_axis(options.layout);
    window_geometry<Rank - 2> windows;
    windows.stride = options.stride;
    windows.dilation = options.dilation;
    for (std::size_t i = 0; i + 2 < Rank; ++i) {
        windows.input[i] = x[first + i];
        windows.window[i] = w[first + i];
        windows.begin[i] = options.padding[i].begin;
        windows.end[i] = options.padding[i].end;
    }
    problem = resolve_windows(op, windows, first, operand);
    return windows;
}

template <class X, class W, class Y, class Epilogue>
TENFOLD_INLINE auto make_conv_arguments(const X& x, const W& w, Y& y, const conv_options_of<X>& options,
                                        const Epilogue& epilogue) noexcept {
    require_conv_types<X, W, value_of<Y>>();
    constexpr std::size_t rank = rank_of<X>;
    static_assert(rank_of<Y> == rank, "tenfold: conv needs y of the rank of x");
    static_assert(std::is_same_v<space_of<X>, space_of<Y>> && std::is_same_v<space_of<W>, space_of<Y>>,
                  "tenfold: conv takes operands of one memory space");
    static_assert(epilogue_for<Epilogue, accumulator_t<value_of<X>>, rank>,
                  "tenfold: the epilogue of conv is a functor (accumulator, index...) -> "
                  "value with one index per axis of y; gelu and silu need a "
                  "floating-point accumulator");
    conv_arguments<value_of<X>, value_of<W>, value_of<Y>, rank, Epilogue, space_of<X>> a{
        input_view(x), input_view(w), y.view(), options, epilogue, {}, {}};
    a.windows = conv_windows(a.x.extents(), a.w.extents(), options, a.problem);
    if (a.problem.ok()) {
        const index_array<rank> extents = conv_op::output_extents(a);  // y's, once it is checked
        a.problem = bind_epilogue(a.epilogue, output_shape<rank>{conv_op::name, extents, a.channel()});
    }
    return a;
}

template <class E>
concept conv_epilogue = !viewable<E> && !is_conv_options_v<std::remove_cvref_t<E>>;

/// What w may be: a view or tensor here, packed weights in op/pack_conv.hpp.
template <class W>
struct conv_weights {};
template <viewable W>
struct conv_weights<W> {
    using op = conv_op;
    TENFOLD_INLINE static auto view(const W& w) noexcept { return input_view(w); }
    template <class X, class Y, class Epilogue>
    TENFOLD_INLINE static auto arguments(const X& x, const W& w, Y& y, const conv_options_of<X>& options,
                                         const Epilogue& epilogue) noexcept {
        return make_conv_arguments(x, w, y, options, epilogue);
    }
};
template <class W>
concept conv_filter = requires(const W& w) { conv_weights<W>::view(w); };
template <class W>
using filter_view = decltype(conv_weights<W>::view(std::declval<const W&>()));

/// y <- epilogue(sum over channels of a group and taps of x w): what neural networks call convolution (w is not flipped).
///
/// Shapes     nchw: x (n, c, in...), w (oc, c / groups, k...), y (n, oc, out...); nhwc: x (n, in..., c), w (oc, k..., c / groups),
///            y (n, out..., oc); 1, 2 or 3 spatial axes. out = floor((in + begin + end - (dilation (k - 1) + 1)) / stride) + 1.
///            groups divides c and oc; groups == c is a depthwise convolution.
/// Layout     any strides, zero and negative included, in both layouts; fastest where the axis of channels (nhwc) or the last
///            axis (nchw) is contiguous. Input rows pass through scratch, never k-fold.
/// Types      x, w: T, sums in accumulator_t<T>: float for half and bfloat16, exact int32 for 8-bit (mixed signs allowed), int32
///            modulo 2^32. y: T or accumulator_t<T>; 8-bit: int32, or float after the epilogue.
/// Special    padding is the number 0; whether it meets an infinite or NaN weight is unspecified, for finite weights the result is
///            that of an input padded by hand. n or oc == 0: nothing. c == 0: epilogue(0). in == 0: all padding. NaN and Inf
///            follow IEEE 754.
/// Aliasing   x and w may overlap; y overlaps neither: shape_error. An add(residual) may be y itself.
/// Errors     shape_error, unsupported_error (an algorithm that is not for such filters), std::bad_alloc; the std::nothrow
///            overload returns the same as status. Before any write; only an exception of the epilogue comes after, and leaves
///            y unspecified.
/// Accuracy   |y - exact| <= gamma(d) |x||w| element-wise, d = c / groups times the taps, gamma(n) = n u / (1 - n u), plus one
///            rounding to y's type. reference: u of double. [Higham 2002, section 3]
///            .algorithm = winograd: |y - exact| <= gamma(c + 30) f c max|x| max|w|, f = 2304 where c and oc are 32 or more, else 64.
/// Cost       2 |y| d flop; bytes >= |x| + |w| read + |y| written.
/// Completes  on return for reference and cpu.
/// Bits       depend on shapes, strides, dtypes, options and active_isa(); not on threads, arena or alignment.
/// Source     Georganas et al. 2020 (batch-reduce tiles); Zhang, Franchetti & Low 2018 (direct convolution without extra memory).
template <backend Backend, viewable X, conv_filter W, writable Y, class Epilogue = identity>
    requires conv_epilogue<Epilogue>
TENFOLD_INLINE void conv(const Backend& where, const X& x, const W& w, Y&& y, const conv_options_of<X>& options = {},
                         const Epilogue& epilogue = {}) {
    require_callable<typename conv_weights<W>::op, Backend, X, filter_view<W>, Y>();
    invoke<typename conv_weights<W>::op>(where, conv_weights<W>::arguments(x, w, y, options, epilogue));
}
template <backend Backend, viewable X, conv_filter W, writable Y, conv_epilogue Epilogue>
TENFOLD_INLINE void conv(const Backend& where, const X& x, const W& w, Y&& y, const Epilogue& epilogue) {
    conv(where, x, w, y, conv_options_of<X>{}, epilogue);
}
template <backend Backend, viewable X, conv_filter W, writable Y, class Epilogue = identity>
    requires conv_epilogue<Epilogue>
[[nodiscard]] TENFOLD_INLINE status conv(std::nothrow_t, const Backend& where, const X& x, const W& w, Y&& y,
                                         const conv_options_of<X>& options = {}, const Epilogue& epilogue = {}) noexcept {
    require_callable<typename conv_weights<W>::op, Backend, X, filter_view<W>, Y>();
    return invoke_nothrow<typename conv_weights<W>::op>(where, conv_weights<W>::arguments(x, w, y, options, epilogue));
}
template <backend Backend, viewable X, conv_filter W, writable Y, conv_epilogue Epilogue>
[[nodiscard]] TENFOLD_INLINE status conv(std::nothrow_t, const Backend& where, const X& x, const W& w, Y&& y,
                                         const Epilogue& epilogue) noexcept {
    return conv(std::nothrow, where, x, w, y, conv_options_of<X>{}, epilogue);
}
/// The same, returning a new tensor of T (int32 for 8-bit types).
template <backend Backend, viewable X, conv_filter W, class Epilogue = identity>
    requires conv_epilogue<Epilogue>
[[nodiscard]] TENFOLD_INLINE auto conv(const Backend& where, const X& x, const W& w, const conv_options_of<X>& options = {},
                                       const Epilogue& epilogue = {}) {
    require_callable<typename conv_weights<W>::op, Backend, X, filter_view<W>>();
    static_assert(rank_of<filter_view<W>> == rank_of<X> && rank_of<X> >= 3,
                  "tenfold: conv takes x and w of one rank: 3, 4 or 5 for 1, 2 "
                  "or 3 spatial axes");
    status problem;  ///< of the windows or the epilogue, found while they were resolved and bound
    const auto filters = conv_weights<W>::view(w).extents();
    const auto windows = conv_windows(x.view().extents(), filters, options, problem);
    auto y = allocate_result<matmul_value<X, filter_view<W>>>(
        where, conv_op::output_extents(x.view().extents(), filters, windows, options.layout));
    conv(where, x, w, y, options, epilogue);
    return y;
}
template <backend Backend, viewable X, conv_filter W, conv_epilogue Epilogue>
[[nodiscard]] TENFOLD_INLINE auto conv(const Backend& where, const X& x, const W& w, const Epilogue& epilogue) {
    return conv(where, x, w, conv_options_of<X>{}, epilogue);
}

/// The arguments of a call, for plan() and explain(), and those of another run of a plan.
template <viewable X, conv_filter W, writable Y, class Epilogue = identity>
    requires conv_epilogue<Epilogue>
TENFOLD_INLINE auto arguments_of(conv_op, const X& x, const W& w, Y&& y, const conv_options_of<X>& options = {},
                                 const Epilogue& epilogue = {}) noexcept {
    return conv_weights<W>::arguments(x, w, y, options, epilogue);
}
template <viewable X, conv_filter W, writable Y, conv_epilogue Epilogue>
TENFOLD_INLINE auto arguments_of(conv_op op, const X& x, const W& w, Y&& y, const Epilogue& epilogue) noexcept {
    return arguments_of(op, x, w, y, conv_options_of<X>{}, epilogue);
}
template <class Planned, viewable X, conv_filter W, writable Y>
TENFOLD_INLINE auto rebound(conv_op, const Planned& planned, const X& x, const W& w, Y&& y) noexcept {
    return conv_weights<W>::arguments(x, w, y, planned.options, planned.epilogue);
}
template <class Planned, viewable X, conv_filter W, writable Y, conv_epilogue Epilogue>
TENFOLD_INLINE auto rebound(conv_op, const Planned& planned, const X& x, const W& w, Y&& y, const Epilogue& epilogue) noexcept {
    return conv_weights<W>::arguments(x, w, y, planned.options, epilogue);
}
TENFOLD_END
