// SPDX-License-Identifier: Apache-2.0
// cumulative_sum: running sums along one axis.                                                             [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/op/functor/reducer.hpp>  // sum_reducer: the types of sums
#include <tenfold/op/reduced_axes.hpp>

#include <new>

TENFOLD_BEGIN
/// Operands of one checked scan.
template <class T, class Y, std::size_t Rank, class Space>
struct scan_arguments {
    tensor_view<const T, Rank, Space> x;
    tensor_view<Y, Rank, Space> y;
    std::size_t axis;
    status problem;  ///< of the axis
};

struct scan_op {
    static constexpr const char* name = "cumulative_sum";

    template <class T, class Y, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const scan_arguments<T, Y, Rank, Space>& a) noexcept {
        if (!a.problem.ok()) [[unlikely]]
            return a.problem;
        named_operand x{"x", a.x};
        named_operand y{"y", a.y};
        if (status s = check_operand(name, x); !s.ok()) return s;
        if (status s = check_output(name, y); !s.ok()) return s;
        if (a.x.extents() != a.y.extents()) [[unlikely]]
            return extents_failure(a.x.extents(), a.y.extents());
        return check_disjoint(name, y, x);
    }

private:
    template <std::size_t Rank>
    TENFOLD_COLD static status extents_failure(const index_array<Rank>& x, const index_array<Rank>& y) noexcept {
        return failure(status_code::shape, name) << "x has extents " << x << ", y has " << y << ". They must be equal";
    }
};

template <viewable X, writable Y>
TENFOLD_INLINE auto make_scan_arguments(const X& x, index_t axis, Y& y) noexcept {
    constexpr std::size_t rank = rank_of<X>;
    static_assert(rank >= 1 && rank_of<Y> == rank, "tenfold: cumulative_sum takes x and y of one rank, at least 1");
    static_assert(std::is_same_v<space_of<X>, space_of<Y>>, "tenfold: cumulative_sum takes operands of one memory space");
    static_assert(dtype<value_of<X>> && sum_reducer::accepts<value_of<X>, value_of<Y>>,
                  "tenfold: cumulative_sum takes float types into their own type or (16-bit) float, and integers into integers");
    const reduced_axes along = resolve_axes<rank>(scan_op::name, axes<1>(axis));
    return scan_arguments<value_of<X>, value_of<Y>, rank, space_of<X>>{
        input_view(x), y.view(), along.mask == 0 ? 0 : static_cast<std::size_t>(std::countr_zero(along.mask)), along.problem};
}

/// y(..., i, ...) <- x(..., 0, ...) + ... + x(..., i, ...), along one axis.
///
/// Shapes     x and y of equal extents; axis counts from the end if negative.
/// Layout     any strides, zero and negative included in x.
/// Types      sums as in sum: float for 16-bit types, modulo 2^64 for integers. y: T, or float for 16-bit types; integers: any
///            integer type (int64 where a tensor is returned), modulo its width.
/// Special    an empty x: nothing. NaN stays in all later sums. Running sums of -0 alone are -0.
/// Aliasing   y shares no element with x: shape_error.
/// Errors     shape_error, unsupported_error, std::bad_alloc; the std::nothrow overload returns the same as status. Before any write.
/// Accuracy   cpu: |y_i - exact| <= gamma(1025 + ceil(n / 1024)) sum |x|, plus one rounding to y's type. reference: sums in double.
/// Cost       n additions; bytes: x read + y written; one long line alone is read twice.
/// Completes  on return for reference and cpu.
/// Bits       depend on extents and dtypes only: not on strides, threads, arena, alignment or active_isa().
/// Source     Blelloch 1990 (scan by chunks).
template <backend Backend, viewable X, writable Y>
TENFOLD_INLINE void cumulative_sum(const Backend& where, const X& x, index_t axis, Y&& y) {
    require_callable<scan_op, Backend, X, Y>();
    invoke<scan_op>(where, make_scan_arguments(x, axis, y));
}
template <backend Backend, viewable X, writable Y>
[[nodiscard]] TENFOLD_INLINE status cumulative_sum(std::nothrow_t, const Backend& where, const X& x, index_t axis, Y&& y) noexcept {
    require_callable<scan_op, Backend, X, Y>();
    return invoke_nothrow<scan_op>(where, make_scan_arguments(x, axis, y));
}
template <backend Backend, viewable X>
[[nodiscard]] TENFOLD_INLINE auto cumulative_sum(const Backend& where, const X& x, index_t axis) {
    require_callable<scan_op, Backend, X>();
    auto y = allocate_result<sum_reducer::result<value_of<X>>>(where, x.view().extents());
    cumulative_sum(where, x, axis, y);
    return y;
}
TENFOLD_END
