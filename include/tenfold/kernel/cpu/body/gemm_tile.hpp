// SPDX-License-Identifier: Apache-2.0
// The tile of matmul and convolution: C (Rows, Vectors) <- [C +] sum over blocks of A (Rows, k) B (k, Vectors). [floor 4]
//
//   A: rows of scalars, unit step in k            B: one row of vectors per k
//   a + r * a_row:  a(r,0) a(r,1) ... a(r,k-1)    b + p * b_step:  b(p,0) ... b(p, L - 1) | ...
//
// `blocks` > 1 adds A(a + a_offset[i]) B(b + i * b_block) for i < blocks: the batch-reduce form of convolution, where a
// block is one filter tap (Georganas et al., "Harnessing deep learning via a single building block", 2020).
// Accumulators start at +0 and are added to C when `accumulate`: blocks of k then round like blocked sums.
//
// The last vector may begin before its place and overlap its neighbour: columns beyond the edge are never touched, and
// the doubled columns get equal bits. Each k step asks for two cache lines of what the caller reads next: with B streamed
// from memory once (m = 16, n = k = 4096) that is 100 instead of 50 GFLOP/s on a Zen 4 core.
#pragma once

#include <tenfold/kernel/cpu/body/special/read_again.hpp>
#include <tenfold/kernel/cpu/body/special/stream.hpp>
#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T, class Sum = T>
struct gemm_tile_arguments {
    index_t k = 0;              // per block
    const T* a = nullptr;
    index_t a_row = 0;          // elements between rows of A
    const T* b = nullptr;
    index_t b_step = 0;         // elements between rows of B: the tile's columns for a packed panel
    index_t last = 0;           // elements from the first to the last vector of a row of B, and of C
    Sum* c = nullptr;
    index_t c_row = 0;          // elements between rows of C
    bool accumulate = false;    // add to C; otherwise C is written and never read
    bool fetch_c = false;       // C is not in the nearest cache: ask for its lines first
    bool stream_c = false;      // a tile of full size may write C past the caches: rows of whole lines, not accumulated
    index_t blocks = 1;
    const index_t* a_offset = nullptr;  // per block, elements; null: all zero
    index_t b_block = 0;        // elements between blocks of B
    const void* next = nullptr;  // at step p the lines of next + p * next_step, and next_gap later, are asked for, in bytes
    index_t next_step = 0;
    index_t next_gap = 0;

    /// Member by member: as an aggregate, g++ 12 clears it with `rep stos`.
    TENFOLD_INLINE gemm_tile_arguments() noexcept {}
};

/// Elements from the first to the last vector.
template <int Vectors, class T, class Sum>
TENFOLD_BODY index_t last_vector(const gemm_tile_arguments<T, Sum>& t) noexcept {
    return Vectors == 1 ? 0 : t.last;
}

