// SPDX-License-Identifier: Apache-2.0
// conv_transpose: its checks and overloads; the same sums are the gradient of conv by its input.            [floor 3]
#pragma once

#include <tenfold/op/conv.hpp>

TENFOLD_BEGIN
/// Operands of one checked transposed convolution: x is what a convolution of y with w and `windows` would write.
template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
struct conv_transpose_arguments {
    using epilogue_type = Epilogue;
    static constexpr std::size_t rank = Rank;

    tensor_view<const X, Rank, Space> x;  // (n, c, o...) or (n, o..., c)
    tensor_view<const W, Rank, Space> w;  // (c, yc / groups, k...) or (c, k..., yc / groups)
    tensor_view<Y, Rank, Space> y;        // (n, yc, i...) or (n, i..., yc)
    conv_options<Rank - 2> options;
    Epilogue epilogue;
    window_geometry<Rank - 2> windows;  // input: of y; output: of x
    status problem;                     // of the windows or the epilogue, found while they were resolved and bound

    [[nodiscard]] TENFOLD_INLINE std::size_t channel() const noexcept { return channel_axis(options.layout, Rank); }
    [[nodiscard]] TENFOLD_INLINE index_t in_per_group() const noexcept { return w.extent(0) / options.groups; }
    [[nodiscard]] TENFOLD_INLINE index_t out_per_group() const noexcept { return w.extent(channel()); }
};

/// What messages call the operands of a gradient.
struct conv_names {
    const char* op;
    const char* x;
    const char* w;
    const char* y;
};

/// Rules of parameters that convolutions with swapped operands share: `inner` is convolved with w (out, in / groups, k...) to `outer`.
struct conv_relation {
    template <std::size_t Rank>
    [[nodiscard]] static status check(const char* op, const char* inner_name, const index_array<Rank>& inner, const char* w_name,
                                      const index_array<Rank>& w, const char* outer_name, const index_array<Rank>& outer,
                                      const conv_options<Rank - 2>& options, const window_geometry<Rank - 2>& windows,
                                      const status& problem) noexcept {
        const std::size_t channel = channel_axis(options.layout, Rank);
        if (options.algorithm == conv_algorithm::winograd) [[unlikely]]
            return failure(status_code::unsupported, op) << "algorithm winograd has no kernel; use "
                                                            "conv_algorithm::automatic or direct";
        const index_t groups = options.groups;
        if (groups < 1 || inner[channel] % groups != 0 || outer[channel] % groups != 0) [[unlikely]]
            return failure(status_code::shape, op)
                   << "groups = " << groups << " must be at least 1 and divide both " << inner_name << "'s channels, " << inner[channel]
                   << ", and " << outer_name << "'s, " << outer[channel];
        if (w[channel] != inner[channel] / groups) [[unlikely]]
            return mismatch(op, inner_name, inner, w_name, w, outer_name, outer, w_name, channel, w[channel], inner[channel] / groups);
        if (w[0] != outer[channel]) [[unlikely]]
            return mismatch(op, inner_name, inner, w_name, w, outer_name, outer, w_name, 0, w[0], outer[channel]);
        if (!problem.ok()) [[unlikely]]
            return problem;
        const index_array<Rank> need = conv_op::output_extents(inner, w, windows, options.layout);
        for (std::size_t axis = 0; axis < Rank; ++axis) {
            if (outer[axis] != need[axis]) [[unlikely]]
                return mismatch(op, inner_name, inner, w_name, w, outer_name, outer, outer_name, axis, outer[axis], need[axis]);
        }
        return {};
    }

private:
    template <std::size_t Rank>
    TENFOLD_COLD static status mismatch(const char* op, const char* inner_name, const index_array<Rank>& inner, const char* w_name,
                                        const index_array<Rank>& w, const char* outer_name, const index_array<Rank>& outer,
                                        const char* wrong, std::size_t axis, index_t have, index_t need) noexcept {
        return failure(status_code::shape, op) << inner_name << " is " << inner << ", " << w_name << " is " << w << ", " << outer_name
                                               << " is " << outer << "; " << wrong << ".extent(" << axis << ") = " << have << " must be "
                                               << need << ": a convolution of " << inner_name << " with " << w_name << " gives "
                                               << outer_name << ". Are .layout, .stride and .padding those of the convolution?";
    }
};

template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
[[nodiscard]] status check_conv_transpose(const conv_names& names,
                                          const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) noexcept {
    named_operand x{names.x, a.x};
    named_operand w{names.w, a.w};
    named_operand y{names.y, a.y};
    if (status s = check_operand(names.op, x); !s.ok()) return s;
    if (status s = check_operand(names.op, w); !s.ok()) return s;
    if (status s = conv_relation::check(names.op, names.y, a.y.extents(), names.w, a.w.extents(), names.x, a.x.extents(), a.options,
                                        a.windows, a.problem);
        !s.ok())
        return s;
    if (status s = check_output(names.op, y); !s.ok()) return s;
    if (status s = check_disjoint(names.op, y, x); !s.ok()) return s;
    if (status s = check_disjoint(names.op, y, w); !s.ok()) return s;
    return check_epilogue_apart(a.epilogue, names.op, y);
}

struct conv_transpose_op {
    static constexpr const char* name = "conv_transpose";
    static constexpr conv_names names{name, "x", "w", "y"};

    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    [[nodiscard]] static status check(const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) noexcept {
        return check_conv_transpose(names, a);
    }
};

