// SPDX-License-Identifier: Apache-2.0
// Asks for lines of memory that a copy across them reaches next, which the hardware's prefetchers do not foresee. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// One cache line at from + (Count + i) * step each, i < Count: the same bytes of the next `Count` lines of an operand, of which
/// nothing needs to be there.
template <int Count, class T>
TENFOLD_BODY void fetch_next_lines(const T* from, index_t step) noexcept {
    constexpr auto bytes = static_cast<std::uintptr_t>(sizeof(T));
    const std::uintptr_t row = static_cast<std::uintptr_t>(step) * bytes;
    std::uintptr_t at = reinterpret_cast<std::uintptr_t>(from) + Count * row;
    TENFOLD_UNROLL
    for (int i = 0; i < Count; ++i, at += row) __builtin_prefetch(reinterpret_cast<const void*>(at), 0, 2);
}
TENFOLD_END
TENFOLD_BODIES_END
