// SPDX-License-Identifier: Apache-2.0
// Which steps each reduction takes for elements of T, and what its accumulators become.                    [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/reduce_finish.hpp>
#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// A float or double as an element of Y. A double goes to 16 bits through float: two roundings, the first of 2^-24.
template <class Y, class Value>
TENFOLD_BODY Y to_result(Value x) noexcept {
    TENFOLD_STRICT
    if constexpr (sizeof(Y) == 2 && is_floating_v<Y>) {
        return convert_element<Y>(static_cast<float>(x));
    } else {
        return static_cast<Y>(x);
    }
}
TENFOLD_BODY double square_root(double x) noexcept { return __builtin_sqrt(x); }

template <class T>
inline constexpr bool is_byte_v = sizeof(T) == 1;
/// In which sums run: float for 16-bit floats; 32 bits for bytes, enough for every chunk; else the type or 64 bits.
template <class T>
using sum_lane_t =
    std::conditional_t<std::is_same_v<T, double>, double,
                       std::conditional_t<is_floating_v<T>, float, std::conditional_t<is_byte_v<T>, std::uint32_t, std::uint64_t>>>;

/// One pass whose accumulators combine as the step's own lanes do.
template <class Step, class State = typename Step::lane>
struct one_pass {
    using first = Step;
    using second = void;
    using state = State;
    TENFOLD_BODY static state close(typename Step::lane s, index_t) noexcept { return s; }
};

template <class T>
struct sum_policy : one_pass<sum_step<sum_lane_t<T>>, std::conditional_t<is_floating_v<T>, sum_lane_t<T>, std::uint64_t>> {
    using lane = sum_lane_t<T>;
    using state = std::conditional_t<is_floating_v<T>, lane, std::uint64_t>;
    TENFOLD_BODY static state close(lane s, index_t) noexcept {
        if constexpr (is_byte_v<T>) {
            return static_cast<state>(static_cast<std::int64_t>(static_cast<std::int32_t>(s)));
        } else {
            return s;
        }
    }
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept {
        TENFOLD_STRICT
        a += b;
    }
    template <class Y>
    TENFOLD_BODY static Y finish(state a, index_t, double) noexcept {
        return to_result<Y>(a);
    }
};
template <class T>
struct mean_policy : sum_policy<T> {
    template <class Y>
    TENFOLD_BODY static Y finish(typename sum_policy<T>::state a, index_t n, double) noexcept {
        TENFOLD_STRICT
        return to_result<Y>(static_cast<double>(a) / static_cast<double>(n));
    }
};
template <class T>
struct norm1_policy : sum_policy<T> {
    using first = absolute_step<sum_lane_t<T>>;
};

template <class T>
using product_lane_t = std::conditional_t<is_floating_v<T>, sum_lane_t<T>, std::uint64_t>;
template <class T>
struct product_policy : one_pass<product_step<product_lane_t<T>>> {
    using state = product_lane_t<T>;
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept {
        TENFOLD_STRICT
        a *= b;
    }
    template <class Y>
    TENFOLD_BODY static Y finish(state a, index_t, double) noexcept {
        return to_result<Y>(a);
    }
};

template <class T, bool Largest, bool Ignore>
struct extremum_policy : one_pass<extremum_step<float_order<T, Largest != Ignore>, Largest>> {
    using order = float_order<T, Largest != Ignore>;  // propagated NaNs must win, ignored ones must lose
    using state = typename order::key;
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept {
        if constexpr (Largest) {
            a = a < b ? b : a;
        } else {
            a = b < a ? b : a;
        }
    }
    template <class Y>
    TENFOLD_BODY static Y finish(state a, index_t, double) noexcept {
        return order::to_value(a);
    }
};

template <class T, bool All>
struct truth_policy : one_pass<pattern_step<T, All ? pattern::smallest : pattern::combined>> {
    using step = pattern_step<T, All ? pattern::smallest : pattern::combined>;
    using state = typename step::lane;
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept { step::merge(a, b); }
    template <class Y>
    TENFOLD_BODY static Y finish(state a, index_t, double) noexcept {
        return static_cast<Y>(a != 0);
    }
};

