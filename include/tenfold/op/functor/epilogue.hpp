// SPDX-License-Identifier: Apache-2.0
// Epilogues: what happens to a finished accumulator before it is stored. One functor for every backend.     [floor 3]
//
// An epilogue is any functor (accumulator, index...) -> value, one index per axis of the output. It is called exactly
// once per output element, in unspecified order, on the finished sum; it may throw; it must not write shared state.
#pragma once

#include <tenfold/core/tensor_view.hpp>
#include <tenfold/exec/check.hpp>  // named_operand

#include <cmath>
#include <concepts>
#include <type_traits>
#include <utility>

TENFOLD_BEGIN
/// What an epilogue may know of the output it is bound to.
template <std::size_t Rank>
struct output_shape {
    const char* op;
    index_array<Rank> extents;
    std::size_t channel_axis;  ///< matmul: the last axis; convolution: the axis of output channels
};

/// Marks tenfold's own functors, so that `|` joins nothing foreign by accident.
struct epilogue_tag {};
template <class E>
concept epilogue_piece = std::derived_from<std::remove_cvref_t<E>, epilogue_tag>;

/// The value is the accumulator.
struct identity : epilogue_tag {
    template <class Value, class... Index>
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr Value operator()(Value x, Index...) const noexcept {
        return x;
    }
};

/// max(x, 0); NaN stays NaN.
struct relu : epilogue_tag {
    template <class Value, class... Index>
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr Value operator()(Value x, Index...) const noexcept {
        return x < Value{0} ? Value{0} : x;
    }
};

/// x (1 + erf(x / sqrt 2)) / 2: the exact form, not the tanh approximation. Hendrycks & Gimpel 2016.
struct gelu : epilogue_tag {
    template <std::floating_point Value, class... Index>
    TENFOLD_ANYWHERE TENFOLD_INLINE Value operator()(Value x, Index...) const noexcept {
        return Value(0.5) * x * (Value{1} + std::erf(x * Value(0.70710678118654752440)));
    }
};

/// x / (1 + exp(-x)).
struct silu : epilogue_tag {
    template <std::floating_point Value, class... Index>
    TENFOLD_ANYWHERE TENFOLD_INLINE Value operator()(Value x, Index...) const noexcept {
        return x / (Value{1} + std::exp(-x));
    }
};

template <class Bound>
struct clamp_functor : epilogue_tag {
    Bound low;
    Bound high;
    TENFOLD_INLINE constexpr clamp_functor(Bound lo, Bound hi) noexcept : low(lo), high(hi) {}
    template <class Value, class... Index>
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr Value operator()(Value x, Index...) const noexcept {
        const auto lo = static_cast<Value>(low);
        const auto hi = static_cast<Value>(high);
        return x < lo ? lo : hi < x ? hi : x;
    }
};
/// The value limited to [lo, hi]; NaN stays NaN.
template <class Bound>
TENFOLD_INLINE constexpr clamp_functor<Bound> clamp(Bound lo, std::type_identity_t<Bound> hi) noexcept {
    return {lo, hi};
}

/// What a value becomes when it meets an operand of T: an integer sum becomes a float where the operand is one, so that 8-bit
/// products are scaled by fractions; otherwise it keeps its type.
template <class Value, class T>
using combined_t = std::conditional_t<std::is_integral_v<Value> && !std::is_integral_v<T>,
                                      std::conditional_t<std::is_same_v<T, double>, double, float>, Value>;

template <class Factor>
struct scale_functor : epilogue_tag {
    Factor factor;
    TENFOLD_INLINE constexpr explicit scale_functor(Factor f) noexcept : factor(f) {}
    template <class Value, class... Index>
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr combined_t<Value, Factor> operator()(Value x, Index...) const noexcept {
        using Result = combined_t<Value, Factor>;
        return static_cast<Result>(static_cast<Result>(x) * static_cast<Result>(factor));
    }
};

/// Index `axis` of a pack of indices.
template <class... Index>
TENFOLD_INLINE constexpr index_t index_at(std::size_t axis, Index... index) noexcept {
    const index_t all[] = {static_cast<index_t>(index)..., 0};
    return all[axis];
}

