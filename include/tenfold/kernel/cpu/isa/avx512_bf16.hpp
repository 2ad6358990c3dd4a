// SPDX-License-Identifier: Apache-2.0
// AVX-512 with VNNI and BF16, dot products of 2 bfloat16 into float (Cooper Lake, Zen 4): an extension of avx512.
// [floor 4]
#pragma once

#include <tenfold/kernel/cpu/isa/avx512.hpp>

/// Stands on the entry and on each body that uses the instructions.
#define TENFOLD_TARGET_AVX512_BF16 __attribute__((target(TENFOLD_FEATURES_AVX512 ",avx512vnni,avx512bf16")))

TENFOLD_BEGIN
struct avx512_bf16 : avx512 {
    using base = avx512;
    static constexpr const char* name = "avx512_bf16";
    static constexpr unsigned needs = avx512::needs | isa_bits::avx512_vnni | isa_bits::avx512_bf16;

    /// For bodies of its own.
    TENFOLD_ISA_CALL(avx512_bf16, TENFOLD_TARGET_AVX512_BF16);
};
TENFOLD_END
