// SPDX-License-Identifier: Apache-2.0
// conv_backward_data, conv_backward_weights: the gradients of conv.                                        [floor 3]
#pragma once

#include <tenfold/op/conv_transpose.hpp>

TENFOLD_BEGIN
struct conv_backward_data_op {
    static constexpr const char* name = "conv_backward_data";
    static constexpr conv_names names{name, "grad_output", "w", "grad_input"};

    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    [[nodiscard]] static status check(const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) noexcept {
        return check_conv_transpose(names, a);
    }
};

/// Operands of one checked gradient by weights.
template <class X, class G, class W, std::size_t Rank, class Space>
struct conv_backward_weights_arguments {
    tensor_view<const X, Rank, Space> x;            // (n, c, i...) or (n, i..., c)
    tensor_view<const G, Rank, Space> grad_output;  // (n, oc, o...) or (n, o..., oc)
    tensor_view<W, Rank, Space> grad_w;             // (oc, c / groups, k...) or (oc, k..., c / groups)
    conv_options<Rank - 2> options;
    window_geometry<Rank - 2> windows;  // of the convolution
    status problem;

    [[nodiscard]] TENFOLD_INLINE std::size_t channel() const noexcept { return channel_axis(options.layout, Rank); }
    [[nodiscard]] TENFOLD_INLINE index_t in_per_group() const noexcept { return grad_w.extent(channel()); }
    [[nodiscard]] TENFOLD_INLINE index_t out_per_group() const noexcept { return grad_w.extent(0) / options.groups; }
};

struct conv_backward_weights_op {
    static constexpr const char* name = "conv_backward_weights";

    template <class X, class G, class W, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const conv_backward_weights_arguments<X, G, W, Rank, Space>& a) noexcept {
        named_operand x{"x", a.x};
        named_operand g{"grad_output", a.grad_output};
        named_operand w{"grad_w", a.grad_w};
        if (status s = check_operand(name, x); !s.ok()) return s;
        if (status s = check_operand(name, g); !s.ok()) return s;
        if (status s = conv_relation::check(name, x.name, a.x.extents(), w.name, a.grad_w.extents(), g.name, a.grad_output.extents(),
                                            a.options, a.windows, a.problem);
            !s.ok())
            return s;
        if (status s = check_output(name, w); !s.ok()) return s;
        if (status s = check_disjoint(name, w, x); !s.ok()) return s;
        return check_disjoint(name, w, g);
    }
};

template <class X, class G, class W>
TENFOLD_INLINE auto make_conv_backward_weights_arguments(const X& x, const G& grad_output, W& grad_w,
                                                         const conv_options_of<X>& options) noexcept {
    require_conv_gradient_types<X, G, W>();
    conv_backward_weights_arguments<value_of<X>, value_of<G>, value_of<W>, rank_of<X>, space_of<X>> a{
        input_view(x), input_view(grad_output), grad_w.view(), options, {}, {}};
    a.windows = conv_windows(a.x.extents(), a.grad_w.extents(), options, a.problem, conv_backward_weights_op::name, "x");
    return a;
}

/// grad_input <- the gradient by x of sum(grad_output * conv(x, w, options)): conv_transpose of grad_output with w, without epilogue.
///
/// Shapes     those of the convolution: grad_output as its y, w as its w, grad_input as its x.
/// Layout, Types, Special, Aliasing, Errors, Accuracy, Cost, Completes, Bits: as conv_transpose; positions that no window met are 0.
/// Source     see conv_transpose.
template <backend Backend, viewable G, viewable W, writable X>
TENFOLD_INLINE void conv_backward_data(const Backend& where, const G& grad_output, const W& w, X&& grad_input,
                                       const conv_options_of<G>& options = {}) {
    require_callable<conv_backward_data_op, Backend, G, W, X>();
    invoke<conv_backward_data_op>(
        where, make_conv_transpose_arguments(conv_backward_data_op::names, grad_output, w, grad_input, options, identity{}));
}
template <backend Backend, viewable G, viewable W, writable X>
[[nodiscard]] TENFOLD_INLINE status conv_backward_data(std::nothrow_t, const Backend& where, const G& grad_output, const W& w,
                                                       X&& grad_input, const conv_options_of<G>& options = {}) noexcept {
    require_callable<conv_backward_data_op, Backend, G, W, X>();
    return invoke_nothrow<conv_backward_data_op>(
        where, make_conv_transpose_arguments(conv_backward_data_op::names, grad_output, w, grad_input, options, identity{}));
}

/// grad_w <- the gradient by w of sum(grad_output * conv(x, w, options)):
/// grad_w(oc, c, t) = sum over n, o of grad_output(n, oc, o) x(n, c, o stride + t dilation - begin).
///
/// Shapes     those of the convolution: x as its x, grad_output as its y, grad_w as its w.
/// Layout     any strides, zero and negative included, in both layouts.
/// Types      x, grad_output: T of float, double, half, bfloat16; sums in accumulator_t<T>. grad_w: T or accumulator_t<T>.
/// Special    n == 0: zeros. oc or c == 0: nothing. NaN and Inf follow IEEE 754; whether grad_output meets padding is unspecified.
/// Aliasing   x and grad_output may overlap; grad_w overlaps neither: shape_error.
/// Errors     shape_error, unsupported_error (.algorithm = winograd), std::bad_alloc, before any write.
/// Accuracy   |grad_w - exact| <= gamma(d) |grad_output||x| element-wise, d = n times the outputs per channel, plus one rounding.
/// Cost       2 |grad_output| |w| / oc flop; scratch: some copied rows per thread, and sums of a fixed number of parts of the images.
/// Completes  on return for reference and cpu.
/// Bits       depend on shapes, strides, dtypes, options and active_isa(); not on threads, arena or alignment.
/// Source     Georganas et al. 2020 (batch-reduce tiles).
template <backend Backend, viewable X, viewable G, writable W>
TENFOLD_INLINE void conv_backward_weights(const Backend& where, const X& x, const G& grad_output, W&& grad_w,
                                          const conv_options_of<X>& options = {}) {
    require_callable<conv_backward_weights_op, Backend, X, G, W>();
    invoke<conv_backward_weights_op>(where, make_conv_backward_weights_arguments(x, grad_output, grad_w, options));
}
template <backend Backend, viewable X, viewable G, writable W>
[[nodiscard]] TENFOLD_INLINE status conv_backward_weights(std::nothrow_t, const Backend& where, const X& x, const G& grad_output,
                                                          W&& grad_w, const conv_options_of<X>& options = {}) noexcept {
    require_callable<conv_backward_weights_op, Backend, X, G, W>();
    return invoke_nothrow<conv_backward_weights_op>(where, make_conv_backward_weights_arguments(x, grad_output, grad_w, options));
}
TENFOLD_END
