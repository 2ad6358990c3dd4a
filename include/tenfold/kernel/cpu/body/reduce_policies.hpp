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
/// In which sums run: float for 16-bit floats, else the type; integers of more than a byte in 64 bits.
template <class T>
using sum_lane_t =
    std::conditional_t<std::is_same_v<T, double>, double,
                       std::conditional_t<is_floating_v<T>, float, std::conditional_t<is_byte_v<T>, std::int32_t, std::uint64_t>>>;

/// One pass whose accumulators are the state.
template <class Step>
struct one_pass {
    using first = void;
    using second = Step;
    using state = typename Step::lane;
    static constexpr bool from_element = false;
    TENFOLD_BODY static state close(typename Step::lane s) noexcept { return s; }
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept { Step::merge(a, b); }
};

/// Also of absolute values: settings.constant[0] is what counts of the bits. Also the mean.
template <class T>
struct sum_policy : one_pass<sum_step<sum_lane_t<T>>> {
    template <class Y>
    TENFOLD_BODY static Y finish(sum_lane_t<T> a, index_t n, const reduction_settings& settings) noexcept {
        TENFOLD_STRICT
        if constexpr (is_floating_v<T>) {
            return to_result<Y>(static_cast<double>(a) / (settings.mean ? static_cast<double>(n) : 1.0));
        } else {
            return to_result<Y>(a);
        }
    }
};
/// Chunks of bytes fit 32 bits.
template <class T>
    requires is_byte_v<T>
struct sum_policy<T> {
    using first = void;
    using second = byte_sum_step<T>;
    using state = std::int64_t;
    static constexpr bool from_element = false;
    TENFOLD_BODY static state close(std::int32_t s) noexcept { return s; }
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept { a += b; }
    template <class Y>
    TENFOLD_BODY static Y finish(state a, index_t, const reduction_settings&) noexcept {
        return static_cast<Y>(a);
    }
};
template <class T>
using product_lane_t = std::conditional_t<is_floating_v<T>, sum_lane_t<T>, std::uint64_t>;
template <class T>
struct product_policy : one_pass<product_step<product_lane_t<T>>> {
    template <class Y>
    TENFOLD_BODY static Y finish(product_lane_t<T> a, index_t, const reduction_settings&) noexcept {
        return to_result<Y>(a);
    }
};

/// The integer that keys of T are ordered as.
template <class T>
using key_of_t = integer_of<sizeof(T)>;
template <class Key>
TENFOLD_BODY key_constants<Key> keys_of(const reduction_settings& s) noexcept {
    return {s.constant_of<Key>(0), s.constant_of<Key>(1), s.constant_of<Key>(2)};
}

/// max and min: the settings say which, and what becomes of NaN.
template <class T>
struct extremum_policy : one_pass<extremum_step<key_of_t<T>>> {
    template <class Y>
    TENFOLD_BODY static Y finish(key_of_t<T> a, index_t, const reduction_settings& settings) noexcept {
        key_of_t<T> bits = keys_of<key_of_t<T>>(settings).value_bits(a);
        if constexpr (is_floating_v<T>) {
            using order = float_order<T, true>;
            const auto magnitude = static_cast<typename order::word>(static_cast<typename order::word>(bits) & order::magnitude);
            bits = magnitude > order::infinity ? static_cast<key_of_t<T>>(order::quiet) : bits;
        }
        return __builtin_bit_cast(T, bits);
    }
};

/// any and all: whether the largest or the smallest magnitude is 0.
template <class T>
struct truth_policy : one_pass<extremum_step<key_of_t<T>>> {
    static constexpr key_of_t<T> identity = (std::numeric_limits<key_of_t<T>>::min)();
    TENFOLD_BODY static bool not_zero(key_of_t<T> a, const reduction_settings& settings) noexcept {
        return keys_of<key_of_t<T>>(settings).value_bits(a) != 0;
    }
    template <class Y>
    TENFOLD_BODY static Y finish(key_of_t<T> a, index_t, const reduction_settings& settings) noexcept {
        return static_cast<Y>(not_zero(a, settings));
    }
    /// No further element can change the result.
    TENFOLD_BODY static bool decided(key_of_t<T> a, const reduction_settings& settings) noexcept {
        const bool all = settings.constant[2] != 0;
        return not_zero(a, settings) != all;
    }
};

