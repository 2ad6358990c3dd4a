// SPDX-License-Identifier: Apache-2.0
// The tile of matmul over pairs of bfloat16: C (Rows, Vectors) <- [C +] A B, sums in float, by AVX512-BF16.  [floor 4]
//
// As gemm_tile.hpp, with a pair along k where that has an element: a lane takes two products per instruction, in the order
// of k, each added with one rounding. The instruction takes subnormal operands as zeros, flushes subnormal sums and knows
// no other rounding mode than to nearest.
#pragma once

#include <tenfold/kernel/cpu/body/gemm_tile.hpp>
#include <tenfold/kernel/cpu/isa/avx512_bf16.hpp>

#include <immintrin.h>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// acc += products of the pairs of a and b.
TENFOLD_BODY TENFOLD_TARGET_AVX512_BF16 void add_pair_products(vec<float, 64>::type& acc, const vec<std::uint32_t, 64>::type& a,
                                                               const vec<std::uint32_t, 64>::type& b) noexcept {
    acc = reinterpret_cast<vec<float, 64>::type>(
        _mm512_dpbf16_ps(reinterpret_cast<__m512>(acc), reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b)));
}
TENFOLD_BODY TENFOLD_TARGET_AVX512_BF16 void add_pair_products(vec<float, 32>::type& acc, const vec<std::uint32_t, 32>::type& a,
                                                               const vec<std::uint32_t, 32>::type& b) noexcept {
    acc = reinterpret_cast<vec<float, 32>::type>(
        _mm256_dpbf16_ps(reinterpret_cast<__m256>(acc), reinterpret_cast<__m256bh>(a), reinterpret_cast<__m256bh>(b)));
}
TENFOLD_BODY TENFOLD_TARGET_AVX512_BF16 void add_pair_products(vec<float, 16>::type& acc, const vec<std::uint32_t, 16>::type& a,
                                                               const vec<std::uint32_t, 16>::type& b) noexcept {
    acc = reinterpret_cast<vec<float, 16>::type>(
        _mm_dpbf16_ps(reinterpret_cast<__m128>(acc), reinterpret_cast<__m128bh>(a), reinterpret_cast<__m128bh>(b)));
}

/// One block: `blocks` of the arguments is not used.
template <int Rows, int Vectors, int Bytes>
struct bf16_pair_tile {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY TENFOLD_TARGET_AVX512_BF16 static void run(const gemm_tile_arguments<std::uint32_t, float>* arguments) noexcept {
        TENFOLD_STRICT
        using Pairs = typename vec<std::uint32_t, Bytes>::type;
        using Sums = typename vec<float, Bytes>::type;
        constexpr int L = vec<float, Bytes>::lanes;
        constexpr int Nb = (Rows + 2) / 3;  // base pointers, as in gemm_tile
        const gemm_tile_arguments<std::uint32_t, float>& t = *arguments;
        const index_t last = last_vector<Vectors>(t);
        fetch_c<Rows, Vectors>(t);
        const std::uint32_t* base[std::size_t{Nb}];
        TENFOLD_UNROLL
        for (int i = 0; i < Nb; ++i) base[i] = t.a + 3 * i * t.a_row;
        const std::uint32_t* b = t.b;
        const char* next = static_cast<const char*>(t.next != nullptr ? t.next : t.a);
        Sums acc[std::size_t{Rows}][std::size_t{Vectors}] = {};  // (Rows, Vectors * L)
        for (index_t p = 0; p < t.k; ++p, b += t.b_step, next += t.next_step) {
            Pairs row[std::size_t{Vectors}];
            TENFOLD_UNROLL
            for (int j = 0; j < Vectors; ++j) load_vector(b + (j + 1 < Vectors ? j * L : last), row[j]);
            __builtin_prefetch(next, 0, 2);
            __builtin_prefetch(next + t.next_gap, 0, 2);
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                const Pairs pair = Pairs{} + base[i / 3][(i % 3) * t.a_row + p];
                TENFOLD_UNROLL
                for (int j = 0; j < Vectors; ++j) add_pair_products(acc[i][j], pair, row[j]);
            }
        }
        store_c<Isa, Rows, Vectors>(t, last, acc);
    }
};
TENFOLD_END
TENFOLD_BODIES_END
