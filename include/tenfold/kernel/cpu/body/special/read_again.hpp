// SPDX-License-Identifier: Apache-2.0
// read_again: makes the compiler forget what it has read through a pointer.                                 [floor 4]
#pragma once

#include <tenfold/core/index.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// The compiler keeps nothing of what it has read through p. Otherwise it holds what is needed much later in vector registers, and
/// moves it back on the pipes that multiply. Where this stands matters: 64^3 on a Zen 4 core takes 4.55 us with it at both ends of
/// a block, 4.68 with p read from the stack after the last one, 4.64 without it.
template <class P>
TENFOLD_BODY void read_again(P& p) noexcept {
    __asm__("" : "+r"(p));
}
TENFOLD_END
TENFOLD_BODIES_END
