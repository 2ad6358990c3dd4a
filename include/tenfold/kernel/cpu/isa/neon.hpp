// SPDX-License-Identifier: Apache-2.0
// AArch64 Advanced SIMD: 32 registers of 16 bytes, FMA always there. 8x3 vectors: 24 accumulators, 3 of B, 2 of A.
// [floor 4]
#pragma once

#include <tenfold/kernel/cpu/isa/call.hpp>
#include <tenfold/kernel/cpu/isa/detect.hpp>  // isa_bits

TENFOLD_BEGIN
struct neon {
    using base = neon;
    static constexpr const char* name = "neon";
    static constexpr unsigned needs = 0;
    static constexpr int bytes = 16;                 // of a vector
    static constexpr int tile_rows = 8, tile_vectors = 3;  // the matmul tile: rows x vectors of accumulators
    static constexpr bool has_fma = true;

    TENFOLD_ISA_CALL(neon, );
};
TENFOLD_END
