// SPDX-License-Identifier: Apache-2.0
// gemm on the operands where they are: no scratch, nothing copied. For products that fit the nearest caches.  [floor 4]
//
// The last strip of columns, or its last vector, overlaps its neighbour instead of reaching beyond the edge; it computes the
// same bits again.
#pragma once

#include <tenfold/kernel/cpu/gemm_plan.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>

TENFOLD_BEGIN
/// Columns [at, end) of a product by one strip; `last` as in gemm_tile_arguments. A null strip: the columns left are fewer than
/// any tile's, and must not be computed twice.
template <class T>
struct direct_strip {
    const tile_strip<T>* strip;
    index_t at, last, end;
};
/// The strip for the columns from j on: a full or a ragged one, whose vectors may overlap, or the widest that fits, or the next
/// wider one, which begins earlier. `overlap`: columns may be computed twice, which sums that are added to C must not. Without ragged ones, up to a quarter more
/// than half a full strip, narrow ones take less time (24^3: 16 + 8 columns 300 ns, a full tile 368), unless rows are few, for
/// whose numbers only full tiles are all there (5 x 24 x 40: 194 and 137).
template <class T>
TENFOLD_INLINE direct_strip<T> strip_at(const tile_set<T>& tiles, index_t m, index_t n, index_t j, bool overlap) noexcept {
    const tile_strip<T>& full = tiles.strips[0];
    const index_t vector = tiles.strips[1].columns, rest = n - j;
    if (m >= 4 && rest > vector / 2) {
        if (const tile_strip<T>* ragged = tiles.ragged_for(rest)) return {ragged, j, rest - vector / 2, n};
    }
    if (rest >= full.columns) return {&full, j, full.last, j + full.columns};
    if (rest > full.last && (!overlap || m < 8 || rest > vector + vector / 2)) return {&full, j, rest - vector, n};
    int i = 1;
    while (i < tiles.count && tiles.strips[i].columns > rest) ++i;
    const bool exact = i < tiles.count && tiles.strips[i].columns == rest;
    if (!exact && overlap && i > 1 && n >= tiles.strips[i - 1].columns)
        return {&tiles.strips[i - 1], n - tiles.strips[i - 1].columns, 0, n};
    if (i == tiles.count) return {nullptr, 0, 0, 0};
    return {&tiles.strips[i], j, 0, j + tiles.strips[i].columns};
}

/// How the columns of a product are cut: full strips, then those of what is left.
template <class T>
struct direct_cut {
    index_t whole;  // columns of full strips
    int count;
    direct_strip<T> strips[4];
    bool covers;  // all columns
};
template <class T>
TENFOLD_INLINE void cut_columns(const tile_set<T>& tiles, index_t m, index_t n, bool overlap, direct_cut<T>& cut) noexcept {
    index_t j = 0;
    while (n - j >= tiles.full.columns) j += tiles.full.columns;
    if (j > 0 && m >= 4 && tiles.ragged_for(n - j + tiles.full.columns) != nullptr) j -= tiles.full.columns;
    cut.whole = j;
    cut.count = 0;
    cut.covers = true;
    for (; j < n; j = cut.strips[cut.count++].end) {
        cut.strips[cut.count] = strip_at(tiles, m, n, j, overlap);
        cut.covers = cut.strips[cut.count].strip != nullptr;
        if (!cut.covers) return;
    }
}

/// A and B are rows of T with unit steps, C is in place, k is one block: does every strip of columns find a tile?
template <class T>
TENFOLD_INLINE bool fits_direct(index_t m, index_t n, bool accumulate, const tile_set<T>& tiles) noexcept {
    direct_cut<T> cut;
    cut_columns(tiles, m, n, !accumulate, cut);
    return cut.covers;
}

/// Rows of a tile at most. 64^3 f32: 8 rows 109, 14 rows 107 GFLOP/s; and 8 rows never collide in an L1 set.
template <class T>
TENFOLD_INLINE int direct_rows(const tile_set<T>& tiles) noexcept {
    return (std::min)(8, tiles.full.rows);
}

