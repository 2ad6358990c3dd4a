// SPDX-License-Identifier: Apache-2.0
// gemm on the operands where they are: no scratch, nothing copied. For products that fit the nearest caches.  [floor 4]
//
// The last strip of columns overlaps its neighbour instead of reaching beyond the edge; it computes the same bits again.
#pragma once

#include <tenfold/kernel/cpu/gemm_plan.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>

TENFOLD_BEGIN
/// A and B are rows of T with unit steps, C is in place, k is one block, and every strip of columns finds a tile.
template <class T>
TENFOLD_INLINE bool fits_direct(const gemm_problem<T, T>& x, const gemm_target<T>& target, const tile_set<T>& tiles) noexcept {
    if (target.in_place == nullptr) return false;
    const index_t rest = x.n % tiles.full.columns;
    if (rest == 0) return true;
    const index_t columns = tiles.for_columns(rest).columns;
    return rest == columns || (x.n >= columns && !target.accumulate);
}

/// Rows [i, i + rows) of C.
template <class T>
void multiply_direct(const gemm_problem<T, T>& x, const gemm_target<T>& target, const tile_set<T>& tiles, index_t i, index_t rows) noexcept {
    const index_t most = tiles.full.rows > 8 && collides(x.a_row * static_cast<index_t>(sizeof(T))) ? 8 : tiles.full.rows;
    gemm_tile_arguments<T> t{};
    t.k = x.k;
    t.a_row = x.a_row;
    t.b_step = x.b_k;
    t.c_row = target.row;
    t.accumulate = target.accumulate;
    for (index_t panels = ceil_divide(rows, most); panels > 0; --panels) {
        const index_t height = ceil_divide(rows, panels);
        t.a = x.a + i * x.a_row;
        for (index_t j = 0; j < x.n;) {
            const auto& strip = tiles.for_columns(x.n - j);
            const index_t at = (std::min)(j, x.n - strip.columns);
            t.b = x.b + at;
            t.c = target.in_place + i * target.row + at;
            t.last = strip.last;
            strip.run(height, t);
            j = at + strip.columns;
        }
        i += height;
        rows -= height;
    }
}

template <class T>
void multiply_direct(const cpu& where, int workers, const gemm_problem<T, T>& x, const gemm_target<T>& target, const tile_set<T>& tiles) {
    const index_t panels = ceil_divide(x.m, index_t{tiles.full.rows});
    const index_t chunk = workers > 1 ? ceil_divide(panels, index_t{4} * workers) * tiles.full.rows : (std::max)(x.m, index_t{1});
    parallel_for_items(where, workers, ceil_divide(x.m, chunk), [&](int, index_t item) {
        const index_t i = item * chunk;
        const index_t rows = (std::min)(chunk, x.m - i);
        multiply_direct(x, target, tiles, i, rows);
        if (target.finish != nullptr)
            target.finish(target.context, target.in_place + i * target.row, target.row, i, 0, rows, x.n);
    });
}
TENFOLD_END
