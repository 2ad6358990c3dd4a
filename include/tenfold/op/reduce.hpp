// SPDX-License-Identifier: Apache-2.0
// sum, mean, prod, min, max, any, all, norm1, norm2, variance, log_sum_exp and reduce.                     [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/op/functor/reducer.hpp>
#include <tenfold/op/reduced_axes.hpp>

#include <new>

TENFOLD_BEGIN
/// Operands of one checked reduction.
template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
struct reduce_arguments {
    tensor_view<const T, Rank, Space> x;
    tensor_view<Y, OutRank, Space> y;
    reduced_axes axes;
    Reducer reducer;

    /// Elements that each output is made of.
    [[nodiscard]] TENFOLD_INLINE index_t count() const noexcept { return reduced_count(x.extents(), axes); }
    /// y with one axis per axis of x.
    [[nodiscard]] TENFOLD_INLINE tensor_view<Y, Rank, Space> output() const noexcept { return with_reduced_axes<Rank>(y, axes); }
};

struct reduce_op {
    static constexpr const char* name = "reduce";

    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
    [[nodiscard]] static status check(const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) noexcept {
        return check_reduction(Reducer::name, a.x, a.axes, "y", a.y, Reducer::needs_elements);
    }
};

template <std::size_t Rank, std::size_t OutRank, std::size_t Count>
consteval void require_output_rank() {
    static_assert(OutRank == Rank || OutRank + Count == Rank,
                  "tenfold: the output of a reduction has the rank of x (reduced axes keep extent 1) or that of the axes that are left");
}

template <class Reducer, viewable X, std::size_t Count, writable Y>
TENFOLD_INLINE auto make_reduce_arguments(const X& x, const axes<Count>& list, Y& y, const Reducer& reducer) noexcept {
    require_output_rank<rank_of<X>, rank_of<Y>, Count>();
    static_assert(std::is_same_v<space_of<X>, space_of<Y>>, "tenfold: a reduction takes operands of one memory space");
    return reduce_arguments<value_of<X>, rank_of<X>, value_of<Y>, rank_of<Y>, Reducer, space_of<X>>{
        input_view(x), y.view(), resolve_axes<rank_of<X>>(Reducer::name, list), reducer};
}

/// The three overloads of a named reduction: `sum(backend, x, axes{...}, y)`, the same with std::nothrow first, which
/// returns a status, and `sum(backend, x, axes{...})`, which returns a tensor without the reduced axes. Options, where a
/// reduction has some, come last, in braces.
template <class Reducer>
struct reduction {
    using options = typename Reducer::options;

    template <backend Backend, viewable X, std::size_t Count, writable Y>
    TENFOLD_INLINE void operator()(const Backend& where, const X& x, const axes<Count>& list, Y&& y, const options& how = {}) const {
        require_callable<reduce_op, Backend, X, Y>();
        invoke<reduce_op>(where, arguments(x, list, y, how));
    }
    template <backend Backend, viewable X, std::size_t Count, writable Y>
    [[nodiscard]] TENFOLD_INLINE status operator()(std::nothrow_t, const Backend& where, const X& x, const axes<Count>& list, Y&& y,
                                                   const options& how = {}) const noexcept {
        require_callable<reduce_op, Backend, X, Y>();
        return invoke_nothrow<reduce_op>(where, arguments(x, list, y, how));
    }
    template <backend Backend, viewable X, std::size_t Count>
    [[nodiscard]] TENFOLD_INLINE auto operator()(const Backend& where, const X& x, const axes<Count>& list, const options& how = {}) const {
        require_callable<reduce_op, Backend, X>();
        const reduced_axes resolved = resolve_axes<rank_of<X>>(Reducer::name, list);
#if TENFOLD_HAS_EXCEPTIONS
        if (!resolved.problem.ok()) raise(resolved.problem);
#endif
        auto y = allocate_result<typename Reducer::template result<value_of<X>>>(
            where, kept_extents<rank_of<X> - Count>(x.view().extents(), resolved));
        (*this)(where, x, list, y, how);
        return y;
    }

private:
    template <class X, std::size_t Count, class Y>
    TENFOLD_INLINE static auto arguments(const X& x, const axes<Count>& list, Y& y, const options& how) noexcept {
        static_assert(
            dtype<value_of<X>> && Reducer::template accepts<value_of<X>, value_of<Y>>,
            "tenfold: this reduction does not write this output type for this input type. sum, prod: float types into their own "
            "type or (16-bit) float, integers into integers; min, max: into the input's type; any, all: into bool or uint8_t; mean, "
            "variance, norm1, norm2, log_sum_exp: float types only, convert() integers first");
        if constexpr (std::is_constructible_v<Reducer, const options&>) {
            return make_reduce_arguments(x, list, y, Reducer(how));
        } else {
            return make_reduce_arguments(x, list, y, Reducer{});
        }
    }
};

