// SPDX-License-Identifier: Apache-2.0
// layer_norm and rms_norm along one axis. How they are computed: kernel/<backend>/normalise.hpp.           [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/exec/one_axis.hpp>

#include <cmath>
#include <new>

TENFOLD_BEGIN
struct normalise_options {
    double epsilon = 1e-5;  ///< added to the mean square under the root; > 0
};

/// One checked normalisation. `scale` and `bias` are per element of the axis; without them they are null.
template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
struct normalise_arguments {
    tensor_view<const X, Rank, Space> x;
    tensor_view<Y, Rank, Space> y;
    index_t axis;  ///< as given; negative counts from the end
    normalise_options options;
    bool has_scale = false;
    bool has_bias = false;
    tensor_view<const Scale, 1, Space> scale{};
    tensor_view<const Bias, 1, Space> bias{};
};

TENFOLD_COLD inline status epsilon_failure(const char* op) noexcept {
    return failure(status_code::shape, op) << "epsilon must be a finite number above 0; it keeps rows of equal values from dividing by 0";
}
TENFOLD_COLD inline status parameter_extent_failure(const char* op, const char* name, index_t have, index_t axis, index_t need) noexcept {
    return failure(status_code::shape, op) << name << " has " << have << " elements, x has extent " << need << " along axis " << axis
                                           << ". Give one value per element of that axis";
}

template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
[[nodiscard]] status check_normalise(const char* op, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) noexcept {
    named_operand x{"x", a.x};
    named_operand y{"y", a.y};
    if (status s = check_along_axis(op, x, y, a.axis); !s.ok()) return s;
    if (!(a.options.epsilon > 0) || !(a.options.epsilon <= 1.7976931348623157e308)) [[unlikely]]
        return epsilon_failure(op);
    const auto check_parameter = [&](const char* name, const auto& view) -> status {
        const index_t n = a.x.extent(axis_from_front<Rank>(a.axis));
        named_operand parameter{name, view};
        if (status s = check_operand(op, parameter); !s.ok()) return s;
        if (view.extent(0) != n) [[unlikely]]
            return parameter_extent_failure(op, name, view.extent(0), a.axis, n);
        return check_disjoint(op, y, parameter);
    };
    if (a.has_scale) {
        if (status s = check_parameter("scale", a.scale); !s.ok()) return s;
    }
    return a.has_bias ? check_parameter("bias", a.bias) : status();
}

struct layer_norm_op {
    static constexpr const char* name = "layer_norm";
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) noexcept {
        return check_normalise(name, a);
    }
    /// |y - exact| over u, for an element that is `normalised` before scale and bias: the mean is kept as a rounded value
    /// and its remainder, so that its error, like that of the differences, is relative to the spread of the row and not to
    /// its offset: 24 u standard deviations. The variance passes at most 16 + 6 + 1 roundings and its root halves them.
    [[nodiscard]] static double error_bound(double normalised, double scale, double bias, double result) noexcept {
        return std::abs(scale) * (26 + 24 * std::abs(normalised)) + 2 * std::abs(bias) + 2 * std::abs(result);
    }
};

struct rms_norm_op {
    static constexpr const char* name = "rms_norm";
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) noexcept {
        return check_normalise(name, a);
    }
    /// |y - exact| over u: the sum of squares passes at most 16 + 6 + 2 roundings and its root halves them; three more.
    [[nodiscard]] static double error_bound(double result) noexcept { return 20 * std::abs(result); }
};

template <class X, class Y>
consteval void require_normalise_types() {
    static_assert(rank_of<X> == rank_of<Y>, "tenfold: layer_norm and rms_norm take x and y of one rank");
    static_assert(rank_of<X> >= 1, "tenfold: layer_norm and rms_norm work along an axis; a view of rank 0 has none");
    static_assert(
        is_stored_float<value_of<X>, value_of<Y>>,
        "tenfold: layer_norm and rms_norm take float, double, half or bfloat16, and write that type (or float, for half and bfloat16)");
}
template <class X, class P>
consteval void require_parameter() {
    static_assert(rank_of<P> == 1 && is_stored_float<value_of<X>, value_of<P>>,
                  "tenfold: scale and bias are views of rank 1, of x's type (or float, for half and bfloat16)");
    static_assert(std::is_same_v<space_of<X>, space_of<P>>,
                  "tenfold: scale and bias must be in the memory of x; move them with copy_to(backend, v)");
}

