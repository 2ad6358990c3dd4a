// SPDX-License-Identifier: Apache-2.0
// The tile for columns that are no whole number of vectors: whole ones, and one of half their size at the edge.  [floor 4]
//
// n = 33 is 2 vectors and a column. As a strip of its own, the column would read A once more and wait for its few
// accumulators; beside the vectors it costs half of one more. f32 on a Zen 4 core, beside narrow strips: 33^3 +7 to 15 %,
// 20^3 +5 to 14 %, 12^3 +34 %, 65^3 +6 %.
#pragma once

#include <tenfold/kernel/cpu/body/gemm_tile.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Columns [0, Vectors * L) and [last, last + L / 2), which may overlap: doubled columns get equal bits. One block of k.
template <class T, int Rows, int Vectors, int Bytes>
struct ragged_tile {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const gemm_tile_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Bytes>::type;
        using H = typename vec<T, Bytes / 2>::type;
        constexpr int L = vec<T, Bytes>::lanes;
        constexpr int Nb = (Rows + 2) / 3;  // base pointers, as in gemm_tile

        const gemm_tile_arguments<T>& t = *arguments;
        const index_t last = t.last, a_row = t.a_row, b_step = t.b_step;
        V acc[std::size_t{Rows}][std::size_t{Vectors}] = {};  // (Rows, Vectors * L)
        H edge[std::size_t{Rows}] = {};                       // (Rows, L / 2)
        const T* base[std::size_t{Nb}];
        TENFOLD_UNROLL
        for (int i = 0; i < Nb; ++i) base[i] = t.a + t.k + 3 * i * a_row;
        const T* b = t.b;
        for (index_t p = -t.k; p != 0; ++p, b += b_step) {
            V row[std::size_t{Vectors}];
            H row_edge;
            TENFOLD_UNROLL
            for (int j = 0; j < Vectors; ++j) load_vector(b + j * L, row[j]);
            load_vector(b + last, row_edge);
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                const V scalar = base[i / 3][(i % 3) * a_row + p] - V{};  // x - 0 is x: in every lane
                H scalar_edge;  // the lower half of it: g++ would broadcast twice, on the ports that multiply
                __builtin_memcpy(&scalar_edge, &scalar, sizeof(H));
                TENFOLD_UNROLL
                for (int j = 0; j < Vectors; ++j) acc[i][j] += scalar * row[j];
                edge[i] += scalar_edge * row_edge;
            }
        }
        T* const first = t.c;
        const index_t c_row = t.c_row;
        if (t.accumulate) {
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {  // before anything is written: vectors may overlap
                V old;
                H old_edge;
                TENFOLD_UNROLL
                for (int j = 0; j < Vectors; ++j) {
                    load_vector(first + i * c_row + j * L, old);
                    acc[i][j] += old;
                }
                load_vector(first + i * c_row + last, old_edge);
                edge[i] += old_edge;
            }
        }
        TENFOLD_UNROLL
        for (int i = 0; i < Rows; ++i) {
            T* const c = first + i * c_row;
            TENFOLD_UNROLL
            for (int j = 0; j < Vectors; ++j) store_vector(c + j * L, acc[i][j]);
            store_vector(c + last, edge[i]);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
