// SPDX-License-Identifier: Apache-2.0
// The floating-point control register of this thread, and values of it that a caller may have set.
#pragma once

#include <cfenv>
#include <cstdint>

namespace support {
#if defined(__x86_64__)
constexpr std::uint32_t ieee_mode = 0x1f80;
constexpr std::uint32_t odd_modes[] = {
    0x9fc0,  // flush to zero, denormals are zero
    0x5f80,  // round up
    0x3f80,  // round down
    0x7f80,  // round to zero
    0x0f80,  // inexact unmasked: every rounding would trap
    0x1fa0,  // a sticky flag is up
    0x9fff,  // flushing, all flags up
};
inline std::uint32_t fp_mode() { return __builtin_ia32_stmxcsr(); }
inline void set_fp_mode(std::uint32_t value) { __builtin_ia32_ldmxcsr(value); }
#else
constexpr std::uint32_t ieee_mode = 0;
constexpr std::uint32_t odd_modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
inline std::uint32_t fp_mode() { return static_cast<std::uint32_t>(std::fegetround()); }
inline void set_fp_mode(std::uint32_t value) { std::fesetround(static_cast<int>(value)); }
#endif
}  // namespace support
