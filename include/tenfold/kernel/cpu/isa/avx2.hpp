// SPDX-License-Identifier: Apache-2.0
// AVX2 with FMA and F16C: 16 registers of 32 bytes. 6x2 vectors: 12 accumulators, 2 of B, 2 broadcasts.
// [floor 4]
#pragma once

#include <tenfold/kernel/cpu/isa/call.hpp>
#include <tenfold/kernel/cpu/isa/detect.hpp>  // isa_bits

TENFOLD_BEGIN
struct avx2 {
    using base = avx2;
    static constexpr const char* name = "avx2";
    static constexpr unsigned needs = isa_bits::avx2;
    static constexpr int bytes = 32;                 // of a vector
    static constexpr int tile_rows = 6, tile_vectors = 2;  // the matmul tile: rows x vectors of accumulators
    static constexpr bool has_fma = true;

    TENFOLD_ISA_CALL(avx2, __attribute__((target("avx2,fma,f16c"))));
};
TENFOLD_END
