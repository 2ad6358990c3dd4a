// SPDX-License-Identifier: Apache-2.0
// The tile of matmul over groups of four bytes: C (Rows, Vectors) <- [C +] A B modulo 2^32, by AVX512-VNNI.  [floor 4]
//
// As gemm_tile.hpp, with four bytes along k where that has an element. The instruction multiplies unsigned bytes by signed
// ones, exactly: A keeps its sign and B comes in the other one, toggled by 128 where it had the same. What that adds to all
// sums of a row of A, 128 times the sum of its bytes, stands behind the row, and accumulators start from it.
#pragma once

#include <tenfold/kernel/cpu/body/gemm_tile.hpp>
#include <tenfold/kernel/cpu/isa/avx512_vnni.hpp>

#include <immintrin.h>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// acc += u s in each lane: the four products of the bytes of u, unsigned, and of s, signed.
TENFOLD_BODY TENFOLD_TARGET_AVX512_VNNI void add_quad_products(vec<std::uint32_t, 64>::type& acc, const vec<std::uint32_t, 64>::type& u,
                                                               const vec<std::uint32_t, 64>::type& s) noexcept {
    acc = reinterpret_cast<vec<std::uint32_t, 64>::type>(
        _mm512_dpbusd_epi32(reinterpret_cast<__m512i>(acc), reinterpret_cast<__m512i>(u), reinterpret_cast<__m512i>(s)));
}
TENFOLD_BODY TENFOLD_TARGET_AVX512_VNNI void add_quad_products(vec<std::uint32_t, 32>::type& acc, const vec<std::uint32_t, 32>::type& u,
                                                               const vec<std::uint32_t, 32>::type& s) noexcept {
    acc = reinterpret_cast<vec<std::uint32_t, 32>::type>(
        _mm256_dpbusd_epi32(reinterpret_cast<__m256i>(acc), reinterpret_cast<__m256i>(u), reinterpret_cast<__m256i>(s)));
}
TENFOLD_BODY TENFOLD_TARGET_AVX512_VNNI void add_quad_products(vec<std::uint32_t, 16>::type& acc, const vec<std::uint32_t, 16>::type& u,
                                                               const vec<std::uint32_t, 16>::type& s) noexcept {
    acc = reinterpret_cast<vec<std::uint32_t, 16>::type>(
        _mm_dpbusd_epi32(reinterpret_cast<__m128i>(acc), reinterpret_cast<__m128i>(u), reinterpret_cast<__m128i>(s)));
}

/// One block: `blocks` of the arguments is not used.
template <bool UnsignedA, int Rows, int Vectors, int Bytes>
struct byte_quad_tile {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY TENFOLD_TARGET_AVX512_VNNI static void run(const gemm_tile_arguments<std::uint32_t, std::uint32_t>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<std::uint32_t, Bytes>::type;
        constexpr int L = vec<std::uint32_t, Bytes>::lanes;
        constexpr int Nb = (Rows + 2) / 3;  // base pointers, as in gemm_tile
        const gemm_tile_arguments<std::uint32_t, std::uint32_t>& t = *arguments;
        const index_t last = last_vector<Vectors>(t);
        fetch_c<Rows, Vectors>(t);
        const std::uint32_t* base[std::size_t{Nb}];
        TENFOLD_UNROLL
        for (int i = 0; i < Nb; ++i) base[i] = t.a + 3 * i * t.a_row;
        const std::uint32_t* b = t.b;
        const char* next = static_cast<const char*>(t.next != nullptr ? t.next : t.a);
        V acc[std::size_t{Rows}][std::size_t{Vectors}];  // (Rows, Vectors * L)
        TENFOLD_UNROLL
        for (int i = 0; i < Rows; ++i) {
            TENFOLD_UNROLL
            for (int j = 0; j < Vectors; ++j) acc[i][j] = V{} + base[i / 3][(i % 3) * t.a_row + t.k];
        }
        for (index_t p = 0; p < t.k; ++p, b += t.b_step, next += t.next_step) {
            V row[std::size_t{Vectors}];
            TENFOLD_UNROLL
            for (int j = 0; j < Vectors; ++j) load_vector(b + (j + 1 < Vectors ? j * L : last), row[j]);
            __builtin_prefetch(next, 0, 2);
            __builtin_prefetch(next + t.next_gap, 0, 2);
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                const V quad = V{} + base[i / 3][(i % 3) * t.a_row + p];
                TENFOLD_UNROLL
                for (int j = 0; j < Vectors; ++j) add_quad_products(acc[i][j], UnsignedA ? quad : row[j], UnsignedA ? row[j] : quad);
            }
        }
        store_c<Isa, Rows, Vectors>(t, last, acc);
    }
};
TENFOLD_END
TENFOLD_BODIES_END