/// Squares of float and of 16-bit floats are summed in double, where none overflows or vanishes.
template <class T>
struct norm2_policy : one_pass<square_step<double>> {
    using state = double;
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept {
        TENFOLD_STRICT
        a += b;
    }
    template <class Y>
    TENFOLD_BODY static Y finish(state a, index_t, double) noexcept {
        return to_result<Y>(square_root(a));
    }
};
/// Squares of double are scaled by a power of two near the chunk's largest magnitude. Inf and NaN need no scale.
template <>
struct norm2_policy<double> {
    using first = pattern_step<double, pattern::largest>;
    using second = scaled_square_step<double>;
    struct state {
        double scale;
        double squares;
    };
    TENFOLD_BODY static double parameter(std::uint64_t largest, index_t) noexcept {
        constexpr int farthest = 1000;  // 2^-1000 and 2^1000 are normal, and 2^24 squared is in range
        int exponent = static_cast<int>(largest >> 52) - 1023;
        if (largest == 0 || exponent == 1024) exponent = 0;
        if (exponent > farthest) exponent = farthest;
        if (exponent < -farthest) exponent = -farthest;
        return __builtin_bit_cast(double, static_cast<std::uint64_t>(1023 - exponent) << 52);
    }
    TENFOLD_BODY static state close(std::uint64_t largest, double squares, index_t n) noexcept { return {parameter(largest, n), squares}; }
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept {
        TENFOLD_STRICT
        const double common = b.scale < a.scale ? b.scale : a.scale;
        const double ra = common / a.scale;
        const double rb = common / b.scale;
        a.squares = (a.squares * ra) * ra + (b.squares * rb) * rb;
        a.scale = common;
    }
    template <class Y>
    TENFOLD_BODY static Y finish(const state& a, index_t, double) noexcept {
        TENFOLD_STRICT
        return square_root(a.squares) / a.scale;
    }
};

/// Two passes over each chunk: its mean, then the squares of the differences. Chunks combine by Chan, Golub, LeVeque.
template <class T>
struct variance_policy {
    using first = sum_step<double>;
    using second = centred_square_step<double>;
    struct state {
        double mean;
        double squares;
    };
    TENFOLD_BODY static double parameter(double s, index_t n) noexcept {
        TENFOLD_STRICT
        return s / static_cast<double>(n);
    }
    TENFOLD_BODY static state close(double s, double t, index_t n) noexcept { return {parameter(s, n), t}; }
    TENFOLD_BODY static void merge(state& a, index_t na, const state& b, index_t nb) noexcept {
        TENFOLD_STRICT
        const double share = static_cast<double>(nb) / static_cast<double>(na + nb);
        const double distance = b.mean - a.mean;
        a.squares += b.squares + distance * distance * (static_cast<double>(na) * share);
        a.mean += distance * share;
    }
    template <class Y>
    TENFOLD_BODY static Y finish(const state& a, index_t n, double correction) noexcept {
        TENFOLD_STRICT
        const double freedom = static_cast<double>(n) - correction;
        return to_result<Y>(freedom > 0 ? a.squares / freedom : __builtin_bit_cast(double, std::uint64_t{0x7ff8000000000000u}));
    }
};

/// Two passes over each chunk: its maximum m, then sum exp(x - m). Chunks combine on the larger maximum.
template <class T>
struct log_sum_exp_policy {
    using order = float_order<T, true>;
    using lane = sum_lane_t<T>;
    using first = extremum_step<order, true>;
    using second = exponential_step<lane>;
    struct state {
        double maximum;
        double sum;  // of exp(x - maximum), where that is finite
    };
    TENFOLD_BODY static std::uint64_t magnitude(double x) noexcept { return __builtin_bit_cast(std::uint64_t, x) & 0x7fffffffffffffffu; }
    static constexpr std::uint64_t infinity = 0x7ff0000000000000u;

    /// Where the maximum is not finite the sum is not used: any finite parameter will do.
    TENFOLD_BODY static lane parameter(typename order::key s, index_t) noexcept {
        const lane m = widen_element<lane>(order::to_value(s));
        return magnitude(static_cast<double>(m)) < infinity ? m : lane{0};
    }
    TENFOLD_BODY static state close(typename order::key s, lane t, index_t) noexcept {
        return {static_cast<double>(widen_element<lane>(order::to_value(s))), static_cast<double>(t)};
    }
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept {
        TENFOLD_STRICT
        if (magnitude(a.maximum) > infinity) return;
        if (magnitude(b.maximum) > infinity) {
            a = b;
        } else if (a.maximum < b.maximum) {
            a.sum = a.sum * __builtin_exp(a.maximum - b.maximum) + b.sum;
            a.maximum = b.maximum;
        } else if (b.maximum < a.maximum) {
            a.sum = b.sum * __builtin_exp(b.maximum - a.maximum) + a.sum;
        } else {
            a.sum += b.sum;
        }
    }
    template <class Y>
    TENFOLD_BODY static Y finish(const state& a, index_t, double) noexcept {
        TENFOLD_STRICT
        return to_result<Y>(magnitude(a.maximum) < infinity ? a.maximum + __builtin_log(a.sum) : a.maximum);
    }
};
TENFOLD_END
TENFOLD_BODIES_END
