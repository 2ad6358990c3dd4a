// SPDX-License-Identifier: Apache-2.0
// AVX-512 with VNNI, dot products of 4 bytes into int32 (Cascade Lake, Ice Lake): an extension of avx512.
// [floor 4]
#pragma once

#include <tenfold/kernel/cpu/isa/avx512.hpp>

/// Stands on the entry and on each body that uses the instructions.
#define TENFOLD_TARGET_AVX512_VNNI __attribute__((target(TENFOLD_FEATURES_AVX512 ",avx512vnni")))

TENFOLD_BEGIN
struct avx512_vnni : avx512 {
    using base = avx512;
    static constexpr const char* name = "avx512_vnni";
    static constexpr unsigned needs = avx512::needs | isa_bits::avx512_vnni;

    /// For bodies of its own.
    TENFOLD_ISA_CALL(avx512_vnni, TENFOLD_TARGET_AVX512_VNNI);
};
TENFOLD_END
