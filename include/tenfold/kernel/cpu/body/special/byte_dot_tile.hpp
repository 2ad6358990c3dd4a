// SPDX-License-Identifier: Apache-2.0
// Dot products of rows of bytes, as dot_tile.hpp, by AVX512-VNNI: 64 products per instruction, nothing is packed. [floor 4]
//
// Exact modulo 2^32. B is toggled on its way into the registers where both operands have one sign; what that adds to a
// row of C stands behind the row of A (byte_quad_tile.hpp).
#pragma once

#include <tenfold/kernel/cpu/body/dot_tile.hpp>
#include <tenfold/kernel/cpu/body/special/byte_quad_tile.hpp>  // add_quad_products

#include <type_traits>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// out <- `count` < 64 bytes at p, then zeros; nothing beyond them is read.
TENFOLD_BODY TENFOLD_TARGET_AVX512_VNNI void load_first_bytes(const void* p, index_t count, vec<std::uint32_t, 64>::type& out) noexcept {
    out =
        reinterpret_cast<vec<std::uint32_t, 64>::type>(_mm512_maskz_loadu_epi8(static_cast<__mmask64>((std::uint64_t{1} << count) - 1), p));
}

template <class A, class B, int Rows, int Columns>
struct byte_dot_tile {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY TENFOLD_TARGET_AVX512_VNNI static void run(const dot_tile_arguments<B, std::uint32_t, std::uint32_t>* arguments) noexcept {
        TENFOLD_STRICT
        using V = vec<std::uint32_t, 64>::type;
        constexpr bool unsigned_a = std::is_unsigned_v<A>;
        constexpr std::uint32_t toggle = std::is_unsigned_v<B> == unsigned_a ? 0x80808080u : 0u;
        constexpr int Nb = (Rows + 2) / 3;  // base pointers, as in gemm_tile
        const dot_tile_arguments<B, std::uint32_t, std::uint32_t>& t = *arguments;
        const std::uint32_t* a[std::size_t{Nb}];
        TENFOLD_UNROLL
        for (int i = 0; i < Nb; ++i) a[i] = t.a + 3 * i * t.a_row;
        const B* b[std::size_t{Columns}];
        TENFOLD_UNROLL
        for (int j = 0; j < Columns; ++j) b[j] = t.b + (j < t.columns ? j : t.columns - 1) * t.b_row;
        const char* next = static_cast<const char*>(t.next != nullptr ? t.next : t.a);
        const index_t next_step = t.next != nullptr ? 64 : 0;

        V acc[std::size_t{Rows}][std::size_t{Columns}] = {};
        index_t p = 0;
        for (; p + 64 <= t.k; p += 64, next += next_step) {
            __builtin_prefetch(next, 0, 2);
            __builtin_prefetch(next + t.next_gap, 0, 2);
            V row[std::size_t{Columns}];
            TENFOLD_UNROLL
            for (int j = 0; j < Columns; ++j) {
                load_bytes(b[j] + p, row[j]);
                row[j] ^= toggle;
            }
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                V x;
                load_vector(a[i / 3] + (i % 3) * t.a_row + p / 4, x);
                TENFOLD_UNROLL
                for (int j = 0; j < Columns; ++j) add_quad_products(acc[i][j], unsigned_a ? x : row[j], unsigned_a ? row[j] : x);
            }
        }
        if (p < t.k) {  // A is zero beyond k
            V row[std::size_t{Columns}];
            TENFOLD_UNROLL
            for (int j = 0; j < Columns; ++j) {
                load_first_bytes(b[j] + p, t.k - p, row[j]);
                row[j] ^= toggle;
            }
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                V x;
                load_first_bytes(a[i / 3] + (i % 3) * t.a_row + p / 4, t.k - p, x);
                TENFOLD_UNROLL
                for (int j = 0; j < Columns; ++j) add_quad_products(acc[i][j], unsigned_a ? x : row[j], unsigned_a ? row[j] : x);
            }
        }
        const index_t words = ceil_divide(t.k, 4);
        std::uint32_t dots[std::size_t{Rows * Columns}];
        lane_sums<Rows * Columns>(&acc[0][0], dots);
        for (int i = 0; i < Rows; ++i) {
            std::uint32_t* const c = t.c + i * t.c_row;
            const std::uint32_t compensation = a[i / 3][(i % 3) * t.a_row + words];
            for (index_t j = 0; j < t.columns; ++j) {
                const std::uint32_t dot = dots[i * Columns + j] + compensation;
                c[j] = t.accumulate ? c[j] + dot : dot;
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
