// SPDX-License-Identifier: Apache-2.0
// What a value becomes in another element type: the definition that every backend's convert and transform keep. [floor 4]
#pragma once

#include <tenfold/kernel/reference/element.hpp>  // narrow, round_to_integer

#include <bit>
#include <cstdint>
#include <limits>

TENFOLD_BEGIN
TENFOLD_INLINE constexpr bool is_finite(double x) noexcept { return (std::bit_cast<std::uint64_t>(x) << 1) < 0xffe0000000000000u; }

/// The largest finite value of a floating-point element type.
template <class T>
TENFOLD_INLINE constexpr double largest_finite() noexcept {
    if constexpr (std::is_same_v<T, half>) {
        return 65504;
    } else if constexpr (std::is_same_v<T, bfloat16>) {
        return 0x1.fep127;
    } else {
        return static_cast<double>((std::numeric_limits<T>::max)());
    }
}

/// An integer as a double: exact below 2^53; beyond it the eleven low bits become one sticky bit, which a later rounding
/// to 24 bits or fewer sees as what it was: nothing, or something between.
TENFOLD_INLINE constexpr double exact_or_sticky(std::int64_t x) noexcept {
    const bool exact = x >= -(std::int64_t{1} << 53) && x <= (std::int64_t{1} << 53);
    if (exact) return static_cast<double>(x);
    return static_cast<double>((x & ~std::int64_t{0x7ff}) | ((x & 0x7ff) != 0 ? 0x400 : 0));
}

template <class To, class From>
TENFOLD_INLINE constexpr To convert_value(From x, bool saturate = false) noexcept {
    if constexpr (std::is_same_v<To, From>) {
        return x;
    } else if constexpr (is_floating_v<From>) {
        double value = widen<double>(x);
        if constexpr (std::is_same_v<To, bool>) {
            return (std::bit_cast<std::uint64_t>(value) << 1) != 0;
        } else if constexpr (is_floating_v<To>) {
            constexpr double limit = largest_finite<To>();
            if (saturate && is_finite(value)) value = value > limit ? limit : value < -limit ? -limit : value;
            return narrow<To>(value);
        } else {
            return round_to_integer<To>(value);
        }
    } else if constexpr (std::is_same_v<To, bool>) {
        return x != 0;
    } else if constexpr (std::is_same_v<To, half> || std::is_same_v<To, bfloat16>) {
        constexpr double limit = largest_finite<To>();
        double value = exact_or_sticky(static_cast<std::int64_t>(x));
        if (saturate) value = value > limit ? limit : value < -limit ? -limit : value;
        return narrow<To>(value);
    } else {
        return static_cast<To>(x);
    }
}
TENFOLD_END