template <class T>
TENFOLD_COLD status channel_failure(const char* op, const char* name, index_t have, std::size_t axis, index_t need) noexcept {
    return failure(status_code::shape, op) << name << " has " << have << " elements; the output's extent along axis " << axis << " is "
                                           << need << ". Pass one value per channel";
}

/// One value per output channel; `Apply` combines it with the accumulator.
template <class T, class Apply, class Space>
struct channel_functor : epilogue_tag {
    tensor_view<const T, 1, Space> values;
    std::size_t axis = 0;  // set by bind()

    TENFOLD_INLINE explicit channel_functor(tensor_view<const T, 1, Space> v) noexcept : values(v) {}
    template <class Value, class... Index>
    TENFOLD_INLINE constexpr combined_t<Value, T> operator()(Value x, Index... index) const noexcept {
        using Result = combined_t<Value, T>;
        return Apply{}(static_cast<Result>(x), static_cast<Result>(values.data()[index_at(axis, index...) * values.stride(0)]));
    }
    template <std::size_t Rank>
    status bind(const output_shape<Rank>& output) noexcept {
        axis = output.channel_axis;
        named_operand operand{Apply::operand_name, values};
        if (status s = check_operand(output.op, operand); !s.ok()) return s;
        if (values.extent(0) != output.extents[axis])
            return channel_failure<T>(output.op, Apply::operand_name, values.extent(0), axis, output.extents[axis]);
        return {};
    }
    template <class Output>
    status check_apart(const char* op, const Output& y) const noexcept {
        named_operand operand{Apply::operand_name, values};
        (void)check_operand(op, operand);
        return check_disjoint(op, y, operand);
    }
};
struct add_channel {
    static constexpr const char* operand_name = "bias";
    template <class Value>
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr Value operator()(Value x, Value v) const noexcept {
        return static_cast<Value>(x + v);
    }
};
struct scale_channel {
    static constexpr const char* operand_name = "scale";
    template <class Value>
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr Value operator()(Value x, Value v) const noexcept {
        return static_cast<Value>(x * v);
    }
};

/// Adds v[channel]; v is of rank 1 with one value per output channel (matmul: per column).
template <viewable V>
    requires(rank_of<V> == 1)
TENFOLD_INLINE auto bias(const V& v) noexcept {
    return channel_functor<value_of<V>, add_channel, space_of<V>>(input_view(v));
}
/// Multiplies by one number.
template <class Factor>
    requires std::is_arithmetic_v<Factor>
TENFOLD_INLINE constexpr scale_functor<Factor> scale(Factor factor) noexcept {
    return scale_functor<Factor>(factor);
}
/// Multiplies by v[channel].
template <viewable V>
    requires(rank_of<V> == 1)
TENFOLD_INLINE auto scale(const V& v) noexcept {
    return channel_functor<value_of<V>, scale_channel, space_of<V>>(input_view(v));
}

/// Adds the element of a residual of the output's extents. It may be the output itself, exactly.
template <class T, std::size_t Rank, class Space>
struct add_functor : epilogue_tag {
    tensor_view<const T, Rank, Space> residual;

    TENFOLD_INLINE explicit add_functor(tensor_view<const T, Rank, Space> r) noexcept : residual(r) {}
    template <class Value, class... Index>
        requires(sizeof...(Index) == Rank)
    TENFOLD_INLINE constexpr combined_t<Value, T> operator()(Value x, Index... index) const noexcept {
        using Result = combined_t<Value, T>;
        index_t offset = 0;  // not residual(index...), which is for the host's memory
        std::size_t axis = 0;
        ((offset += static_cast<index_t>(index) * residual.stride(axis++)), ...);
        return static_cast<Result>(static_cast<Result>(x) + static_cast<Result>(residual.data()[offset]));
    }
    status bind(const output_shape<Rank>& output) noexcept {
        named_operand operand{"residual", residual};
        if (status s = check_operand(output.op, operand); !s.ok()) return s;
        if (residual.extents() == output.extents) return {};
        return failure(status_code::shape, output.op) << "residual has extents " << residual.extents() << "; the output has "
                                                      << output.extents << ". They must be equal; use broadcast_to";
    }
    template <class Output>
    status check_apart(const char* op, const Output& y) const noexcept {
        named_operand operand{"residual", residual};
        (void)check_operand(op, operand);
        return check_disjoint(op, y, operand, in_place::allowed);
    }
};
template <viewable R>
TENFOLD_INLINE auto add(const R& residual) noexcept {
    return add_functor<value_of<R>, rank_of<R>, space_of<R>>(input_view(residual));
}

