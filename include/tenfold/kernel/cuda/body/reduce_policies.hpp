// SPDX-License-Identifier: Apache-2.0
// Each reduction as a monoid of states, element by element: the same functions on every GPU and in its emulation. [floor 4]
//
// A policy has state, identity(), map(element), combine(earlier, later), finish<Y>(state, count). Sums are additions in a fixed
// order, so no contraction changes their bits; what is written as fused is fused everywhere. nvcc's -ftz=true (in --use_fast_math)
// makes f32 arithmetic and conversions take subnormals for zero; extrema, their indices and truth values do not depend on it.
#pragma once

#include <tenfold/core/dtype.hpp>
#include <tenfold/kernel/cuda/simt/pack.hpp>
#include <tenfold/op/functor/reducer.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
template <class To, class From>
TENFOLD_DEVICE constexpr To as_bits(From x) {
    return __builtin_bit_cast(To, x);
}
/// Elements of 16 bits are floats from here on.
template <class T>
TENFOLD_DEVICE auto widened(T x) {
    if constexpr (sizeof(T) == 2) {
        return static_cast<float>(x);
    } else {
        return x;
    }
}
/// By bits: where subnormals count as zero (nvcc -ftz=true), a comparison would take them for it.
template <class T>
TENFOLD_DEVICE bool is_zero(T x) {
    if constexpr (is_floating_v<T>) {
        using bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>>;
        return static_cast<bits>(as_bits<bits>(x) << 1) == 0;
    } else {
        return x == T{};
    }
}
template <class Y, class Value>
TENFOLD_DEVICE Y result_of(Value x) {
    if constexpr (is_floating_v<Y> && sizeof(Y) == 2) {
        return Y(static_cast<float>(x));
    } else {
        return static_cast<Y>(x);
    }
}
/// A NaN of machines that differ, as the canonical quiet one.
template <class Y, class Value>
TENFOLD_DEVICE Y canonical_result_of(Value x) {
    if constexpr (is_floating_v<Y>) {
        using bits = std::conditional_t<sizeof(Value) == 8, std::uint64_t, std::uint32_t>;
        constexpr bits infinity = sizeof(Value) == 8 ? static_cast<bits>(0x7ff0000000000000u) : static_cast<bits>(0x7f800000u);
        if (static_cast<bits>(as_bits<bits>(x) << 1 >> 1) > infinity) {
            if constexpr (std::is_same_v<Y, double>) {
                return as_bits<double>(std::uint64_t{0x7ff8000000000000u});
            } else {
                return result_of<Y>(as_bits<float>(std::uint32_t{0x7fc00000u}));
            }
        }
    }
    return result_of<Y>(x);
}
inline constexpr double quiet_nan_value = __builtin_nan("");
inline constexpr double infinite = __builtin_huge_val();

/// What sums of T run in.
template <class T>
using sum_state_t = std::conditional_t<std::is_same_v<T, double>, double, std::conditional_t<is_floating_v<T>, float, std::uint64_t>>;

template <class T>
struct sum_policy {
    using state = sum_state_t<T>;
    TENFOLD_DEVICE static state identity() {
        if constexpr (is_floating_v<T>) {
            return static_cast<state>(-0.0);  // -0 is the identity of +
        } else {
            return 0;
        }
    }
    TENFOLD_DEVICE static state map(T x) {
        if constexpr (is_floating_v<T>) {
            return static_cast<state>(widened(x));
        } else {
            return static_cast<state>(static_cast<std::int64_t>(x));
        }
    }
    TENFOLD_DEVICE static state combine(state a, state b) { return a + b; }
    template <class Y>
    TENFOLD_DEVICE static Y finish(state s, index_t count, double) {
        return count == 0 ? Y(0) : canonical_result_of<Y>(s);
    }
};
template <class T>
struct mean_policy : sum_policy<T> {
    template <class Y>
    TENFOLD_DEVICE static Y finish(typename sum_policy<T>::state s, index_t count, double) {
        return canonical_result_of<Y>(count == 0 ? quiet_nan_value : static_cast<double>(s) / static_cast<double>(count));
    }
};
template <class T>
struct norm1_policy : sum_policy<T> {
    using state = typename sum_policy<T>::state;
    TENFOLD_DEVICE static state map(T x) {
        using bits = std::conditional_t<sizeof(state) == 4, std::uint32_t, std::uint64_t>;
        return as_bits<state>(static_cast<bits>(as_bits<bits>(static_cast<state>(widened(x))) << 1 >> 1));
    }
};
template <class T>
struct product_policy {
    using state = sum_state_t<T>;
    TENFOLD_DEVICE static state identity() { return 1; }
    TENFOLD_DEVICE static state map(T x) { return sum_policy<T>::map(x); }
    TENFOLD_DEVICE static state combine(state a, state b) { return a * b; }
    template <class Y>
    TENFOLD_DEVICE static Y finish(state s, index_t, double) {
        return canonical_result_of<Y>(s);
    }
};

