// SPDX-License-Identifier: Apache-2.0
// gemm on the operands where they are: no scratch, nothing copied. For products that fit the nearest caches.  [floor 4]
//
// The last strip of columns overlaps its neighbour instead of reaching beyond the edge; it computes the same bits again.
#pragma once

#include <tenfold/kernel/cpu/gemm_plan.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>

TENFOLD_BEGIN
/// The next strip of columns: full ones, a full one whose last vector overlaps within the tile, or a narrower one, which
/// may begin before column j. A null strip: the columns left are fewer than any tile's. Up to k = 48, one full tile takes less
/// time than the two narrow ones that would compute less (n = 24, k = 24: 110 and 124 ns for 8 rows).
template <class T>
struct direct_strip {
    const tile_strip<T>* strip;
    index_t at, last, end;  // columns
};
template <class T>
TENFOLD_INLINE direct_strip<T> strip_at(const tile_set<T>& tiles, index_t n, index_t k, index_t j, bool overlap) noexcept {
    const tile_strip<T>& full = tiles.strips[0];
    const index_t rest = n - j;
    if (rest >= full.columns) return {&full, j, full.last, j + full.columns};
    const index_t vector = tiles.strips[1].columns;
    if (rest > full.last && (!overlap || k <= 48 || rest > vector + vector / 2)) return {&full, j, rest - vector, n};
    if (rest >= vector) return {&tiles.strips[1], j, 0, j + vector};
    int i = tiles.count - 1;
    while (tiles.strips[i].columns < rest) --i;
    if (tiles.strips[i].columns == rest || (overlap && n >= tiles.strips[i].columns))
        return {&tiles.strips[i], n - tiles.strips[i].columns, 0, n};
    if (++i == tiles.count) return {nullptr, 0, 0, 0};
    return {&tiles.strips[i], j, 0, j + tiles.strips[i].columns};
}

/// A and B are rows of T with unit steps, C is in place, k is one block: does every strip of columns find a tile?
template <class T>
TENFOLD_INLINE bool fits_direct(index_t n, index_t k, bool accumulate, const tile_set<T>& tiles) noexcept {
    for (index_t j = n / tiles.full.columns * tiles.full.columns; j < n;) {
        const direct_strip<T> s = strip_at(tiles, n, k, j, !accumulate);
        if (s.strip == nullptr) return false;
        j = s.end;
    }
    return true;
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

/// Rows [i, i + rows) of C.
template <class T>
void multiply_direct(const gemm_problem<T, T>& x, const gemm_target<T>& target, const tile_set<T>& tiles, index_t i,
                     index_t rows) noexcept {
    const bool overlap = !target.accumulate;
    const tile_strip<T>& full = tiles.strips[0];
    gemm_tile_arguments<T> t = first_tile(x, target);
    const index_t end = i + rows;
    index_t j = 0;
    while (x.n - j >= full.columns) j += full.columns;
    const index_t whole = j;  // columns of full strips
    direct_strip<T> s{};
    if (j < x.n) s = strip_at(tiles, x.n, x.k, j, overlap);
    const bool wide = s.strip == &full;
    if (whole > 0 || wide) {
        for (index_t row = i; row < end;) {
            const index_t height = panel_height(end - row, direct_rows(tiles));
            T* const c = target.in_place + row * target.row;
            t.a = x.a + row * x.a_row;
            t.last = full.last;
            for (j = 0; j < whole; j += full.columns) {
                t.b = x.b + j;
                t.c = c + j;
                full.run(height, t);
            }
            if (wide) {
                t.b = x.b + whole;
                t.c = c + whole;
                t.last = s.last;
                full.run(height, t);
            }
            row += height;
        }
    }
    if (wide || s.strip == nullptr) return;
    // Narrow strips go down the rows by themselves, 8 at a time: fewer accumulators would wait for each other.
    for (;; s = strip_at(tiles, x.n, x.k, s.end, overlap)) {
        t.b = x.b + s.at;
        t.last = s.last;
        for (index_t row = i; row < end; row += 8) {
            const index_t height = (std::min)(index_t{8}, end - row);
            const index_t first = overlap && rows >= 8 && height < 8 ? end - 8 : row;
            t.a = x.a + first * x.a_row;
            t.c = target.in_place + first * target.row + s.at;
            s.strip->run(end - first < 8 ? height : 8, t);
        }
        if (s.end == x.n) return;
    }
}

template <class T>
void multiply_direct(const cpu& where, int workers, const gemm_problem<T, T>& x, const gemm_target<T>& target, const tile_set<T>& tiles) {
    const index_t chunk = workers > 1 ? round_up(ceil_divide(x.m, index_t{4} * workers), 8) : (std::max)(x.m, index_t{1});
    parallel_for_items(where, workers, ceil_divide(x.m, chunk), [&](int, index_t item) {
        const index_t i = item * chunk;
        const index_t rows = (std::min)(chunk, x.m - i);
        multiply_direct(x, target, tiles, i, rows);
        if (target.finish != nullptr) target.finish(target.context, target.in_place + i * target.row, target.row, i, 0, rows, x.n);
    });
}
TENFOLD_END