template <class X, class Y>
TENFOLD_INLINE auto make_normalise_arguments(const X& x, index_t axis, Y& y, const normalise_options& options) noexcept {
    require_normalise_types<X, Y>();
    return normalise_arguments<value_of<X>, value_of<X>, value_of<X>, value_of<Y>, rank_of<X>, space_of<X>>{input_view(x), y.view(), axis,
                                                                                                            options};
}
template <class X, class Scale, class Y>
TENFOLD_INLINE auto make_normalise_arguments(const X& x, index_t axis, const Scale& scale, Y& y,
                                             const normalise_options& options) noexcept {
    require_normalise_types<X, Y>();
    require_parameter<X, Scale>();
    return normalise_arguments<value_of<X>, value_of<Scale>, value_of<X>, value_of<Y>, rank_of<X>, space_of<X>>{
        input_view(x), y.view(), axis, options, true, false, input_view(scale)};
}
template <class X, class Scale, class Bias, class Y>
TENFOLD_INLINE auto make_normalise_arguments(const X& x, index_t axis, const Scale& scale, const Bias& bias, Y& y,
                                             const normalise_options& options) noexcept {
    require_normalise_types<X, Y>();
    require_parameter<X, Scale>();
    require_parameter<X, Bias>();
    return normalise_arguments<value_of<X>, value_of<Scale>, value_of<Bias>, value_of<Y>, rank_of<X>, space_of<X>>{
        input_view(x), y.view(), axis, options, true, true, input_view(scale), input_view(bias)};
}

/// y <- (x - mean) / sqrt(variance + epsilon) scale + bias along one axis; mean and variance (over n) of each row.
///
/// Shapes     y has the extents of x; `axis` -rank..rank-1, negative values count from the end; scale and bias (n), or neither.
/// Layout     any strides; fastest where the axis is contiguous. Rows along another axis pass through scratch in groups.
/// Types      float, double, half, bfloat16; scale, bias and y of x's type, or float for the 16-bit ones, computed in float.
/// Special    a row with NaN or Inf: NaN throughout. n = 1: bias exactly, where scale is finite. Empty axis: nothing. A row whose
///            squares overflow or underflow float is computed in double.
/// Aliasing   y may be exactly x; otherwise it shares no element with an input: shape_error.
/// Errors     shape_error (epsilon <= 0 too), unsupported_error, std::bad_alloc; the std::nothrow overload returns the same as
///            status. Before any write.
/// Accuracy   |y - exact| <= u (|scale| (26 + 24 |(y - bias) / scale|) + 2 |bias| + 2 |y|), plus one rounding to y's type.
/// Cost       three reads and one write per element, one root per row; 16-bit and strided rows one pass more.
/// Completes  on return for reference and cpu.
/// Bits       depend on shapes, strides, dtypes and active_isa(); not on threads, arena or alignment.
/// Source     Ba, Kiros & Hinton 2016, "Layer normalization"; corrected two-pass variance: Chan, Golub & LeVeque 1983.
template <backend Backend, viewable X, viewable Scale, viewable Bias, writable Y>
TENFOLD_INLINE void layer_norm(const Backend& where, const X& x, index_t axis, const Scale& scale, const Bias& bias, Y&& y,
                               const normalise_options& options = {}) {
    require_callable<layer_norm_op, Backend, X, Scale, Bias, Y>();
    invoke<layer_norm_op>(where, make_normalise_arguments(x, axis, scale, bias, y, options));
}
template <backend Backend, viewable X, writable Y>
TENFOLD_INLINE void layer_norm(const Backend& where, const X& x, index_t axis, Y&& y, const normalise_options& options = {}) {
    require_callable<layer_norm_op, Backend, X, Y>();
    invoke<layer_norm_op>(where, make_normalise_arguments(x, axis, y, options));
}
template <backend Backend, viewable X, viewable Scale, viewable Bias, writable Y>
[[nodiscard]] TENFOLD_INLINE status layer_norm(std::nothrow_t, const Backend& where, const X& x, index_t axis, const Scale& scale,
                                               const Bias& bias, Y&& y, const normalise_options& options = {}) noexcept {
    require_callable<layer_norm_op, Backend, X, Scale, Bias, Y>();
    return invoke_nothrow<layer_norm_op>(where, make_normalise_arguments(x, axis, scale, bias, y, options));
}
template <backend Backend, viewable X, writable Y>
[[nodiscard]] TENFOLD_INLINE status layer_norm(std::nothrow_t, const Backend& where, const X& x, index_t axis, Y&& y,
                                               const normalise_options& options = {}) noexcept {
    require_callable<layer_norm_op, Backend, X, Y>();
    return invoke_nothrow<layer_norm_op>(where, make_normalise_arguments(x, axis, y, options));
}
/// The same, returning a new tensor of x's type.
template <backend Backend, viewable X, viewable Scale, viewable Bias>
[[nodiscard]] TENFOLD_INLINE auto layer_norm(const Backend& where, const X& x, index_t axis, const Scale& scale, const Bias& bias,
                                             const normalise_options& options = {}) {
    auto y = allocate_result<value_of<X>>(where, x.view().extents());
    layer_norm(where, x, axis, scale, bias, y, options);
    return y;
}
template <backend Backend, viewable X>
[[nodiscard]] TENFOLD_INLINE auto layer_norm(const Backend& where, const X& x, index_t axis, const normalise_options& options = {}) {
    auto y = allocate_result<value_of<X>>(where, x.view().extents());
    layer_norm(where, x, axis, y, options);
    return y;
}

