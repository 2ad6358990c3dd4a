// SPDX-License-Identifier: Apache-2.0
// Conversion of a plane of elements between any two types, without branches, so that its loops become vectors. [floor 4]
//
// Same results as kernel/reference/convert_value.hpp, which says what they mean; NaN payloads excepted.
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>  // convert_element, widen_element
#include <tenfold/kernel/cpu/body/special/stream.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// The integer type of a float's bits, and the shape of its format.
template <class F>
struct float_layout;
template <>
struct float_layout<float> {
    using word = std::uint32_t;
    static constexpr word magnitude = 0x7fffffffu, infinity = 0x7f800000u;
    static constexpr float whole = 0x1p23f;                     // from here on every value is an integer
    static constexpr float below_2_31 = 0x1.fffffep30f, below_2_63 = 0x1.fffffep62f;
};
template <>
struct float_layout<double> {
    using word = std::uint64_t;
    static constexpr word magnitude = 0x7fffffffffffffffu, infinity = 0x7ff0000000000000u;
    static constexpr double whole = 0x1p52;
    static constexpr double below_2_31 = 0x1.fffffffcp30, below_2_63 = 0x1.fffffffffffffp62;
};

/// To the nearest integer, half to even, saturated, NaN to 0.
template <class To, class F>
TENFOLD_BODY To round_element(F x) noexcept {
    TENFOLD_STRICT
    using layout = float_layout<F>;
    using word = typename layout::word;
    using integer = std::conditional_t<sizeof(To) == 8, std::int64_t, std::int32_t>;
    constexpr bool wide = sizeof(To) >= 4;
    constexpr F low = sizeof(To) == 8 ? F(-0x1p63) : sizeof(To) == 4 ? F(-0x1p31) : std::is_signed_v<To> ? F(-128) : F(0);
    constexpr F high = sizeof(To) == 8 ? layout::below_2_63 : sizeof(To) == 4 ? layout::below_2_31 : std::is_signed_v<To> ? F(127) : F(255);

    word bits = __builtin_bit_cast(word, x);
    bits = (bits & layout::magnitude) > layout::infinity ? word{0} : bits;
    const F number = __builtin_bit_cast(F, bits);
    const F at_least = number < low ? low : number;
    const F clamped = at_least > high ? high : at_least;
    // Adding 2^23 (2^52) to the magnitude leaves no bits for a fraction: the sum is rounded half to even.
    const word sign = __builtin_bit_cast(word, clamped) & ~layout::magnitude;
    const F size = __builtin_bit_cast(F, __builtin_bit_cast(word, clamped) & layout::magnitude);
    const F rounded = size < layout::whole ? (size + layout::whole) - layout::whole : size;
    const auto result = static_cast<integer>(__builtin_bit_cast(F, __builtin_bit_cast(word, rounded) | sign));
    if constexpr (wide) {
        // At the upper end the largest float is smaller than the largest integer.
        constexpr integer highest = sizeof(To) == 8 ? integer(0x7fffffffffffffff) : integer(0x7fffffff);
        return static_cast<To>(number > high ? highest : result);
    } else {
        return static_cast<To>(result);
    }
}

/// double -> float in which what was lost is kept as an odd last bit, so that a second rounding is the only one.
TENFOLD_BODY float round_to_odd(double x) noexcept {
    TENFOLD_STRICT
    const auto rounded = static_cast<float>(x);
    const double back = static_cast<double>(rounded);
    const std::uint64_t have = __builtin_bit_cast(std::uint64_t, back) & 0x7fffffffffffffffu;
    const std::uint64_t want = __builtin_bit_cast(std::uint64_t, x) & 0x7fffffffffffffffu;
    const bool number = want <= 0x7ff0000000000000u;
    const auto away = static_cast<std::uint32_t>(number & (have > want));
    const auto inexact = static_cast<std::uint32_t>(number & (have != want));
    return __builtin_bit_cast(float, (__builtin_bit_cast(std::uint32_t, rounded) - away) | inexact);
}

/// Finite values beyond the range of To become its largest.
template <class To, class F>
TENFOLD_BODY F saturate_element(F x) noexcept {
    TENFOLD_STRICT
    using word = typename float_layout<F>::word;
    constexpr F limit = std::is_same_v<To, half> ? F(65504) : std::is_same_v<To, bfloat16> ? F(0x1.fep127f) : F(0x1.fffffep127f);
    const word bits = __builtin_bit_cast(word, x);
    const word size = bits & float_layout<F>::magnitude;
    const word most = __builtin_bit_cast(word, limit);
    const word kept = ((size > most) & (size < float_layout<F>::infinity)) ? most : size;
    return __builtin_bit_cast(F, (bits & ~float_layout<F>::magnitude) | kept);
}

