// SPDX-License-Identifier: Apache-2.0
// The instruction set the translation unit is compiled for anyway: always available, 16-byte vectors.
// [floor 4]
#pragma once

#include <tenfold/kernel/cpu/isa/detect.hpp>  // isa_bits

TENFOLD_BEGIN
struct baseline {
    using base = baseline;
    static constexpr const char* name = "baseline";
    static constexpr unsigned needs = 0;
    static constexpr int bytes = 16;                 // of a vector
    static constexpr int tile_rows = 4, tile_vectors = 2;  // the matmul tile: rows x vectors of accumulators
    static constexpr bool has_fma = false;

    /// The one function that carries the instruction set: `Body` and all it inlines is compiled for it.
    template <class Body, class... Argument>
    TENFOLD_ENTRY static void call(Argument... argument) noexcept {
        Body::template run<baseline>(argument...);
    }
};
TENFOLD_END