/// Reductions of x over any of its axes.
///
/// Shapes     axes{...} in any order, negative from the end; axes{} reduces nothing: each element is its own result. y has
///            x's rank with extent 1 along the reduced axes, or the axes that are left.
/// Layout     any strides, zero and negative included; never copied but through scratch of a size of its own: a few KiB per thread, up to 128 KiB
///            for cross_device.
/// Types      sum, prod: float types in float (half, bfloat16, float) or double, y: T, or float for 16-bit types; integers
///            modulo 2^64, y: any integer type (int64 where a tensor is returned), modulo its width. min, max: y: T. any, all:
///            y: bool or uint8_t. The others: float types, y as for sum; integers are refused, convert() them first.
/// Special    no element: sum +0, prod 1, any false, all true, norms +0, log_sum_exp -Inf, mean and variance NaN; min and max are
///            a shape_error. An empty y: nothing. A sum of -0 alone is -0. min, max: +0 > -0; NaN by .nan, as the canonical
///            quiet NaN. variance: NaN where n <= .correction. log_sum_exp: NaN if there is a NaN, else +Inf if there is a +Inf.
/// Aliasing   y shares no element with x: shape_error.
/// Errors     shape_error, unsupported_error, std::bad_alloc; the std::nothrow overload returns the same as status. Before any write.
/// Accuracy   sum: |y - exact| <= gamma(d) sum |x|, d about 265 + log2(n / 16384) on cpu (chunks of 16384 elements in 64 lanes, or
///            512 rows, then a binary tree); mean and norm1 alike. norm2, variance: sums in double. min, max, any, all: exact.
///            Plus one rounding to y's type. reference: sums in double. [Higham 2002, section 4]
/// Cost       n operations; bytes >= x read once + y written; log_sum_exp, variance of double read blocks twice, then from cache.
/// Completes  on return for reference and cpu.
/// Bits       depend on shapes, strides, dtypes and active_isa(); not on threads, arena or alignment. min, max, any, all and
///            integers: equal everywhere; sum, mean, prod and norm1 too with {.bits = determinism::cross_device}: on reference and
///            cpu of every machine; on a GPU by design, no GPU has run it yet (op/summation_order.hpp).
/// Source     Higham 1993 (pairwise sums); Chan, Golub, LeVeque 1983 (variance).
///
/// Functions, not the objects of `reduction` themselves: a local variable called sum then shadows nothing. Names stand in
/// parentheses because some platforms make macros of min and max.
#define TENFOLD_REDUCTION(name, reducer)                                                                                                   \
    template <backend Backend, viewable X, std::size_t Count, writable Y>                                                                  \
    TENFOLD_INLINE void(name)(const Backend& where, const X& x, const axes<Count>& list, Y&& y, const reducer::options& how = {}) {        \
        reduction<reducer>{}(where, x, list, y, how);                                                                                      \
    }                                                                                                                                      \
    template <backend Backend, viewable X, std::size_t Count, writable Y>                                                                  \
    [[nodiscard]] TENFOLD_INLINE status(name)(std::nothrow_t, const Backend& where, const X& x, const axes<Count>& list, Y&& y,            \
                                              const reducer::options& how = {}) noexcept {                                                 \
        return reduction<reducer>{}(std::nothrow, where, x, list, y, how);                                                                 \
    }                                                                                                                                      \
    template <backend Backend, viewable X, std::size_t Count>                                                                              \
    [[nodiscard]] TENFOLD_INLINE auto(name)(const Backend& where, const X& x, const axes<Count>& list, const reducer::options& how = {}) { \
        return reduction<reducer>{}(where, x, list, how);                                                                                  \
    }
TENFOLD_REDUCTION(sum, sum_reducer)
TENFOLD_REDUCTION(mean, mean_reducer)
TENFOLD_REDUCTION(prod, prod_reducer)
TENFOLD_REDUCTION(min, min_reducer)
TENFOLD_REDUCTION(max, max_reducer)
TENFOLD_REDUCTION(any, any_reducer)
TENFOLD_REDUCTION(all, all_reducer)
TENFOLD_REDUCTION(norm1, norm1_reducer)
TENFOLD_REDUCTION(norm2, norm2_reducer)
TENFOLD_REDUCTION(variance, variance_reducer)
TENFOLD_REDUCTION(log_sum_exp, log_sum_exp_reducer)
#undef TENFOLD_REDUCTION

/// y <- the fold of x over the axes with a monoid of the caller (see `monoid`); its functions may run on several threads
/// at once and in any grouping of the elements in index order, the same at every call. An empty fold is the identity.
template <backend Backend, viewable X, std::size_t Count, class Monoid, writable Y>
TENFOLD_INLINE void reduce(const Backend& where, const X& x, const axes<Count>& list, const Monoid& functor, Y&& y) {
    static_assert(monoid<Monoid, value_of<X>>,
                  "tenfold: the reducer of reduce() needs a trivially copyable value_type, identity() and (value_type, value_type) -> "
                  "value_type; and map(element) where elements do not convert to value_type");
    require_callable<reduce_op, Backend, X, Y>();
    invoke<reduce_op>(where, make_reduce_arguments(x, list, y, monoid_reducer<Monoid>{functor}));
}
template <backend Backend, viewable X, std::size_t Count, class Monoid, writable Y>
    requires monoid<Monoid, value_of<X>>
[[nodiscard]] TENFOLD_INLINE status reduce(std::nothrow_t, const Backend& where, const X& x, const axes<Count>& list, const Monoid& functor,
                                           Y&& y) noexcept {
    require_callable<reduce_op, Backend, X, Y>();
    return invoke_nothrow<reduce_op>(where, make_reduce_arguments(x, list, y, monoid_reducer<Monoid>{functor}));
}
TENFOLD_END