template <class To, class From>
TENFOLD_BODY To cast_element(From x, bool saturate) noexcept {
    TENFOLD_STRICT
    constexpr bool narrow_float = std::is_same_v<To, half> || std::is_same_v<To, bfloat16>;
    if constexpr (std::is_same_v<To, From>) {
        return x;
    } else if constexpr (std::is_same_v<From, half> || std::is_same_v<From, bfloat16>) {
        return cast_element<To>(widen_element<float>(x), saturate);
    } else if constexpr (std::is_floating_point_v<From>) {
        if constexpr (std::is_same_v<To, bool>) {
            using word = typename float_layout<From>::word;
            return (__builtin_bit_cast(word, x) & float_layout<From>::magnitude) != 0;
        } else if constexpr (is_integer_v<To>) {
            return round_element<To>(x);
        } else {
            if constexpr (sizeof(To) < sizeof(From)) x = saturate ? saturate_element<To>(x) : x;
            if constexpr (narrow_float && std::is_same_v<From, double>) {
                return convert_element<To>(round_to_odd(x));
            } else if constexpr (narrow_float) {
                return convert_element<To>(x);
            } else {
                return static_cast<To>(x);
            }
        }
    } else if constexpr (std::is_same_v<To, bool>) {
        return x != 0;
    } else if constexpr (!narrow_float) {
        return static_cast<To>(x);
    } else if constexpr (std::is_same_v<From, std::int64_t>) {
        // Below 2^53 exact, beyond it with a sticky bit: see exact_or_sticky.
        const bool exact = x >= -(std::int64_t{1} << 53) && x <= (std::int64_t{1} << 53);
        const std::int64_t sticky = (x & ~std::int64_t{0x7ff}) | ((x & 0x7ff) != 0 ? 0x400 : 0);
        return cast_element<To>(static_cast<double>(exact ? x : sticky), saturate);
    } else {
        // The same for 32 bits and float: exact below 2^24.
        const auto number = static_cast<std::int32_t>(x);
        const bool exact = number >= -(1 << 24) && number <= (1 << 24);
        const std::int32_t sticky = (number & ~0xff) | ((number & 0xff) != 0 ? 0x80 : 0);
        return cast_element<To>(static_cast<float>(exact ? number : sticky), saturate);
    }
}

template <class To, class From>
struct convert_plane_arguments {
    const From* x;
    index_t x_row, x_step;  // elements between rows, between elements of a row
    To* y;
    index_t y_row, y_step;
    index_t rows, count;
    bool saturate;
    bool streamed = false;  // y is whole cache lines, and written past the caches where it is written in vectors
};

template <class To, class From>
struct convert_plane {
    template <class Isa>
    TENFOLD_BODY static void run(const convert_plane_arguments<To, From>* arguments) noexcept {
        TENFOLD_STRICT
        const convert_plane_arguments<To, From>& p = *arguments;
        for (index_t row = 0; row < p.rows; ++row) {
            const From* const x = p.x + row * p.x_row;
            To* const y = p.y + row * p.y_row;
            if (p.x_step == 1 && p.y_step == 1) {
                // Through a block of its own: x and y may be one memory, and the compiler must not test for that per row.
                constexpr index_t block = 64;
                index_t i = 0;
                if constexpr (is_in_vectors) {
                    if (!p.saturate) i = convert_vectors<Isa>(p, x, y);
                }
                for (; i + block <= p.count; i += block) {
                    To converted[block];
                    for (index_t j = 0; j < block; ++j) converted[j] = cast_element<To>(x[i + j], p.saturate);
                    for (index_t j = 0; j < block; ++j) y[i + j] = converted[j];
                }
                for (; i < p.count; ++i) y[i] = cast_element<To>(x[i], p.saturate);
            } else {
                for (index_t i = 0; i < p.count; ++i) y[i * p.y_step] = cast_element<To>(x[i * p.x_step], p.saturate);
            }
        }
    }

private:
    template <class T>
    static constexpr bool is_short_float = std::is_same_v<T, half> || std::is_same_v<T, bfloat16>;
    static constexpr bool is_narrowing = is_short_float<To> && std::is_same_v<From, float>;
    static constexpr bool is_in_vectors = is_narrowing || (is_short_float<From> && std::is_same_v<To, float>);

    /// The elements of a row that make up whole vectors of 16-bit floats: how many. The next row is asked for meanwhile.
    template <class Isa>
    TENFOLD_BODY static index_t convert_vectors(const convert_plane_arguments<To, From>& p, const From* x, To* y) noexcept {
        using V = typename vec<float, Isa::bytes>::type;
        constexpr index_t L = vec<float, Isa::bytes>::lanes;
        index_t i = 0;
        for (; i + 2 * L <= p.count; i += 2 * L) {
            V a;
            V b;
            load_widened<Isa::bytes, float>(x + i, a);
            load_widened<Isa::bytes, float>(x + i + L, b);
            __builtin_prefetch(x + i + p.x_row, 0, 2);
            if constexpr (is_narrowing) {
                typename vec<std::uint16_t, Isa::bytes>::type narrow;
                narrow_floats<To>(a, b, narrow);
                if (p.streamed) {
                    stream_vector(reinterpret_cast<std::uint16_t*>(y + i), narrow);
                } else {
                    store_vector(reinterpret_cast<std::uint16_t*>(y + i), narrow);
                }
            } else {
                store_vector(y + i, a);
                store_vector(y + i + L, b);
            }
        }
        return i;
    }
};
TENFOLD_END
TENFOLD_BODIES_END
