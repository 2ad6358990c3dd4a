// SPDX-License-Identifier: Apache-2.0
// How the reference widens, narrows and walks elements; the rounding of every backend is defined here.      [floor 4]
#pragma once

#include <tenfold/core/dtype.hpp>
#include <tenfold/core/tensor_view.hpp>
#include <tenfold/op/functor/epilogue.hpp>  // identity

#include <bit>
#include <cstdint>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

TENFOLD_BEGIN
/// double for floats; for integers std::uint64_t, whose sums and products are exact modulo 2^64.
template <class T>
using wide_t = std::conditional_t<is_floating_v<T>, double, std::uint64_t>;

/// Floats become integers by way of signed ones: a negative float has no unsigned value.
template <class Wide, class T>
TENFOLD_INLINE constexpr Wide widen(T x) noexcept {
    if constexpr (is_floating_v<T>) {
        using through = std::conditional_t<std::is_same_v<Wide, double>, double, std::int64_t>;
        return static_cast<Wide>(static_cast<through>(static_cast<std::conditional_t<std::is_same_v<T, double>, double, float>>(x)));
    } else {
        return static_cast<Wide>(static_cast<std::int64_t>(x));
    }
}
/// An option (alpha, beta) as a wide value; whole numbers were checked for integers.
template <class Wide>
TENFOLD_INLINE constexpr Wide wide_scalar(double x) noexcept {
    if constexpr (std::is_same_v<Wide, double>) {
        return x;
    } else {
        return static_cast<Wide>(static_cast<std::int64_t>(x));
    }
}

/// One rounding to nearest even for floats (double -> half rounds once, through float with the lost bits kept sticky);
/// modulo the width for integers.
template <class T, class Value>
TENFOLD_INLINE constexpr T narrow(Value x) noexcept {
    if constexpr (std::is_same_v<T, bool>) {
        return x != Value{0};
    } else if constexpr ((std::is_same_v<T, half> || std::is_same_v<T, bfloat16>) && std::is_same_v<Value, double>) {
        float rounded = static_cast<float>(x);
        const double back = rounded;
        if (back != x && back == back) {  // round to odd: the second rounding then sees on which side of a tie x was
            auto bits = std::bit_cast<std::uint32_t>(rounded);
            const bool away = (back > x) == (x > 0);
            if (away) --bits;
            rounded = std::bit_cast<float>(bits | 1u);
        }
        return T(rounded);
    } else {
        return static_cast<T>(x);
    }
}

/// By bit pattern: the caller may have compiled with -ffast-math, where x != x is false.
TENFOLD_INLINE constexpr bool is_nan(double x) noexcept { return (std::bit_cast<std::uint64_t>(x) << 1) > 0xffe0000000000000u; }
/// To the nearest integer, half to even; to the nearest end of To's range beyond it; NaN to 0.
template <class To>
TENFOLD_INLINE constexpr To round_to_integer(double x) noexcept {
    constexpr auto lowest = static_cast<std::int64_t>((std::numeric_limits<To>::min)());
    constexpr auto highest = static_cast<std::int64_t>((std::numeric_limits<To>::max)());
    if (is_nan(x)) return 0;
    if (x >= 0x1p63) return static_cast<To>(highest);
    if (x < -0x1p63) return static_cast<To>(lowest);
    auto whole = static_cast<std::int64_t>(x);  // towards zero
    const double rest = x - static_cast<double>(whole);
    const bool odd = (whole & 1) != 0;
    if (rest > 0.5 || (rest == 0.5 && odd)) ++whole;
    if (rest < -0.5 || (rest == -0.5 && odd)) --whole;
    return static_cast<To>(whole < lowest ? lowest : whole > highest ? highest : whole);
}

/// What an epilogue returns as an element: a float becomes an integer by rounding, not by cutting off.
template <class T, class Value>
TENFOLD_INLINE constexpr T stored(Value x) noexcept {
    if constexpr (is_integer_v<T> && std::is_floating_point_v<Value>) {
        return round_to_integer<T>(static_cast<double>(x));
    } else {
        return narrow<T>(x);
    }
}

/// The element an epilogue makes of a finished wide sum. The sum is rounded to the accumulator type first where there is
/// an epilogue to call, since that is the type its functor was promised.
template <class Accumulator, class Out, class Epilogue, class Wide, std::size_t Rank>
TENFOLD_INLINE Out apply_epilogue(const Epilogue& epilogue, Wide sum, const index_array<Rank>& index) {
    if constexpr (std::is_same_v<Epilogue, identity>) {
        if constexpr (std::is_same_v<Wide, double>) {
            return narrow<Out>(sum);
        } else {
            return static_cast<Out>(static_cast<Accumulator>(sum));
        }
    } else {
        return stored<Out>(std::apply([&](auto... i) { return epilogue(static_cast<Accumulator>(sum), i...); }, index));
    }
}

/// Calls f(index) for every index, last axis fastest; nothing for an empty shape, once for rank 0.
template <std::size_t Rank, class F>
TENFOLD_INLINE void for_each_index(const index_array<Rank>& extents, const F& f) {
    if (is_empty(extents)) return;
    index_array<Rank> index{};
    for (;;) {
        f(index);
        std::size_t axis = Rank;
        while (axis > 0 && ++index[axis - 1] == extents[axis - 1]) index[--axis] = 0;
        if (axis == 0) return;
    }
}
TENFOLD_END