/// Extrema by integer keys: -Inf < ... < -0 < +0 < ... < +Inf, all NaNs beyond the end that lets them win or lose.
template <class T, bool Largest, bool IgnoreNan>
struct extremum_policy {
    using wide = std::conditional_t<is_floating_v<T>, std::conditional_t<std::is_same_v<T, double>, double, float>, T>;
    using state = std::conditional_t<sizeof(wide) == 8, std::int64_t, std::int32_t>;
    static constexpr state lowest = sizeof(state) == 8 ? static_cast<state>(-0x7fffffffffffffff - 1) : static_cast<state>(-0x7fffffff - 1);
    static constexpr state highest = static_cast<state>(~lowest);
    static constexpr state worst = Largest ? lowest : highest;
    static constexpr state nan_key = Largest != IgnoreNan ? highest : lowest;

    TENFOLD_DEVICE static state identity() { return worst; }
    TENFOLD_DEVICE static state map(T x) {
        if constexpr (is_floating_v<T>) {
            constexpr state infinity = as_bits<state>(static_cast<wide>(infinite));
            const state bits = as_bits<state>(static_cast<wide>(widened(x)));
            if ((bits & highest) > infinity) return nan_key;
            return bits < 0 ? bits ^ highest : bits;
        } else {
            return static_cast<state>(x);
        }
    }
    TENFOLD_DEVICE static state combine(state a, state b) { return (Largest ? a < b : b < a) ? b : a; }
    template <class Y>
    TENFOLD_DEVICE static Y finish(state s, index_t, double) {
        if constexpr (is_floating_v<T>) {
            if (s == highest || s == lowest) return result_of<Y>(quiet_nan_value);
            return result_of<Y>(as_bits<wide>(s < 0 ? s ^ highest : s));
        } else {
            return static_cast<Y>(s);
        }
    }
};

template <class T, bool All>
struct truth_policy {
    using state = std::uint32_t;
    TENFOLD_DEVICE static state identity() { return All ? 1 : 0; }
    TENFOLD_DEVICE static state map(T x) { return is_zero(x) ? 0 : 1; }
    TENFOLD_DEVICE static state combine(state a, state b) { return All ? a & b : a | b; }
    template <class Y>
    TENFOLD_DEVICE static Y finish(state s, index_t, double) {
        return static_cast<Y>(s);
    }
};

/// Squares of floats are summed in double, where none overflows or vanishes.
template <class T>
struct norm2_policy {
    using state = double;
    TENFOLD_DEVICE static state identity() { return 0; }
    TENFOLD_DEVICE static state map(T x) {
        const auto wide = static_cast<double>(widened(x));
        return wide * wide;
    }
    TENFOLD_DEVICE static state combine(state a, state b) { return a + b; }
    template <class Y>
    TENFOLD_DEVICE static Y finish(state s, index_t, double) {
        return result_of<Y>(__builtin_sqrt(s));
    }
};
/// Squares of doubles are scaled by the power of two of the largest magnitude so far. Inf and NaN are scales beyond all others.
template <>
struct norm2_policy<double> {
    struct state {
        std::uint64_t scale;  ///< the exponent bits of a double; Inf and NaN whole
        double sum;           ///< of squares of elements divided by the scale
    };
    static constexpr std::uint64_t infinity = 0x7ff0000000000000u;

    TENFOLD_DEVICE static state identity() { return {0, 0}; }
    TENFOLD_DEVICE static state map(double x) {
        const std::uint64_t magnitude = as_bits<std::uint64_t>(x) << 1 >> 1;
        if (magnitude >= infinity) return {magnitude, 1};
        if (magnitude == 0) return {0, 0};
        const std::uint64_t exponent = magnitude & infinity;
        const std::uint64_t scale = exponent == 0 ? 0x0010000000000000u : exponent;
        const double scaled = as_bits<double>(magnitude) / as_bits<double>(scale);
        return {scale, scaled * scaled};
    }
    TENFOLD_DEVICE static state combine(const state& a, const state& b) {
        const state high = a.scale < b.scale ? b : a;  // values: a choice by address would put both on a stack
        const state low = a.scale < b.scale ? a : b;
        if (high.scale >= infinity || low.scale == 0) return high;
        const double ratio = as_bits<double>(low.scale) / as_bits<double>(high.scale);
        return {high.scale, __builtin_fma(low.sum, ratio * ratio, high.sum)};
    }
    template <class Y>
    TENFOLD_DEVICE static Y finish(const state& s, index_t, double) {
        if (s.scale > infinity) return result_of<Y>(quiet_nan_value);
        if (s.scale == infinity || s.scale == 0) return result_of<Y>(as_bits<double>(s.scale));
        return result_of<Y>(__builtin_sqrt(s.sum) * as_bits<double>(s.scale));
    }
};