/// First `inner`, then `outer` on its result.
template <class Inner, class Outer>
struct joined_epilogue : epilogue_tag {
    Inner inner;
    Outer outer;
    TENFOLD_INLINE constexpr joined_epilogue(Inner i, Outer o) : inner(std::move(i)), outer(std::move(o)) {}
    template <class Value, class... Index>
    TENFOLD_INLINE constexpr auto operator()(Value x, Index... index) const noexcept(noexcept(outer(inner(x, index...), index...))) {
        return outer(inner(x, index...), index...);
    }
    template <std::size_t Rank>
    status bind(const output_shape<Rank>& output) noexcept;
    template <class Output>
    status check_apart(const char* op, const Output& y) const noexcept;
};
template <class Inner, class Outer>
    requires(epilogue_piece<Inner> || epilogue_piece<Outer>)
TENFOLD_INLINE constexpr auto operator|(Inner inner, Outer outer) {
    return joined_epilogue<Inner, Outer>(std::move(inner), std::move(outer));
}

/// Tells an epilogue its output and checks its operands; functors without operands have nothing to say.
template <class Epilogue, std::size_t Rank>
TENFOLD_INLINE status bind_epilogue(Epilogue& epilogue, const output_shape<Rank>& output) noexcept {
    if constexpr (requires { epilogue.bind(output); }) {
        return epilogue.bind(output);
    } else {
        return {};
    }
}
/// Operands of an epilogue share no element with the output, except an exact residual.
template <class Epilogue, class Output>
TENFOLD_INLINE status check_epilogue_apart(const Epilogue& epilogue, const char* op, const Output& y) noexcept {
    if constexpr (requires { epilogue.check_apart(op, y); }) {
        return epilogue.check_apart(op, y);
    } else {
        return {};
    }
}
template <class Inner, class Outer>
template <std::size_t Rank>
status joined_epilogue<Inner, Outer>::bind(const output_shape<Rank>& output) noexcept {
    if (status s = bind_epilogue(inner, output); !s.ok()) return s;
    return bind_epilogue(outer, output);
}
template <class Inner, class Outer>
template <class Output>
status joined_epilogue<Inner, Outer>::check_apart(const char* op, const Output& y) const noexcept {
    if (status s = check_epilogue_apart(inner, op, y); !s.ok()) return s;
    return check_epilogue_apart(outer, op, y);
}

/// The epilogue reads nothing that could be the output: sums may wait in the output until it is applied.
template <class Epilogue>
inline constexpr bool never_reads_output = std::is_base_of_v<epilogue_tag, Epilogue>;
template <class T, std::size_t Rank, class Space>
inline constexpr bool never_reads_output<add_functor<T, Rank, Space>> = false;
template <class Inner, class Outer>
inline constexpr bool never_reads_output<joined_epilogue<Inner, Outer>> = never_reads_output<Inner> && never_reads_output<Outer>;

template <std::size_t Axis>
struct index_of_axis {
    using type = index_t;
};
template <class E, class Accumulator, std::size_t... Axis>
consteval bool callable_as_epilogue(std::index_sequence<Axis...>) noexcept {
    return std::is_invocable_v<const E&, Accumulator, typename index_of_axis<Axis>::type...>;
}
/// A functor that can be called with an accumulator and one index per axis of an output of rank `Rank`.
template <class E, class Accumulator, std::size_t Rank>
concept epilogue_for = callable_as_epilogue<E, Accumulator>(std::make_index_sequence<Rank>{});
TENFOLD_END
