// SPDX-License-Identifier: Apache-2.0
// bfloat16: the upper half of a float as a storage type; arithmetic happens in float.                      [floor 1]
#pragma once

#include <tenfold/config/abi.hpp>  // TENFOLD_TYPES_BEGIN, TENFOLD_INLINE

#include <cstdint>

TENFOLD_TYPES_BEGIN
/// 1 sign, 8 exponent, 7 fraction bits; unit roundoff 2^-8. Conversion from float rounds to nearest even, overflows to
/// Inf and keeps a NaN a NaN: the bare add-and-shift would turn 0x7fffffff into -0 and 0x7f800001 into Inf.
struct bfloat16 {
    std::uint16_t bits;

    bfloat16() = default;
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr bfloat16(float value) noexcept : bits(from_float(value)) {}
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr operator float() const noexcept {
        return __builtin_bit_cast(float, static_cast<std::uint32_t>(bits) << 16);
    }

    TENFOLD_ANYWHERE TENFOLD_INLINE static constexpr bfloat16 from_bits(std::uint16_t pattern) noexcept {
        bfloat16 b{};
        b.bits = pattern;
        return b;
    }

private:
    TENFOLD_ANYWHERE TENFOLD_INLINE static constexpr std::uint16_t from_float(float value) noexcept {
        const std::uint32_t word = __builtin_bit_cast(std::uint32_t, value);
        if ((word & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((word >> 16) | 0x40u);
        return static_cast<std::uint16_t>((word + 0x7fffu + ((word >> 16) & 1u)) >> 16);
    }
};
static_assert(sizeof(bfloat16) == 2 && alignof(bfloat16) == 2);
TENFOLD_TYPES_END
