// SPDX-License-Identifier: Apache-2.0
// What a value becomes in another element type, on the device: the rules of kernel/reference/convert_value.hpp, with as little
// double arithmetic as they allow.                                                                           [floor 4]
#pragma once

#include <tenfold/core/dtype.hpp>
#include <tenfold/kernel/cuda/body/reduce_policies.hpp>  // as_bits, widened, is_zero

TENFOLD_BEGIN
namespace gpu_kernels {
TENFOLD_DEVICE float nearest_whole(float x) { return __builtin_rintf(x); }
TENFOLD_DEVICE double nearest_whole(double x) { return __builtin_rint(x); }

/// To the nearest integer, half to even; beyond the range its nearest end; NaN to 0.
template <class To, class Real>
TENFOLD_DEVICE To to_integer(Real x) {
    constexpr bool is_signed = static_cast<To>(-1) < static_cast<To>(0);
    constexpr To highest = static_cast<To>(~std::uint64_t{0} >> (64 - 8 * sizeof(To) + (is_signed ? 1 : 0)));
    constexpr To lowest = is_signed ? static_cast<To>(-highest - 1) : To{0};
    if (!(x > static_cast<Real>(lowest))) return x == x ? lowest : To{0};
    if (x >= static_cast<Real>(highest)) return highest;  // the bound itself may round up to a power of two
    return static_cast<To>(nearest_whole(x));
}

/// double -> float that a second rounding, to 16 bits, cannot get wrong: the lost bits stay as an odd last one.
TENFOLD_DEVICE float rounded_to_odd(double x) {
    const auto nearest = static_cast<float>(x);
    const double back = nearest;
    if (back == x || back != back) return nearest;
    std::uint32_t bits = as_bits<std::uint32_t>(nearest);
    if ((back > x) == (x > 0)) --bits;
    return as_bits<float>(bits | 1u);
}

/// A whole number as a double: exact below 2^53, beyond it with the eleven low bits as one sticky bit.
TENFOLD_DEVICE double whole_or_sticky(std::int64_t x) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    if (x >= -exact && x <= exact) return static_cast<double>(x);
    return static_cast<double>((x & ~std::int64_t{0x7ff}) | ((x & 0x7ff) != 0 ? 0x400 : 0));
}

template <class T>
inline constexpr double largest_number = std::is_same_v<T, half>       ? 65504.0
                                         : std::is_same_v<T, bfloat16> ? 0x1.fep127
                                         : std::is_same_v<T, float>    ? 0x1.fffffep127
                                                                       : 0x1.fffffffffffffp1023;
/// Finite values beyond the range of To become its largest ones; Inf and NaN stay.
template <class To, class Real>
TENFOLD_DEVICE Real saturated(Real x) {
    if constexpr (sizeof(To) >= sizeof(Real)) {
        return x;
    } else {
        constexpr auto limit = static_cast<Real>(largest_number<To>);
        constexpr auto infinity = static_cast<Real>(infinite);
        if (x > limit && x < infinity) return limit;
        if (x < -limit && x > -infinity) return -limit;
        return x;
    }
}

template <class To, class From>
TENFOLD_DEVICE To converted(From x, bool saturate = false) {
    constexpr bool narrow = std::is_same_v<To, half> || std::is_same_v<To, bfloat16>;
    if constexpr (std::is_same_v<To, From>) {
        return x;
    } else if constexpr (std::is_same_v<To, bool>) {
        return !is_zero(x);
    } else if constexpr (is_floating_v<From> && is_floating_v<To>) {
        auto value = widened(x);
        if (saturate) value = saturated<To>(value);
        if constexpr (narrow && sizeof(value) == 8) {
            return To(rounded_to_odd(value));
        } else {
            return static_cast<To>(value);
        }
    } else if constexpr (is_floating_v<From>) {
        return to_integer<To>(widened(x));
    } else if constexpr (narrow) {
        double value = whole_or_sticky(static_cast<std::int64_t>(x));
        if (saturate) value = saturated<To>(value);
        return To(rounded_to_odd(value));
    } else {
        return static_cast<To>(x);
    }
}

/// What a functor returned; numbers that are no element types become the nearest wider one.
template <class Value>
TENFOLD_DEVICE auto held_as_element(Value value) {
    if constexpr (element<Value>) {
        return value;
    } else {
        return static_cast<std::conditional_t<std::is_integral_v<Value>, std::int64_t, double>>(value);
    }
}
}  // namespace gpu_kernels
TENFOLD_END
