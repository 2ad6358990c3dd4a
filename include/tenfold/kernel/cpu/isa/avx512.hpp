// SPDX-License-Identifier: Apache-2.0
// AVX-512 F/DQ/BW/VL: 32 registers of 64 bytes. 14x2 vectors: 28 accumulators, 2 of B, 1 broadcast.
// [floor 4]
#pragma once

#include <tenfold/kernel/cpu/isa/call.hpp>
#include <tenfold/kernel/cpu/isa/detect.hpp>  // isa_bits

// Extension levels add to this list.
#define TENFOLD_FEATURES_AVX512 "avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c"

TENFOLD_BEGIN
struct avx512 {
    using base = avx512;
    static constexpr const char* name = "avx512";
    static constexpr unsigned needs = isa_bits::avx512 | isa_bits::avx2;
    static constexpr int bytes = 64;                 // of a vector
    static constexpr int tile_rows = 14, tile_vectors = 2;  // the matmul tile: rows x vectors of accumulators
    static constexpr bool has_fma = true;

    TENFOLD_ISA_CALL(avx512, __attribute__((target(TENFOLD_FEATURES_AVX512))));
};
TENFOLD_END
