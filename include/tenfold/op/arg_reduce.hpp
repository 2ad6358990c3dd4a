// SPDX-License-Identifier: Apache-2.0
// argmin, argmax, min_with_index, max_with_index: where the smallest or largest element is.                 [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/op/functor/reducer.hpp>
#include <tenfold/op/reduce.hpp>  // require_output_rank
#include <tenfold/op/reduced_axes.hpp>

#include <new>

TENFOLD_BEGIN
/// An extremum and the index it was found at: `auto [value, where] = max_with_index(...)`.
template <class Value, class Index>
struct with_index {
    Value value;
    Index index;
};

/// Operands of one checked arg-reduction. Without a wanted value, `value` is an empty view of the same extents.
template <class T, std::size_t Rank, std::size_t OutRank, bool Largest, bool WithValue, class Space>
struct arg_reduce_arguments {
    static constexpr bool largest = Largest;
    static constexpr bool with_value = WithValue;
    tensor_view<const T, Rank, Space> x;
    tensor_view<T, OutRank, Space> value;
    tensor_view<index_t, OutRank, Space> index;
    reduced_axes axes;
    tenfold::nan nan;
};

struct arg_reduce_op {
    static constexpr const char* name = "arg_reduce";

    /// What messages call it.
    template <bool Largest, bool WithValue>
    static constexpr const char* call = Largest ? (WithValue ? "max_with_index" : "argmax") : (WithValue ? "min_with_index" : "argmin");

    template <class T, std::size_t Rank, std::size_t OutRank, bool Largest, bool WithValue, class Space>
    [[nodiscard]] static status check(const arg_reduce_arguments<T, Rank, OutRank, Largest, WithValue, Space>& a) noexcept {
        constexpr const char* op = call<Largest, WithValue>;
        if (status s = check_reduction(op, a.x, a.axes, "index", a.index, true); !s.ok()) return s;
        if constexpr (WithValue) {
            if (status s = check_reduction(op, a.x, a.axes, "value", a.value, true); !s.ok()) return s;
            named_operand value{"value", a.value};
            named_operand index{"index", a.index};
            (void)check_operand(op, value);
            (void)check_operand(op, index);
            return check_disjoint(op, value, index);
        } else {
            return {};
        }
    }
};

