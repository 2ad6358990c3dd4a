// SPDX-License-Identifier: Apache-2.0
// c (m, columns) += a (m, rows) b (rows, columns) for a few rows of b at a time, along their full width.    [floor 4]
//
// The form for m <= 4 and a row-contiguous b that is read once: 8 rows are 8 streams that hardware prefetchers follow,
// where a tile walks down one narrow strip and touches a page per row. Sums run over p in order, starting from zero: the
// same operations, so the same bits, as the tile.
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class From, class T>
struct axpy_rows_arguments {
    index_t m;             // 1 .. 4
    index_t rows;          // of b
    const T* a;            // (m, rows), unit step
    index_t a_row;
    const From* b;         // (rows, columns), unit step
    index_t b_row;
    index_t columns;
    T* c;                  // (m, columns), overwritten
    index_t c_row;
};

template <class From, class T>
struct axpy_rows {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const axpy_rows_arguments<From, T>* arguments) noexcept {
        TENFOLD_STRICT
        const axpy_rows_arguments<From, T>& t = *arguments;
        if (t.m == 1) {
            run_rows<Isa, 1>(t);
        } else {
            run_rows<Isa, 4>(t);
        }
    }

private:
    /// Row i of a or c; of 2 or 3 rows the last stands in for the missing ones, with equal results in the same place.
    TENFOLD_BODY static index_t row(const axpy_rows_arguments<From, T>& t, index_t i) noexcept { return i < t.m ? i : t.m - 1; }

    template <class Isa, int M>
    TENFOLD_BODY static void run_rows(const axpy_rows_arguments<From, T>& t) noexcept {
        TENFOLD_STRICT
        index_t p = 0;
        for (; p + 8 <= t.rows; p += 8) pass<Isa, M, 8>(t, p, 0);
        for (; p < t.rows; ++p) {
            for (index_t i = 0; i < t.m; ++i) pass<Isa, 1, 1>(t, p, i);
        }
    }

    template <class Isa, int M, int Rows>
    TENFOLD_BODY static void pass(const axpy_rows_arguments<From, T>& t, index_t p, index_t first) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr int L = vec<T, Isa::bytes>::lanes;
        const From* const b = t.b + p * t.b_row;
        T a[std::size_t{M}][std::size_t{Rows}];
        TENFOLD_UNROLL
        for (int i = 0; i < M; ++i) {
            TENFOLD_UNROLL
            for (int r = 0; r < Rows; ++r) a[i][r] = t.a[row(t, first + i) * t.a_row + p + r];
        }
        index_t j = 0;
        for (; j + L <= t.columns; j += L) {
            V sums[std::size_t{M}];
            TENFOLD_UNROLL
            for (int i = 0; i < M; ++i) {
                if (p == 0) {
                    sums[i] = V{};
                } else {
                    load_vector(t.c + row(t, first + i) * t.c_row + j, sums[i]);
                }
            }
            TENFOLD_UNROLL
            for (int r = 0; r < Rows; ++r) {
                V row;
                load_widened<Isa::bytes, T>(b + r * t.b_row + j, row);
                TENFOLD_UNROLL
                for (int i = 0; i < M; ++i) sums[i] += a[i][r] * row;
            }
            TENFOLD_UNROLL
            for (int i = 0; i < M; ++i) store_vector(t.c + row(t, first + i) * t.c_row + j, sums[i]);
        }
        for (; j < t.columns; ++j) {
            for (index_t i = first; i < t.m && i < first + M; ++i) {
                T sums = p == 0 ? T{0} : t.c[i * t.c_row + j];
                TENFOLD_UNROLL
                for (int r = 0; r < Rows; ++r) sums += a[i - first][r] * widen_element<T>(b[r * t.b_row + j]);
                t.c[i * t.c_row + j] = sums;
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