/// Squares of float and of 16-bit floats are summed in double, where none overflows or vanishes.
template <class T>
struct norm2_policy : one_pass<moments_step<double>> {
    template <class Y>
    TENFOLD_BODY static Y finish(double a, index_t, const reduction_settings&) noexcept {
        return to_result<Y>(square_root(a));
    }
};
/// Squares of double are scaled by a power of two near the chunk's largest magnitude. Inf and NaN need no scale.
template <>
struct norm2_policy<double> {
    using first = extremum_step<std::int64_t>;  // of magnitudes
    using second = scaled_square_step<double>;
    static constexpr bool from_element = false;
    struct state {
        double scale;
        double squares;
    };
    TENFOLD_BODY static double parameter(std::int64_t largest, index_t) noexcept {
        constexpr int farthest = 1000;  // 2^-1000 and 2^1000 are normal, and 2^24 squared is in range
        int exponent = static_cast<int>(largest >> 52) - 1023;
        if (exponent == 1024) exponent = 0;  // Inf and NaN; of zeros it is the least there is: they never decide a common scale
        if (exponent > farthest) exponent = farthest;
        if (exponent < -farthest) exponent = -farthest;
        return __builtin_bit_cast(double, static_cast<std::uint64_t>(1023 - exponent) << 52);
    }
    TENFOLD_BODY static state close(std::int64_t largest, double squares, index_t n) noexcept { return {parameter(largest, n), squares}; }
    TENFOLD_BODY static void merge(state& a, index_t, const state& b, index_t) noexcept {
        TENFOLD_STRICT
        const double common = b.scale < a.scale ? b.scale : a.scale;
        const double ra = common / a.scale;
        const double rb = common / b.scale;
        a.squares = (a.squares * ra) * ra + (b.squares * rb) * rb;
        a.scale = common;
    }
    template <class Y>
    TENFOLD_BODY static Y finish(const state& a, index_t, const reduction_settings&) noexcept {
        TENFOLD_STRICT
        return square_root(a.squares) / a.scale;
    }
};

/// The mean and the squares of the differences from it. Chunks combine by Chan, Golub, LeVeque.
struct variance_state {
    double mean;
    double squares;
    TENFOLD_BODY void merge(index_t n, const variance_state& b, index_t nb) noexcept {
        TENFOLD_STRICT
        const double share = static_cast<double>(nb) / static_cast<double>(n + nb);
        const double distance = b.mean - mean;
        squares += b.squares + distance * distance * (static_cast<double>(n) * share);
        mean += distance * share;
    }
};
/// Sums of x - p and of its square, in one pass with an element of the chunk for p: since n (p - mean)^2 <= n sum (x - mean)^2, the
/// difference below loses a factor of n + 1 at most, which double has to spare over float. For double, p is the mean of a first pass.
template <class T>
struct variance_policy {
    using first = std::conditional_t<std::is_same_v<T, double>, sum_step<double>, void>;
    using second = moments_step<double>;
    using state = variance_state;
    static constexpr bool from_element = std::is_void_v<first>;
    TENFOLD_BODY static double parameter(double s, index_t n) noexcept {
        TENFOLD_STRICT
        return s / static_cast<double>(n);
    }
    TENFOLD_BODY static state close(double p, double s, double t, index_t n) noexcept {
        TENFOLD_STRICT
        const double off = s / static_cast<double>(n);
        const double squares = t - s * off;
        return {p + off, squares < 0 ? 0.0 : squares};
    }
    TENFOLD_BODY static void merge(state& a, index_t na, const state& b, index_t nb) noexcept { a.merge(na, b, nb); }
    template <class Y>
    TENFOLD_BODY static Y finish(const state& a, index_t n, const reduction_settings& settings) noexcept {
        TENFOLD_STRICT
        const double freedom = static_cast<double>(n) - settings.correction;
        return to_result<Y>(freedom > 0 ? a.squares / freedom : __builtin_bit_cast(double, std::uint64_t{0x7ff8000000000000u}));
    }
};

/// Two passes over each chunk: its maximum m, then sum exp(x - m). Chunks combine on the larger maximum.
template <class T>
struct log_sum_exp_policy {
    using order = float_order<T, true>;
    using lane = sum_lane_t<T>;
    using first = extremum_step<typename order::key>;
    using second = exponential_step<lane>;
    static constexpr bool from_element = false;
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
        return {static_cast<double>(widen_element<lane>(order::to_value(s))),
                static_cast<double>(t) * static_cast<double>(exp_constants<lane>::scale)};
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
    TENFOLD_BODY static Y finish(const state& a, index_t, const reduction_settings&) noexcept {
        TENFOLD_STRICT
        return to_result<Y>(magnitude(a.maximum) < infinity ? a.maximum + __builtin_log(a.sum) : a.maximum);
    }
};
TENFOLD_END
TENFOLD_BODIES_END