/// Types and ranks of gradients and of transposed convolutions: inputs A and B, output C.
template <class A, class B, class C>
consteval void require_conv_gradient_types() {
    static_assert(rank_of<A> >= 3 && rank_of<A> <= 5 && rank_of<B> == rank_of<A> && rank_of<C> == rank_of<A>,
                  "tenfold: transposed convolutions and gradients take operands "
                  "of one rank: 3, 4 or 5 for 1, 2 or 3 spatial axes");
    static_assert(is_floating_v<value_of<A>> && std::is_same_v<value_of<A>, value_of<B>>,
                  "tenfold: transposed convolutions and gradients take inputs of "
                  "one type: float, double, half or bfloat16. Use convert()");
    static_assert(std::is_same_v<value_of<C>, value_of<A>> || std::is_same_v<value_of<C>, accumulator_t<value_of<A>>>,
                  "tenfold: transposed convolutions and gradients write the "
                  "inputs' type, or float for half and bfloat16");
    static_assert(std::is_same_v<space_of<A>, space_of<C>> && std::is_same_v<space_of<B>, space_of<C>>,
                  "tenfold: transposed convolutions and gradients take operands "
                  "of one memory space");
}

template <class X, class W, class Y, class Epilogue>
TENFOLD_INLINE auto make_conv_transpose_arguments(const conv_names& names, const X& x, const W& w, Y& y, const conv_options_of<X>& options,
                                                  const Epilogue& epilogue) noexcept {
    require_conv_gradient_types<X, W, Y>();
    constexpr std::size_t rank = rank_of<X>;
    static_assert(epilogue_for<Epilogue, accumulator_t<value_of<X>>, rank>,
                  "tenfold: the epilogue of conv_transpose is a functor (accumulator, "
                  "index...) -> value with one index per axis of y");
    conv_transpose_arguments<value_of<X>, value_of<W>, value_of<Y>, rank, Epilogue, space_of<X>> a{
        input_view(x), input_view(w), y.view(), options, epilogue, {}, {}};
    a.windows = conv_windows(a.y.extents(), a.w.extents(), options, a.problem, names.op, names.y);
    if (a.problem.ok()) a.problem = bind_epilogue(a.epilogue, output_shape<rank>{names.op, a.y.extents(), a.channel()});
    return a;
}

/// y <- epilogue(sum over channels c of a group, outputs o and taps t with o stride + t dilation - begin = i of x(n, c, o) w(c, yc, t)).
///
/// Shapes     nchw: x (n, c, o...), w (c, yc / groups, k...), y (n, yc, i...); nhwc: x (n, o..., c), w (c, k..., yc / groups),
///            y (n, i..., yc); 1, 2 or 3 spatial axes. y's spatial extents are any that a convolution with the same options takes to
///            o: (o - 1) stride + dilation (k - 1) + 1 - begin - end, and up to stride - 1 more.
/// Layout     any strides, zero and negative included, in both layouts.
/// Types      x, w: T of float, double, half, bfloat16; sums in accumulator_t<T>. y: T or accumulator_t<T>.
/// Special    positions of y that no tap reaches (stride beyond the window) are epilogue(0). n or yc == 0: nothing; c == 0: epilogue(0).
///            NaN and Inf follow IEEE 754; whether a weight meets a zero beside x is unspecified.
/// Aliasing   x and w may overlap; y overlaps neither: shape_error. An add(residual) may be y itself.
/// Errors     shape_error, unsupported_error (.algorithm = winograd), std::bad_alloc; the std::nothrow overload returns the same as
///            status. Before any write; only an exception of the epilogue comes after, and leaves y unspecified.
/// Accuracy   |y - exact| <= gamma(d) |x||w| element-wise, d = c / groups times the taps, plus one rounding to y's type.
/// Cost       2 |x| |w| / c flop; scratch as conv.
/// Completes  on return for reference and cpu.
/// Bits       depend on shapes, strides, dtypes, options and active_isa(); not on threads, arena or alignment.
/// Source     Dumoulin & Visin 2016, A guide to convolution arithmetic; one convolution per residue of i modulo stride.
template <backend Backend, viewable X, viewable W, writable Y, class Epilogue = identity>
    requires conv_epilogue<Epilogue>
TENFOLD_INLINE void conv_transpose(const Backend& where, const X& x, const W& w, Y&& y, const conv_options_of<X>& options = {},
                                   const Epilogue& epilogue = {}) {
    require_callable<conv_transpose_op, Backend, X, W, Y>();
    invoke<conv_transpose_op>(where, make_conv_transpose_arguments(conv_transpose_op::names, x, w, y, options, epilogue));
}
template <backend Backend, viewable X, viewable W, writable Y, conv_epilogue Epilogue>
TENFOLD_INLINE void conv_transpose(const Backend& where, const X& x, const W& w, Y&& y, const Epilogue& epilogue) {
    conv_transpose(where, x, w, y, conv_options_of<X>{}, epilogue);
}
template <backend Backend, viewable X, viewable W, writable Y, class Epilogue = identity>
    requires conv_epilogue<Epilogue>
[[nodiscard]] TENFOLD_INLINE status conv_transpose(std::nothrow_t, const Backend& where, const X& x, const W& w, Y&& y,
                                                   const conv_options_of<X>& options = {}, const Epilogue& epilogue = {}) noexcept {
    require_callable<conv_transpose_op, Backend, X, W, Y>();
    return invoke_nothrow<conv_transpose_op>(where, make_conv_transpose_arguments(conv_transpose_op::names, x, w, y, options, epilogue));
}
template <backend Backend, viewable X, viewable W, writable Y, conv_epilogue Epilogue>
[[nodiscard]] TENFOLD_INLINE status conv_transpose(std::nothrow_t, const Backend& where, const X& x, const W& w, Y&& y,
                                                   const Epilogue& epilogue) noexcept {
    return conv_transpose(std::nothrow, where, x, w, y, conv_options_of<X>{}, epilogue);
}
TENFOLD_END