/// What every tile begins and ends with, whatever its products are.
template <int Rows, int Vectors, class T, class Sum>
TENFOLD_BODY void fetch_c(const gemm_tile_arguments<T, Sum>& t) noexcept {
    if (!t.fetch_c) return;
    const index_t last = last_vector<Vectors>(t);
    TENFOLD_UNROLL
    for (int i = 0; i < Rows; ++i) {
        __builtin_prefetch(t.c + i * t.c_row, 1);
        if constexpr (Vectors > 1) __builtin_prefetch(t.c + i * t.c_row + last, 1);
    }
}
template <class Isa, int Rows, int Vectors, class T, class Sum, class V>
TENFOLD_BODY void store_c(const gemm_tile_arguments<T, Sum>& t, index_t last, V (&acc)[std::size_t{Rows}][std::size_t{Vectors}]) noexcept {
    TENFOLD_STRICT
    constexpr int L = static_cast<int>(sizeof(V) / sizeof(Sum));
    Sum* const first = t.c;  // the arguments are read before the first store: their lines may share its address modulo 4 KiB
    const index_t c_row = t.c_row;
    if (t.accumulate) {
        TENFOLD_UNROLL
        for (int i = 0; i < Rows; ++i) {  // all old values of a row are read before one is written: vectors may overlap
            Sum* const c = first + i * c_row;
            TENFOLD_UNROLL
            for (int j = 0; j < Vectors; ++j) {
                V old;
                load_vector(c + (j + 1 < Vectors ? j * L : last), old);
                acc[i][j] += old;
            }
            TENFOLD_UNROLL
            for (int j = 0; j < Vectors; ++j) store_vector(c + (j + 1 < Vectors ? j * L : last), acc[i][j]);
        }
        return;
    }
    if constexpr (Vectors > 1 && Rows == Isa::tile_rows) {  // the others are few where C is large
        if (t.stream_c) {
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                TENFOLD_UNROLL
                for (int j = 0; j < Vectors; ++j) stream_vector(first + i * c_row + j * L, acc[i][j]);
            }
            return;
        }
    }
    TENFOLD_UNROLL
    for (int i = 0; i < Rows; ++i) {
        Sum* const c = first + i * c_row;
        TENFOLD_UNROLL
        for (int j = 0; j < Vectors; ++j) store_vector(c + (j + 1 < Vectors ? j * L : last), acc[i][j]);
    }
}

/// Vectors are of `Bytes`, at most the registers of the instruction set.
template <class T, int Rows, int Vectors, int Bytes>
struct gemm_tile {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const gemm_tile_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Bytes>::type;
        constexpr int L = vec<T, Bytes>::lanes;
        constexpr int Nb = (Rows + 2) / 3;  // base pointers: rows 3i, 3i+1, 3i+2 share one, so 14 rows need 5 registers
        static_assert(Rows >= 1 && Vectors >= 1 && Bytes <= Isa::bytes);

        const gemm_tile_arguments<T>* at = arguments;
        const index_t last = last_vector<Vectors>(*at);
        fetch_c<Rows, Vectors>(*at);
        V acc[std::size_t{Rows}][std::size_t{Vectors}] = {};                                              // (Rows, Vectors * L)
        const char* next = static_cast<const char*>(at->next != nullptr ? at->next : at->a);
        for (index_t block = 0; block < at->blocks; ++block) {
            read_again(at);  // what the loop over blocks needs would take registers from the loop over k
            const gemm_tile_arguments<T>& t = *at;
            const T* const a = t.a + (t.a_offset != nullptr ? t.a_offset[block] : 0) + t.k;
            const T* base[std::size_t{Nb}];
            TENFOLD_UNROLL
            for (int i = 0; i < Nb; ++i) base[i] = a + 3 * i * t.a_row;
            const T* b = t.b + block * t.b_block;
            const index_t a_row = t.a_row, b_step = t.b_step, next_step = t.next_step, next_gap = t.next_gap;
            for (index_t p = -t.k; p != 0; ++p, b += b_step, next += next_step) {  // from -k: its end takes no register
                V row[std::size_t{Vectors}];                                       // (Vectors * L)
                TENFOLD_UNROLL
                for (int j = 0; j < Vectors; ++j) load_vector(b + (j + 1 < Vectors ? j * L : last), row[j]);
                if constexpr (Vectors > 1) {  // a narrow tile has no load to spare: 9 per 8 multiply-adds
                    __builtin_prefetch(next, 0, 2);
                    __builtin_prefetch(next + next_gap, 0, 2);
                }
                TENFOLD_UNROLL
                for (int i = 0; i < Rows; ++i) {
                    const T scalar = base[i / 3][(i % 3) * a_row + p];
                    TENFOLD_UNROLL
                    for (int j = 0; j < Vectors; ++j) acc[i][j] += scalar * row[j];
                }
            }
            read_again(at);
        }
        store_c<Isa, Rows, Vectors>(*at, last, acc);
    }
};
TENFOLD_END
TENFOLD_BODIES_END
