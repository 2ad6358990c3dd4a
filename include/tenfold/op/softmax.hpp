// SPDX-License-Identifier: Apache-2.0
// softmax and log_softmax along one axis. How they are computed: kernel/<backend>/softmax.hpp.             [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/exec/one_axis.hpp>

#include <cmath>
#include <new>

TENFOLD_BEGIN
template <class X, class Y, std::size_t Rank, class Space>
struct softmax_arguments {
    tensor_view<const X, Rank, Space> x;
    tensor_view<Y, Rank, Space> y;
    index_t axis;  ///< as given; negative counts from the end
};

template <class X, class Y, std::size_t Rank, class Space>
[[nodiscard]] status check_softmax(const char* op, const softmax_arguments<X, Y, Rank, Space>& a) noexcept {
    named_operand x{"x", a.x};
    named_operand y{"y", a.y};
    return check_along_axis(op, x, y, a.axis);
}

struct softmax_op {
    static constexpr const char* name = "softmax";
    template <class X, class Y, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const softmax_arguments<X, Y, Rank, Space>& a) noexcept {
        return check_softmax(name, a);
    }
    /// |y - exact| over u (unit roundoff of the type computed in), for an element `distance` = max - x below the row's
    /// maximum in a row of `n`: y (distance + log n + 40). The argument of exp is rounded once, which its result feels as
    /// `distance` u; the mean distance of a row, weighted by the results, is at most log n; exp is within 2 ulp (4 u, here
    /// and in the sum); a sum of positive terms in blocks, whose sums enter a compensated total per lane, passes at most
    /// 16 + 6 + 1 roundings until its lanes are folded; the quotient two more.
    [[nodiscard]] static double error_bound(double result, double distance, index_t n) noexcept {
        return result * (distance + std::log(static_cast<double>(n)) + 40);
    }
};

struct log_softmax_op {
    static constexpr const char* name = "log_softmax";
    template <class X, class Y, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const softmax_arguments<X, Y, Rank, Space>& a) noexcept {
        return check_softmax(name, a);
    }
    /// |y - exact| over u: the difference to the maximum is rounded once, the logarithm of the sum inherits the sum's
    /// relative error and is rounded once, the last subtraction once more.
    [[nodiscard]] static double error_bound(double result, double distance, index_t n) noexcept {
        return distance + 2 * std::log(static_cast<double>(n)) + std::abs(result) + 40;
    }
};

template <class X, class Y>
consteval void require_softmax_types() {
    static_assert(rank_of<X> == rank_of<Y>, "tenfold: softmax takes x and y of one rank");
    static_assert(rank_of<X> >= 1, "tenfold: softmax works along an axis; a view of rank 0 has none");
    static_assert(is_stored_float<value_of<X>, value_of<Y>>,
                  "tenfold: softmax takes float, double, half or bfloat16, and writes that type (or float, for half and bfloat16)");
}
template <class X, class Y>
TENFOLD_INLINE auto make_softmax_arguments(const X& x, Y& y, index_t axis) noexcept {
    require_softmax_types<X, Y>();
    return softmax_arguments<value_of<X>, value_of<Y>, rank_of<X>, space_of<X>>{input_view(x), y.view(), axis};
}

/// y <- exp(x) / sum of exp(x) along one axis, shifted by the row's maximum, so that no finite row overflows.
///
/// Shapes     y has the extents of x; `axis` -rank..rank-1, negative values count from the end.
/// Layout     any strides; fastest where the axis is contiguous. Rows along another axis pass through scratch in groups.
/// Types      float, double, half, bfloat16; y of x's type, or float for the 16-bit ones, which are computed in float.
/// Special    a row with NaN or +Inf, or of -Inf alone: NaN throughout. -Inf beside finite values: 0. Empty axis: nothing.
/// Aliasing   y may be exactly x; otherwise they share no element: shape_error.
/// Errors     shape_error, unsupported_error, std::bad_alloc; the std::nothrow overload returns the same as status. Before any write.
/// Accuracy   |y - exact| <= u y (max - x + log n + 40), plus the smallest subnormal, plus one rounding to y's type.
/// Cost       one exp, one division's share, two reads and two writes per element; 16-bit and strided rows one pass more.
/// Completes  on return for reference and cpu.
/// Bits       depend on shapes, strides, dtypes and active_isa(); not on threads, arena or alignment.
/// Source     Blanchard, Higham & Higham 2021, "Accurately computing the log-sum-exp and softmax functions".
template <backend Backend, viewable X, writable Y>
TENFOLD_INLINE void softmax(const Backend& where, const X& x, index_t axis, Y&& y) {
    require_callable<softmax_op, Backend, X, Y>();
    invoke<softmax_op>(where, make_softmax_arguments(x, y, axis));
}
template <backend Backend, viewable X, writable Y>
[[nodiscard]] TENFOLD_INLINE status softmax(std::nothrow_t, const Backend& where, const X& x, index_t axis, Y&& y) noexcept {
    require_callable<softmax_op, Backend, X, Y>();
    return invoke_nothrow<softmax_op>(where, make_softmax_arguments(x, y, axis));
}
/// The same, returning a new tensor of x's type.
template <backend Backend, viewable X>
[[nodiscard]] TENFOLD_INLINE auto softmax(const Backend& where, const X& x, index_t axis) {
    auto y = allocate_result<value_of<X>>(where, x.view().extents());
    softmax(where, x, axis, y);
    return y;
}

/// y <- x - max - log(sum of exp(x - max)) along one axis: the logarithm of softmax, finite where that would underflow to 0.
///
/// Shapes     as softmax.
/// Layout     as softmax.
/// Types      as softmax.
/// Special    a row with NaN or +Inf, or of -Inf alone: NaN throughout. -Inf beside finite values: -Inf. Empty axis: nothing.
/// Aliasing   as softmax.
/// Errors     as softmax.
/// Accuracy   |y - exact| <= u (max - x + 2 log n + |y| + 40), plus one rounding to y's type.
/// Cost       one exp, three reads and one write per element, one logarithm per row.
/// Completes  on return for reference and cpu.
/// Bits       as softmax.
/// Source     as softmax.
template <backend Backend, viewable X, writable Y>
TENFOLD_INLINE void log_softmax(const Backend& where, const X& x, index_t axis, Y&& y) {
    require_callable<log_softmax_op, Backend, X, Y>();
    invoke<log_softmax_op>(where, make_softmax_arguments(x, y, axis));
}
template <backend Backend, viewable X, writable Y>
[[nodiscard]] TENFOLD_INLINE status log_softmax(std::nothrow_t, const Backend& where, const X& x, index_t axis, Y&& y) noexcept {
    require_callable<log_softmax_op, Backend, X, Y>();
    return invoke_nothrow<log_softmax_op>(where, make_softmax_arguments(x, y, axis));
}
/// The same, returning a new tensor of x's type.
template <backend Backend, viewable X>
[[nodiscard]] TENFOLD_INLINE auto log_softmax(const Backend& where, const X& x, index_t axis) {
    auto y = allocate_result<value_of<X>>(where, x.view().extents());
    log_softmax(where, x, axis, y);
    return y;
}
TENFOLD_END
