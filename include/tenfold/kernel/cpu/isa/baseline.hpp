// SPDX-License-Identifier: Apache-2.0
// The instruction set the translation unit is compiled for anyway: always available, 16-byte vectors.
// [floor 4]
#pragma once

#include <tenfold/kernel/cpu/isa/call.hpp>
#include <tenfold/kernel/cpu/isa/detect.hpp>  // isa_bits

TENFOLD_BEGIN
struct baseline {
    using base = baseline;
    static constexpr const char* name = "baseline";
    static constexpr unsigned needs = 0;
    static constexpr int bytes = 16;                 // of a vector
    static constexpr int tile_rows = 4, tile_vectors = 2;  // the matmul tile: rows x vectors of accumulators
    static constexpr bool has_fma = false;

    TENFOLD_ISA_CALL(baseline, );
};
TENFOLD_END