/// The overloads of argmin and argmax, and of min_with_index and max_with_index: with outputs, with std::nothrow first,
/// and returning new tensors without the reduced axes.
template <bool Largest, bool WithValue>
struct arg_reduction {
    template <backend Backend, viewable X, std::size_t Count, writable Index>
        requires(!WithValue)
    TENFOLD_INLINE void operator()(const Backend& where, const X& x, const axes<Count>& list, Index&& index,
                                   const extremum_options& how = {}) const {
        require_callable<arg_reduce_op, Backend, X, Index>();
        invoke<arg_reduce_op>(where, arguments(x, list, index, how));
    }
    template <backend Backend, viewable X, std::size_t Count, writable Index>
        requires(!WithValue)
    [[nodiscard]] TENFOLD_INLINE status operator()(std::nothrow_t, const Backend& where, const X& x, const axes<Count>& list, Index&& index,
                                                   const extremum_options& how = {}) const noexcept {
        require_callable<arg_reduce_op, Backend, X, Index>();
        return invoke_nothrow<arg_reduce_op>(where, arguments(x, list, index, how));
    }
    template <backend Backend, viewable X, std::size_t Count, writable Value, writable Index>
        requires WithValue
    TENFOLD_INLINE void operator()(const Backend& where, const X& x, const axes<Count>& list, Value&& value, Index&& index,
                                   const extremum_options& how = {}) const {
        require_callable<arg_reduce_op, Backend, X, Value, Index>();
        invoke<arg_reduce_op>(where, arguments(x, list, value, index, how));
    }
    template <backend Backend, viewable X, std::size_t Count, writable Value, writable Index>
        requires WithValue
    [[nodiscard]] TENFOLD_INLINE status operator()(std::nothrow_t, const Backend& where, const X& x, const axes<Count>& list, Value&& value,
                                                   Index&& index, const extremum_options& how = {}) const noexcept {
        require_callable<arg_reduce_op, Backend, X, Value, Index>();
        return invoke_nothrow<arg_reduce_op>(where, arguments(x, list, value, index, how));
    }
    template <backend Backend, viewable X, std::size_t Count>
    [[nodiscard]] TENFOLD_INLINE auto operator()(const Backend& where, const X& x, const axes<Count>& list,
                                                 const extremum_options& how = {}) const {
        require_callable<arg_reduce_op, Backend, X>();
        const reduced_axes resolved = resolve_axes<rank_of<X>>(arg_reduce_op::call<Largest, WithValue>, list);
#if TENFOLD_HAS_EXCEPTIONS
        if (!resolved.problem.ok()) raise(resolved.problem);
#endif
        const auto extents = kept_extents<rank_of<X> - Count>(x.view().extents(), resolved);
        auto index = allocate_result<index_t>(where, extents);
        if constexpr (WithValue) {
            auto value = allocate_result<value_of<X>>(where, extents);
            (*this)(where, x, list, value, index, how);
            return with_index<decltype(value), decltype(index)>{std::move(value), std::move(index)};
        } else {
            (*this)(where, x, list, index, how);
            return index;
        }
    }

private:
    template <class X, std::size_t Count, class Value, class Index>
    TENFOLD_INLINE static auto arguments(const X& x, const axes<Count>& list, Value& value, Index& index,
                                         const extremum_options& how) noexcept {
        require_output_rank<rank_of<X>, rank_of<Index>, Count>();
        static_assert(dtype<value_of<X>> && std::is_same_v<value_of<Index>, index_t>,
                      "tenfold: arg-reductions write their index as index_t (std::int64_t)");
        static_assert(std::is_same_v<value_of<Value>, value_of<X>> && rank_of<Value> == rank_of<Index>,
                      "tenfold: min_with_index and max_with_index write values of the input's type, in the shape of the index");
        static_assert(std::is_same_v<space_of<X>, space_of<Index>> && std::is_same_v<space_of<X>, space_of<Value>>,
                      "tenfold: a reduction takes operands of one memory space");
        return arg_reduce_arguments<value_of<X>, rank_of<X>, rank_of<Index>, Largest, WithValue, space_of<X>>{
            input_view(x), value.view(), index.view(), resolve_axes<rank_of<X>>(arg_reduce_op::call<Largest, WithValue>, list), how.nan};
    }
    template <class X, std::size_t Count, class Index>
    TENFOLD_INLINE static auto arguments(const X& x, const axes<Count>& list, Index& index, const extremum_options& how) noexcept {
        tensor_view<value_of<X>, rank_of<Index>, space_of<X>> none;
        return arguments(x, list, none, index, how);
    }
};

/// The index of the smallest or largest element over any axes, alone or with the element.
///
/// Shapes     as for the reductions: axes{...} in any order, negative from the end; outputs have x's rank with extent 1, or the
///            axes that are left. Over several axes the index is the row-major one over the reduced axes, in x's order of axes.
/// Layout     any strides, zero and negative included.
/// Types      x: any element type; index: index_t; value: the type of x.
/// Special    ties: the lowest index; -0 and +0 tie. NaN: the first NaN; with .nan = nan::ignore it is skipped, and where all are NaN
///            the index is 0. The value is the element itself, bit for bit. No element to choose from: shape_error, unless the
///            outputs are empty too.
/// Aliasing   outputs share no element with x or each other: shape_error.
/// Errors     shape_error, unsupported_error, std::bad_alloc; the std::nothrow overload returns the same as status. Before any write.
/// Accuracy   exact.
/// Cost       n comparisons; bytes: x read once + outputs written.
/// Completes  on return for reference and cpu.
/// Bits       equal on every backend and instruction set.
/// Source     IEEE 754-2019, section 9.6 (the order of zeros and NaN that min and max use; here zeros tie).
inline constexpr arg_reduction<false, false> argmin{};
inline constexpr arg_reduction<true, false> argmax{};
inline constexpr arg_reduction<false, true> min_with_index{};
inline constexpr arg_reduction<true, true> max_with_index{};
TENFOLD_END
