// SPDX-License-Identifier: Apache-2.0
// half: IEEE 754 binary16 as a storage type; arithmetic happens in float.                                  [floor 1]
#pragma once

#include <tenfold/config/abi.hpp>  // TENFOLD_TYPES_BEGIN, TENFOLD_INLINE

#include <cstdint>

TENFOLD_TYPES_BEGIN
/// 1 sign, 5 exponent, 10 fraction bits; max 65504, unit roundoff 2^-11. Conversion from float rounds to nearest even,
/// overflows to Inf at 65520, keeps subnormals and keeps a NaN a NaN (its payload's high bits, made quiet).
struct half {
    std::uint16_t bits;

    half() = default;
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr half(float value) noexcept : bits(from_float(value)) {}
    TENFOLD_ANYWHERE TENFOLD_INLINE constexpr operator float() const noexcept { return to_float(bits); }

    TENFOLD_ANYWHERE TENFOLD_INLINE static constexpr half from_bits(std::uint16_t pattern) noexcept {
        half h{};
        h.bits = pattern;
        return h;
    }

private:
    TENFOLD_ANYWHERE TENFOLD_INLINE static constexpr std::uint16_t from_float(float value) noexcept {
        const std::uint32_t word = __builtin_bit_cast(std::uint32_t, value);
        const std::uint32_t sign = (word >> 16) & 0x8000u;
        const std::uint32_t magnitude = word & 0x7fffffffu;
        if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
        if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // 65520: the tie goes to Inf
        if (magnitude < 0x38800000u) {  // below 2^-14: a multiple of 2^-24; adding 0.5 leaves it, rounded, in the low bits
            const float shifted = __builtin_bit_cast(float, magnitude) + 0.5f;
            return static_cast<std::uint16_t>(sign | (__builtin_bit_cast(std::uint32_t, shifted) - 0x3f000000u));
        }
        const std::uint32_t odd = (magnitude >> 13) & 1u;  // round half to even on the 13 dropped bits
        return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
    }

    TENFOLD_ANYWHERE TENFOLD_INLINE static constexpr float to_float(std::uint16_t pattern) noexcept {
        const std::uint32_t sign = static_cast<std::uint32_t>(pattern & 0x8000u) << 16;
        const std::uint32_t magnitude = pattern & 0x7fffu;
        if (magnitude >= 0x7c00u) {  // Inf; a NaN comes out quiet, as the F16C instruction does it
            const std::uint32_t quiet = magnitude > 0x7c00u ? 0x400000u : 0u;
            return __builtin_bit_cast(float, sign | 0x7f800000u | quiet | ((magnitude & 0x3ffu) << 13));
        }
        if (magnitude >= 0x0400u) return __builtin_bit_cast(float, sign | ((magnitude << 13) + 0x38000000u));
        const float value = static_cast<float>(magnitude) * 0x1p-24f;
        return __builtin_bit_cast(float, sign | __builtin_bit_cast(std::uint32_t, value));
    }
};
static_assert(sizeof(half) == 2 && alignof(half) == 2);
TENFOLD_TYPES_END