/// An operand of rank 1 after the axis of rms_norm is a scale, one of x's rank the output; where x itself is of rank 1 it is
/// the output, and a scale is given together with one.
template <class X, class V>
concept norm_output = writable<V> && rank_of<V> == rank_of<X>;
template <class X, class V>
concept norm_scale = viewable<V> && rank_of<V> == 1 && rank_of<X> != 1;

/// y <- x / sqrt(mean of x^2 + epsilon) scale along one axis.
///
/// Shapes     y has the extents of x; `axis` -rank..rank-1, negative values count from the end; scale (n), or none.
/// Layout     as layer_norm.
/// Types      as layer_norm.
/// Special    a row with NaN: NaN throughout; with Inf: NaN there, 0 elsewhere. Empty axis: nothing. A row whose squares overflow
///            or underflow float is computed in double.
/// Aliasing   as layer_norm.
/// Errors     as layer_norm.
/// Accuracy   |y - exact| <= 20 u |y|, plus one rounding to y's type.
/// Cost       two reads and one write per element, one root per row; 16-bit and strided rows one pass more.
/// Completes  on return for reference and cpu.
/// Bits       as layer_norm.
/// Source     Zhang & Sennrich 2019, "Root mean square layer normalization".
template <backend Backend, viewable X, viewable Scale, writable Y>
TENFOLD_INLINE void rms_norm(const Backend& where, const X& x, index_t axis, const Scale& scale, Y&& y,
                             const normalise_options& options = {}) {
    require_callable<rms_norm_op, Backend, X, Scale, Y>();
    invoke<rms_norm_op>(where, make_normalise_arguments(x, axis, scale, y, options));
}
template <backend Backend, viewable X, class Y>
    requires norm_output<X, Y>
TENFOLD_INLINE void rms_norm(const Backend& where, const X& x, index_t axis, Y&& y, const normalise_options& options = {}) {
    require_callable<rms_norm_op, Backend, X, Y>();
    invoke<rms_norm_op>(where, make_normalise_arguments(x, axis, y, options));
}
template <backend Backend, viewable X, viewable Scale, writable Y>
[[nodiscard]] TENFOLD_INLINE status rms_norm(std::nothrow_t, const Backend& where, const X& x, index_t axis, const Scale& scale, Y&& y,
                                             const normalise_options& options = {}) noexcept {
    require_callable<rms_norm_op, Backend, X, Scale, Y>();
    return invoke_nothrow<rms_norm_op>(where, make_normalise_arguments(x, axis, scale, y, options));
}
template <backend Backend, viewable X, class Y>
    requires norm_output<X, Y>
[[nodiscard]] TENFOLD_INLINE status rms_norm(std::nothrow_t, const Backend& where, const X& x, index_t axis, Y&& y,
                                             const normalise_options& options = {}) noexcept {
    require_callable<rms_norm_op, Backend, X, Y>();
    return invoke_nothrow<rms_norm_op>(where, make_normalise_arguments(x, axis, y, options));
}
/// The same, returning a new tensor of x's type.
template <backend Backend, viewable X, class Scale>
    requires norm_scale<X, Scale>
[[nodiscard]] TENFOLD_INLINE auto rms_norm(const Backend& where, const X& x, index_t axis, const Scale& scale,
                                           const normalise_options& options = {}) {
    auto y = allocate_result<value_of<X>>(where, x.view().extents());
    rms_norm(where, x, axis, scale, y, options);
    return y;
}
template <backend Backend, viewable X>
[[nodiscard]] TENFOLD_INLINE auto rms_norm(const Backend& where, const X& x, index_t axis, const normalise_options& options = {}) {
    auto y = allocate_result<value_of<X>>(where, x.view().extents());
    rms_norm(where, x, axis, y, options);
    return y;
}
TENFOLD_END
