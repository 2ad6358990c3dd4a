// SPDX-License-Identifier: Apache-2.0
// Dot products of rows of bfloat16, as dot_tile.hpp, by AVX512-BF16: 32 products per instruction, nothing is packed. [floor 4]
//
// Products 2 i and 2 i + 1 of every 32 go to lane i. The instruction takes subnormal operands as zeros and flushes
// subnormal sums.
#pragma once

#include <tenfold/core/dtype/bfloat16.hpp>
#include <tenfold/kernel/cpu/body/dot_tile.hpp>
#include <tenfold/kernel/cpu/body/special/bf16_pair_tile.hpp>  // add_pair_products

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// out <- `count` < 32 elements at p, then zeros; nothing beyond them is read.
TENFOLD_BODY TENFOLD_TARGET_AVX512_BF16 void load_first_pairs(const void* p, index_t count, vec<std::uint32_t, 64>::type& out) noexcept {
    out = reinterpret_cast<vec<std::uint32_t, 64>::type>(_mm512_maskz_loadu_epi16(static_cast<__mmask32>((1u << count) - 1), p));
}

template <int Rows, int Columns>
struct bf16_dot_tile {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY TENFOLD_TARGET_AVX512_BF16 static void run(const dot_tile_arguments<bfloat16, std::uint32_t, float>* arguments) noexcept {
        TENFOLD_STRICT
        using Pairs = vec<std::uint32_t, 64>::type;
        using Sums = vec<float, 64>::type;
        constexpr int Nb = (Rows + 2) / 3;  // base pointers, as in gemm_tile
        const dot_tile_arguments<bfloat16, std::uint32_t, float>& t = *arguments;
        const std::uint32_t* a[std::size_t{Nb}];
        TENFOLD_UNROLL
        for (int i = 0; i < Nb; ++i) a[i] = t.a + 3 * i * t.a_row;
        const bfloat16* b[std::size_t{Columns}];
        TENFOLD_UNROLL
        for (int j = 0; j < Columns; ++j) b[j] = t.b + (j < t.columns ? j : t.columns - 1) * t.b_row;
        const char* next = static_cast<const char*>(t.next != nullptr ? t.next : t.a);
        const index_t next_step = t.next != nullptr ? 64 : 0;

        Sums acc[std::size_t{Rows}][std::size_t{Columns}] = {};
        index_t p = 0;
        for (; p + 32 <= t.k; p += 32, next += next_step) {
            __builtin_prefetch(next, 0, 2);
            __builtin_prefetch(next + t.next_gap, 0, 2);
            Pairs row[std::size_t{Columns}];
            TENFOLD_UNROLL
            for (int j = 0; j < Columns; ++j) load_bytes(b[j] + p, row[j]);
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                Pairs x;
                load_vector(a[i / 3] + (i % 3) * t.a_row + p / 2, x);
                TENFOLD_UNROLL
                for (int j = 0; j < Columns; ++j) add_pair_products(acc[i][j], x, row[j]);
            }
        }
        if (p < t.k) {
            Pairs row[std::size_t{Columns}];
            TENFOLD_UNROLL
            for (int j = 0; j < Columns; ++j) load_first_pairs(b[j] + p, t.k - p, row[j]);
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                Pairs x;
                load_first_pairs(a[i / 3] + (i % 3) * t.a_row + p / 2, t.k - p, x);
                TENFOLD_UNROLL
                for (int j = 0; j < Columns; ++j) add_pair_products(acc[i][j], x, row[j]);
            }
        }
        float dots[std::size_t{Rows * Columns}];
        lane_sums<Rows * Columns>(&acc[0][0], dots);
        for (int i = 0; i < Rows; ++i) {
            float* const c = t.c + i * t.c_row;
            for (index_t j = 0; j < t.columns; ++j) c[j] = t.accumulate ? c[j] + dots[i * Columns + j] : dots[i * Columns + j];
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