/// What every tile of a product has in common; the first of them.
template <class T>
TENFOLD_INLINE gemm_tile_arguments<T> first_tile(const gemm_problem<T, T>& x, const gemm_target<T>& target) noexcept {
    gemm_tile_arguments<T> t;
    t.k = x.k;
    t.a = x.a;
    t.a_row = x.a_row;
    t.b = x.b;
    t.b_step = x.b_k;
    t.c = target.in_place;
    t.c_row = target.row;
    t.accumulate = target.accumulate;
    return t;
}

/// One run() of the strip computes all of an m x n product.
template <class T>
TENFOLD_INLINE bool is_one_run(const tile_set<T>& tiles, const direct_strip<T>& s, index_t m, index_t n) noexcept {
    return s.at == 0 && s.end == n && (m <= direct_rows(tiles) || !s.strip->every_height);
}
template <class T>
TENFOLD_INLINE void run_strip(const gemm_problem<T, T>& x, const gemm_target<T>& target, const direct_strip<T>& s) noexcept {
    gemm_tile_arguments<T> t = first_tile(x, target);
    t.last = s.last;
    s.strip->run(x.m, t);
}

/// Rows [i, i + rows) of C.
template <class T>
void multiply_direct(const gemm_problem<T, T>& x, const gemm_target<T>& target, const tile_set<T>& tiles, const direct_cut<T>& cut,
                     index_t i, index_t rows) noexcept {
    const bool overlap = !target.accumulate;
    const tile_strip<T>& full = tiles.strips[0];
    gemm_tile_arguments<T> t = first_tile(x, target);
    const index_t end = i + rows;
    const direct_strip<T>* const wide = cut.count > 0 && cut.strips[0].strip->every_height ? &cut.strips[0] : nullptr;
    if (cut.whole > 0 || wide != nullptr) {
        for (index_t row = i; row < end;) {
            const index_t height = panel_height(end - row, direct_rows(tiles));
            T* const c = target.in_place + row * target.row;
            t.a = x.a + row * x.a_row;
            t.last = full.last;
            for (index_t j = 0; j < cut.whole; j += full.columns) {
                t.b = x.b + j;
                t.c = c + j;
                full.run(height, t);
            }
            if (wide != nullptr) {
                t.b = x.b + wide->at;
                t.c = c + wide->at;
                t.last = wide->last;
                wide->strip->run(height, t);
            }
            row += height;
        }
    }
    // Narrow strips go down the rows by themselves, 8 at a time: fewer accumulators would wait for each other.
    for (int narrow = wide != nullptr ? 1 : 0; narrow < cut.count; ++narrow) {
        const direct_strip<T>& s = cut.strips[narrow];
        t.b = x.b + s.at;
        t.last = s.last;
        for (index_t row = i; row < end; row += 8) {
            const index_t left = end - row;
            index_t tall = 1;  // the smallest tile that holds them, which may begin earlier
            while (tall < (std::min)(index_t{8}, left)) tall *= 2;
            const bool shifted = tall > left && overlap && rows >= tall;
            const index_t first = shifted ? end - tall : row;
            t.a = x.a + first * x.a_row;
            t.c = target.in_place + first * target.row + s.at;
            s.strip->run(shifted ? tall : (std::min)(index_t{8}, left), t);
        }
    }
}

template <class T>
void multiply_direct(const cpu& where, int workers, const gemm_problem<T, T>& x, const gemm_target<T>& target, const tile_set<T>& tiles) {
    direct_cut<T> cut;
    cut_columns(tiles, x.m, x.n, !target.accumulate, cut);
    const index_t items = workers > 1 ? ceil_divide(x.m, round_up(ceil_divide(x.m, index_t{4} * workers), 8)) : 1;
    parallel_for_items(where, workers, items, [&](int, index_t item) {  // evenly: ragged strips need 4 rows
        const index_t i = x.m * item / items;
        const index_t rows = x.m * (item + 1) / items - i;
        multiply_direct(x, target, tiles, cut, i, rows);
        if (target.finish != nullptr) target.finish(target.context, target.in_place + i * target.row, target.row, i, 0, rows, x.n);
    });
}
TENFOLD_END
