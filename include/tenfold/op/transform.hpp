// SPDX-License-Identifier: Apache-2.0
// transform: y <- f(inputs...), element by element. How: kernel/<backend>/transform.hpp.                    [floor 3]
#pragma once

#include <tenfold/exec/broadcast.hpp>
#include <tenfold/exec/check.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/op/functor/epilogue.hpp>

#include <iterator>
#include <new>
#include <tuple>
#include <utility>

TENFOLD_BEGIN
/// What a functor is given for an element of type T: float for half and bfloat16, else the element itself.
template <class T>
using argument_t = std::conditional_t<std::is_same_v<T, half> || std::is_same_v<T, bfloat16>, float, T>;

/// The element type that what a functor returns is held in before it is stored.
template <class Value>
using result_t = std::conditional_t<element<Value>, Value, std::conditional_t<std::is_integral_v<Value>, std::int64_t, double>>;

/// One checked transform: every input has y's extents, by strides 0 where it was broadcast.
template <class F, class Y, std::size_t Rank, class Space, class... X>
struct transform_arguments {
    using value = std::remove_cvref_t<std::invoke_result_t<const F&, argument_t<X>...>>;

    const F& functor;
    std::tuple<tensor_view<const X, Rank, Space>...> inputs;
    tensor_view<Y, Rank, Space> y;
    status shape;  ///< found while the inputs were broadcast
};

inline constexpr const char* transform_input_names[] = {"input 1", "input 2", "input 3", "input 4",  "input 5",  "input 6",
                                                        "input 7", "input 8", "input 9", "input 10", "input 11", "input 12"};

struct transform_op {
    static constexpr const char* name = "transform";

    template <class F, class Y, std::size_t Rank, class Space, class... X>
    [[nodiscard]] static status check(const transform_arguments<F, Y, Rank, Space, X...>& t) noexcept {
        if (!t.shape.ok()) [[unlikely]]
            return t.shape;
        named_operand y{"y", t.y};
        if (status s = check_output(name, y); !s.ok()) return s;
        return std::apply(
            [&](const auto&... view) {
                status s;
                std::size_t i = 0;
                (void)((s = check_input(y, transform_input_names[i++], view), s.ok()) && ...);
                return s;
            },
            t.inputs);
    }

private:
    template <class Output, class View>
    static status check_input(const Output& y, const char* input_name, const View& view) noexcept {
        named_operand x{input_name, view};
        if (status s = check_operand(name, x); !s.ok()) return s;
        return check_disjoint(name, y, x, in_place::allowed);
    }
};

/// Functors that hold operands of their own are bound to an output's index, which transform does not pass.
template <class F>
inline constexpr bool holds_operands_v =
    epilogue_piece<F> && requires(F f, const named_operand<float, 1, host_space>& y) { f.check_apart("", y); };
template <class Inner, class Outer>
inline constexpr bool holds_operands_v<joined_epilogue<Inner, Outer>> = holds_operands_v<Inner> || holds_operands_v<Outer>;

template <class F, class Y, class... X>
consteval void require_transform() {
    static_assert(sizeof...(X) >= 1, "tenfold: transform takes a backend, a functor, one or more inputs and an output");
    static_assert(writable<Y>, "tenfold: the last operand of transform is the output; it is a view of const elements here");
    static_assert(sizeof...(X) <= std::size(transform_input_names), "tenfold: transform takes at most 12 inputs");
    static_assert(std::is_invocable_v<const F&, argument_t<value_of<X>>...>,
                  "tenfold: transform calls f with one value per input, through a const reference; half and bfloat16 are given as float");
    static_assert(!holds_operands_v<F>,
                  "tenfold: transform passes no index; write bias, scale(v) and add as a further input of your functor");
    static_assert((std::is_same_v<space_of<X>, space_of<Y>> && ...), "tenfold: transform takes operands of one memory space");
    using value = std::remove_cvref_t<std::invoke_result_t<const F&, argument_t<value_of<X>>...>>;
    static_assert(element<value> || std::is_arithmetic_v<value>, "tenfold: what f returns must be a number");
}

/// Splits (inputs..., y): the last operand is the output.
template <class F, class Operands, std::size_t... At>
TENFOLD_INLINE auto make_transform_arguments(const F& functor, const Operands& operands, std::index_sequence<At...>) noexcept {
    auto& y = std::get<sizeof...(At)>(operands);
    using Y = std::remove_reference_t<decltype(y)>;
    require_transform<F, Y, std::remove_cvref_t<decltype(std::get<At>(operands))>...>();
    transform_arguments<F, value_of<Y>, rank_of<Y>, space_of<Y>, value_of<std::remove_cvref_t<decltype(std::get<At>(operands))>>...> t{
        functor, {}, y.view(), {}};
    t.inputs = {broadcast_operand<rank_of<Y>>(transform_op::name, transform_input_names[At], input_view(std::get<At>(operands)),
                                              t.y.extents(), t.shape)...};
    return t;
}

/// y(i...) <- f(input(i...), ...).
///
/// Shapes     y any; each input has y's extents or broadcasts to them: missing leading axes and axes of extent 1 repeat.
/// Layout     any strides; fastest where the last axis of each operand is contiguous.
/// Types      inputs of any element types, mixed; f is given float for half and bfloat16, the element itself otherwise. What f
///            returns is stored as convert() would: rounded half to even, saturated where y is an integer and f returned a float.
/// Special    f is called exactly once per element of y, in unspecified order, from several threads; it must not write
///            shared state. An empty y: f is not called.
/// Aliasing   y may be exactly one or more of the inputs (one element size); otherwise it shares no element with any: shape_error.
/// Errors     shape_error, unsupported_error; the std::nothrow overload returns the same as status. Before any write; only an
///            exception of f comes after: it is passed on (std::nothrow: functor_threw) and leaves y unspecified.
/// Accuracy   that of f, and one rounding where the types differ.
/// Cost       one call of f, one read per input and one write per element.
/// Completes  on return for reference and cpu.
/// Bits       those of f; not dependent on threads. Where the compiler inlines f into the loop (g++, optimised), f runs with IEEE 754
///            arithmetic and without fusing a * b + c, whatever the flags of the translation unit; else with those flags.
/// Source     NumPy's broadcasting rules.
template <backend Backend, class F, viewable... Operand>
    requires(sizeof...(Operand) >= 2 && !viewable<F>)
TENFOLD_INLINE void transform(const Backend& where, const F& f, Operand&&... operand) {
    require_callable<transform_op, Backend, std::remove_reference_t<Operand>...>();
    invoke<transform_op>(
        where, make_transform_arguments(f, std::forward_as_tuple(operand...), std::make_index_sequence<sizeof...(Operand) - 1>{}));
}
template <backend Backend, class F, viewable... Operand>
    requires(sizeof...(Operand) >= 2 && !viewable<F>)
[[nodiscard]] TENFOLD_INLINE status transform(std::nothrow_t, const Backend& where, const F& f, Operand&&... operand) noexcept {
    require_callable<transform_op, Backend, std::remove_reference_t<Operand>...>();
    return invoke_nothrow<transform_op>(
        where, make_transform_arguments(f, std::forward_as_tuple(operand...), std::make_index_sequence<sizeof...(Operand) - 1>{}));
}
TENFOLD_END
