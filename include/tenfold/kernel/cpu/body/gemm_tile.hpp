// SPDX-License-Identifier: Apache-2.0
// The tile of matmul and convolution: C (Mr, Nv vectors) <- [C +] sum over blocks of A (Mr, k) B (k, Nv vectors). [floor 4]
//
//   A: rows of scalars, unit step in k            B: panels, one row of Nv vectors per k
//   a + r * a_row:  a(r,0) a(r,1) ... a(r,k-1)    b + p * b_step:  b(p,0) ... b(p, Nv * L - 1)
//
// `blocks` > 0 adds A(a + a_offset[i]) B(b + i * b_block) for i < blocks: the batch-reduce form of convolution, where a
// block is one filter tap (Georganas et al., "Harnessing deep learning via a single building block", 2020).
// Accumulators start at +0 and are added to C when `accumulate`: blocks of k then round like blocked sums.
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T>
struct gemm_tile_arguments {
    index_t k;             // per block
    const T* a;
    index_t a_row;         // elements between rows of A
    const T* b;
    index_t b_step;        // elements between rows of B: Nv * L for a packed panel
    T* c;
    index_t c_row;         // elements between rows of C
    bool accumulate;       // add to C; otherwise C is written and never read
    index_t blocks;        // >= 1
    const index_t* a_offset;  // per block, elements; null: all zero
    index_t b_block;       // elements between blocks of B
};

/// Rows of the tile relative to the instruction set's full height: full, or half (rounded down) for short remainders.
enum class tile_height : int { full = 1, half = 2, single = 0 };

template <class Isa, tile_height Height>
inline constexpr int tile_rows_v = Height == tile_height::single ? 1 : Isa::tile_rows / static_cast<int>(Height);

template <class T, tile_height Height>
struct gemm_tile {
    template <class Isa>
    TENFOLD_BODY static void run(const gemm_tile_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr int L = vec<T, Isa::bytes>::lanes;
        constexpr int Mr = tile_rows_v<Isa, Height>;
        constexpr int Nv = Isa::tile_vectors;
        constexpr int Nb = (Mr + 2) / 3;  // base pointers: rows 3i, 3i+1, 3i+2 share one, so 14 rows need 5 registers
        static_assert(Mr >= 1 && Nv >= 1);

        const gemm_tile_arguments<T>& t = *arguments;
        V acc[std::size_t{Mr}][std::size_t{Nv}] = {};                                                   // (Mr, Nv * L)
        for (index_t block = 0; block < t.blocks; ++block) {
            const T* const a = t.a + (t.a_offset != nullptr ? t.a_offset[block] : 0);
            const T* base[std::size_t{Nb}];
            TENFOLD_UNROLL
            for (int i = 0; i < Nb; ++i) base[i] = a + 3 * i * t.a_row;
            const T* b = t.b + block * t.b_block;
            for (index_t p = 0; p < t.k; ++p, b += t.b_step) {
                V row[std::size_t{Nv}];                                                  // (Nv * L)
                TENFOLD_UNROLL
                for (int j = 0; j < Nv; ++j) load_vector(b + j * L, row[j]);
                TENFOLD_UNROLL
                for (int i = 0; i < Mr; ++i) {
                    const T scalar = base[i / 3][(i % 3) * t.a_row + p];
                    TENFOLD_UNROLL
                    for (int j = 0; j < Nv; ++j) acc[i][j] += scalar * row[j];
                }
            }
        }
        TENFOLD_UNROLL
        for (int i = 0; i < Mr; ++i) {
            T* c = t.c + i * t.c_row;
            TENFOLD_UNROLL
            for (int j = 0; j < Nv; ++j) {
                V value = acc[i][j];
                if (t.accumulate) {
                    V old;
                    load_vector(c + j * L, old);
                    value += old;
                }
                store_vector(c + j * L, value);
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
