// SPDX-License-Identifier: Apache-2.0
// A run of pooled outputs: along channels, or along a row of windows. All of them have the same taps inside. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>
#include <tenfold/kernel/cpu/simd.hpp>

#include <limits>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class X, class Y>
struct pool_run_arguments {
    const X* x;             // first tap of the first output
    Y* y;
    index_t x_step, y_step; // between outputs of the run
    index_t count;
    index_t taps[3];        // inside the input, along depth, height and width
    index_t tap_step[3];
    index_t divisor;        // average_pool: what the sum is divided by
    bool ignore_nan;        // max_pool
};

/// Outputs that are computed together: accumulators that fit into the first-level cache many times over.
inline constexpr index_t pool_block = 64;

/// Elements as integers of the same order: for floats -0 < +0, every NaN above or below all numbers. An integer maximum
/// then obeys IEEE 754-2019 maximum, whatever the flags of the consumer.
template <class T>
struct ordered_key {
    using type = T;
    static constexpr T lowest = (std::numeric_limits<T>::min)();
    TENFOLD_BODY static T of(T x, T) noexcept { return x; }
    TENFOLD_BODY static T value(T key, T) noexcept { return key; }
};
template <class T, class Key, Key Infinity, Key QuietNan>
struct ordered_float_key {
    using type = Key;
    static constexpr Key highest = (std::numeric_limits<Key>::max)();
    static constexpr Key lowest = (std::numeric_limits<Key>::min)();
    TENFOLD_BODY static Key of(T x, Key nan_key) noexcept {
        const auto bits = __builtin_bit_cast(Key, x);
        const auto key = static_cast<Key>(bits < 0 ? bits ^ highest : bits);
        return static_cast<Key>(bits & highest) > Infinity ? nan_key : key;
    }
    TENFOLD_BODY static T value(Key key, Key nan_key) noexcept {
        const auto bits = static_cast<Key>(key < 0 ? key ^ highest : key);
        return __builtin_bit_cast(T, key == nan_key ? QuietNan : bits);
    }
};
template <>
struct ordered_key<float> : ordered_float_key<float, std::int32_t, 0x7f800000, 0x7fc00000> {};
template <>
struct ordered_key<double> : ordered_float_key<double, std::int64_t, 0x7ff0000000000000, 0x7ff8000000000000> {};
template <>
struct ordered_key<half> : ordered_float_key<half, std::int16_t, 0x7c00, 0x7e00> {};
template <>
struct ordered_key<bfloat16> : ordered_float_key<bfloat16, std::int16_t, 0x7f80, 0x7fc0> {};

/// What a pooling keeps per output: start, one step per tap, end.
template <class T>
struct maximum_pooling {
    using key = ordered_key<T>;
    using state = typename key::type;
    state nan_key;
    TENFOLD_BODY explicit maximum_pooling(const pool_run_arguments<T, T>& a) noexcept
        : nan_key(a.ignore_nan ? key::lowest : (std::numeric_limits<state>::max)()) {}
    TENFOLD_BODY state start() const noexcept { return key::lowest; }
    TENFOLD_BODY state step(state most, T x) const noexcept {
        const state next = key::of(x, nan_key);
        return next > most ? next : most;
    }
    TENFOLD_BODY T end(state most) const noexcept { return key::value(most, nan_key); }
};
template <class X, class Y>
struct mean_pooling {
    using state = accumulator_t<X>;
    state divisor;
    TENFOLD_BODY explicit mean_pooling(const pool_run_arguments<X, Y>& a) noexcept : divisor(static_cast<state>(a.divisor)) {}
    TENFOLD_BODY state start() const noexcept { return 0; }
    TENFOLD_BODY state step(state total, X x) const noexcept { return total + widen_element<state>(x); }
    TENFOLD_BODY Y end(state total) const noexcept {
        if constexpr (std::is_same_v<Y, state>) {
            return total / divisor;
        } else {
            return convert_element<Y>(total / divisor);
        }
    }
};

template <class X, class Y, class Pooling>
struct pool_run {
    template <class Isa>
    TENFOLD_BODY static void run(const pool_run_arguments<X, Y>* arguments) noexcept {
        TENFOLD_STRICT
        const pool_run_arguments<X, Y>& a = *arguments;
        const Pooling pooling(a);
        using state = typename Pooling::state;
        for (index_t begin = 0; begin < a.count; begin += pool_block) {
            const index_t count = a.count - begin < pool_block ? a.count - begin : pool_block;
            state states[pool_block];
            for (index_t i = 0; i < pool_block; ++i) states[i] = pooling.start();
            for (index_t d = 0; d < a.taps[0]; ++d) {
                for (index_t h = 0; h < a.taps[1]; ++h) {
                    const X* const row = a.x + begin * a.x_step + d * a.tap_step[0] + h * a.tap_step[1];
                    for (index_t w = 0; w < a.taps[2]; ++w) add_tap(pooling, states, row + w * a.tap_step[2], a.x_step, count);
                }
            }
            Y* const y = a.y + begin * a.y_step;
            if (a.y_step == 1 && count == pool_block) {
                for (index_t i = 0; i < pool_block; ++i) y[i] = pooling.end(states[i]);
            } else {
                for (index_t i = 0; i < count; ++i) y[i * a.y_step] = pooling.end(states[i]);
            }
        }
    }

private:
    template <class State>
    TENFOLD_BODY static void add_tap(const Pooling& pooling, State* states, const X* x, index_t x_step, index_t count) noexcept {
        TENFOLD_STRICT
        if (x_step == 1 && count == pool_block) {
            for (index_t i = 0; i < pool_block; ++i) states[i] = pooling.step(states[i], x[i]);
        } else if (x_step == 1) {
            for (index_t i = 0; i < count; ++i) states[i] = pooling.step(states[i], x[i]);
        } else {
            for (index_t i = 0; i < count; ++i) states[i] = pooling.step(states[i], x[i * x_step]);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
