// SPDX-License-Identifier: Apache-2.0
// half to float and back by the instructions that do it: the same bits as the arithmetic in element.hpp, NaNs quiet. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Vectors of floats of so many bytes belong to instruction sets that have F16C, and the compiler lets it be named.
inline constexpr bool widens_halves(int bytes) noexcept { return TENFOLD_BODY_MAY_NAME_INSTRUCTIONS != 0 && bytes >= 32; }

/// bits <- those of the floats with the values of the halves in `pattern`.
template <class Pattern, class Words>
TENFOLD_BODY void widen_halves([[maybe_unused]] const Pattern& pattern, [[maybe_unused]] Words& bits) noexcept {
#if TENFOLD_BODY_MAY_NAME_INSTRUCTIONS
    __asm__("vcvtph2ps {%1, %0|%0, %1}" : "=v"(bits) : "v"(pattern));
#endif
}
/// pattern <- the halves nearest to the floats, ties to even; one half as wide.
template <class Floats, class Pattern>
TENFOLD_BODY void narrow_to_halves([[maybe_unused]] const Floats& floats, [[maybe_unused]] Pattern& pattern) noexcept {
#if TENFOLD_BODY_MAY_NAME_INSTRUCTIONS
    __asm__("vcvtps2ph {$0, %1, %0|%0, %1, 0}" : "=v"(pattern) : "v"(floats));
#endif
}
TENFOLD_END
TENFOLD_BODIES_END