/// Mean and sum of squared differences from it, merged as Chan, Golub and LeVeque do. The mean of doubles keeps the remainder of its
/// rounding, so that an offset costs no accuracy of the spread; that of other types has digits to spare.
template <class T>
struct variance_policy {
    static constexpr bool has_remainder = std::is_same_v<T, double>;
    struct plain_state {
        double count;
        double mean;
        double squares;
    };
    struct exact_state : plain_state {
        double remainder;  ///< of the mean
    };
    using state = std::conditional_t<has_remainder, exact_state, plain_state>;
    TENFOLD_DEVICE static state identity() { return {}; }
    TENFOLD_DEVICE static state map(T x) {
        state s{};
        s.count = 1;
        s.mean = static_cast<double>(widened(x));
        return s;
    }
    TENFOLD_DEVICE static state combine(const state& a, const state& b) {
        if (b.count == 0) return a;
        if (a.count == 0) return b;
        state s{};
        s.count = a.count + b.count;
        double apart = b.mean - a.mean;
        if constexpr (has_remainder) apart += b.remainder - a.remainder;
        const double share = b.count / s.count;
        s.mean = __builtin_fma(apart, share, a.mean);
        if constexpr (has_remainder) s.remainder = a.remainder + __builtin_fma(apart, share, a.mean - s.mean);
        s.squares = __builtin_fma(apart * apart, a.count * share, a.squares + b.squares);
        return s;
    }
    template <class Y>
    TENFOLD_DEVICE static Y finish(const state& s, index_t count, double correction) {
        const auto n = static_cast<double>(count);
        return result_of<Y>(n > correction ? s.squares / (n - correction) : quiet_nan_value);
    }
};

/// The largest element m and the sum of exp(x - m).
template <class T>
struct log_sum_exp_policy {
    struct state {
        double largest;
        double sum;
    };
    TENFOLD_DEVICE static bool is_number(double x) { return (as_bits<std::uint64_t>(x) << 1 >> 1) < 0x7ff0000000000000u; }
    TENFOLD_DEVICE static bool is_nan_value(double x) { return (as_bits<std::uint64_t>(x) << 1 >> 1) > 0x7ff0000000000000u; }
    TENFOLD_DEVICE static state identity() { return {-infinite, 0}; }
    TENFOLD_DEVICE static state map(T x) { return {static_cast<double>(widened(x)), 1}; }
    TENFOLD_DEVICE static state combine(const state& a, const state& b) {
        if (is_nan_value(a.largest)) return a;
        if (is_nan_value(b.largest)) return b;
        const state high = a.largest < b.largest ? b : a;  // values: a choice by address would put both on a stack
        const state low = a.largest < b.largest ? a : b;
        if (!is_number(high.largest)) return high;
        return {high.largest, __builtin_fma(low.sum, __builtin_exp(low.largest - high.largest), high.sum)};
    }
    template <class Y>
    TENFOLD_DEVICE static Y finish(const state& s, index_t, double) {
        if (is_nan_value(s.largest)) return result_of<Y>(quiet_nan_value);
        return result_of<Y>(is_number(s.largest) ? s.largest + __builtin_log(s.sum) : s.largest);
    }
};

/// Where the extremum is: keys in which zeros tie, and of equal keys the first.
template <class T, bool Largest, bool IgnoreNan>
struct arg_policy {
    using order = extremum_policy<T, Largest, IgnoreNan>;
    struct state {
        typename order::state key;
        index_t index;
    };
    TENFOLD_DEVICE static state identity() { return {order::worst, 0x7fffffffffffffff}; }
    TENFOLD_DEVICE static state map(T x, index_t index) { return {is_zero(x) ? typename order::state{0} : order::map(x), index}; }
    TENFOLD_DEVICE static state combine(const state& a, const state& b) {
        if (a.key == b.key) return a.index < b.index ? a : b;
        return order::combine(a.key, b.key) == a.key ? a : b;
    }
};
template <class Policy>
inline constexpr bool is_indexed = false;
template <class T, bool Largest, bool IgnoreNan>
inline constexpr bool is_indexed<arg_policy<T, Largest, IgnoreNan>> = true;

/// A monoid of the caller, whose functions must be device code too. It need not commute: elements are taken in index order.
template <class Monoid>
struct monoid_policy {
    using state = typename Monoid::value_type;
    Monoid functor;

    TENFOLD_DEVICE state identity() const { return functor.identity(); }
    template <class T>
    TENFOLD_DEVICE state map(T x) const {
        if constexpr (requires { functor.map(x); }) {
            return functor.map(x);
        } else {
            return static_cast<state>(x);
        }
    }
    TENFOLD_DEVICE state combine(const state& a, const state& b) const { return functor(a, b); }
    template <class Y>
    TENFOLD_DEVICE Y finish(const state& s, index_t, double) const {
        if constexpr (requires { functor.finish(s); }) {
            return static_cast<Y>(functor.finish(s));
        } else {
            return static_cast<Y>(s);
        }
    }
};
template <class Policy>
inline constexpr bool is_ordered = false;
template <class Monoid>
inline constexpr bool is_ordered<monoid_policy<Monoid>> = true;
}  // namespace gpu_kernels
TENFOLD_END
