// SPDX-License-Identifier: Apache-2.0
// Dot products of one vector with rows of a matrix: y(r) = sum_p w(r, p) x(p), rows contiguous in p.        [floor 4]
//
// 64 bytes of virtual lanes on every instruction set (1 zmm, 2 ymm or 4 xmm), combined by a fixed halving tree: element p
// goes to lane p mod 16 (f32) wherever it is aligned. Several rows at once hide the latency of the additions and give
// the prefetchers several streams.
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class From, class T>
struct dot_rows_arguments {
    index_t k;
    const T* x;            // (k)
    const From* w;         // (rows, k)
    index_t w_row;         // elements between rows
    index_t rows;
    T* y;                  // (rows), written
};

template <class From, class T>
struct dot_rows {
    /// Rows at a time: 8 accumulator registers on every instruction set.
    template <class Isa>
    static constexpr int group = 8 * Isa::bytes / 64 < 1 ? 1 : 8 * Isa::bytes / 64;

    template <class Isa>
    TENFOLD_BODY static void run(const dot_rows_arguments<From, T>* arguments) noexcept {
        TENFOLD_STRICT
        const dot_rows_arguments<From, T>& t = *arguments;
        index_t r = 0;
        for (; r + group<Isa> <= t.rows; r += group<Isa>) rows_at<Isa, group<Isa>>(t, r);
        for (; r < t.rows; ++r) rows_at<Isa, 1>(t, r);
    }

private:
    template <class Isa, int Rows>
    TENFOLD_BODY static void rows_at(const dot_rows_arguments<From, T>& t, index_t r) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr int L = vec<T, Isa::bytes>::lanes;
        constexpr int Nv = 64 / Isa::bytes;
        constexpr int lanes = L * Nv;
        const From* const w = t.w + r * t.w_row;
        V acc[std::size_t{Rows}][std::size_t{Nv}] = {};                      // (Rows, lanes)
        index_t p = 0;
        for (; p + lanes <= t.k; p += lanes) {
            V x[std::size_t{Nv}];
            TENFOLD_UNROLL
            for (int j = 0; j < Nv; ++j) load_vector(t.x + p + j * L, x[j]);
            TENFOLD_UNROLL
            for (int i = 0; i < Rows; ++i) {
                TENFOLD_UNROLL
                for (int j = 0; j < Nv; ++j) {
                    V row;
                    load_widened<Isa::bytes, T>(w + i * t.w_row + p + j * L, row);
                    acc[i][j] += row * x[j];
                }
            }
        }
        for (int i = 0; i < Rows; ++i) {
            T lane[std::size_t{lanes}];
            for (int j = 0; j < Nv; ++j) store_vector(lane + j * L, acc[i][j]);
            const From* const tail = w + i * t.w_row;
            for (index_t q = p; q < t.k; ++q) lane[q - p] += widen_element<T>(tail[q]) * t.x[q];
            for (int half_width = lanes / 2; half_width > 0; half_width /= 2) {
                for (int j = 0; j < half_width; ++j) lane[j] += lane[j + half_width];
            }
            t.y[r + i] = lane[0];
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
