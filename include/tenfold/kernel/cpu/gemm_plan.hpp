// SPDX-License-Identifier: Apache-2.0
// gemm_plan: how a matrix product is computed, decided from shape, strides and types.                       [floor 4]
//
// What changes the order of sums (form, depth, slices) never depends on threads or caches; the rest may.
#pragma once

#include <tenfold/kernel/cpu/blocking.hpp>
#include <tenfold/kernel/cpu/gemm_problem.hpp>
#include <tenfold/kernel/cpu/gemm_tiles.hpp>

#include <algorithm>  // min

TENFOLD_BEGIN
enum class gemm_form : std::uint8_t {
    direct,   ///< tiles on the operands where they are, no scratch: everything fits the nearest caches
    rows,     ///< rows of A outside, strips of a cached or packed B inside: B is used often
    columns,  ///< strips of B outside, all rows of A inside: B is read once, at the speed of memory
    dot,      ///< B stored (n, k) and few rows: rows of B times rows of A, nothing is transposed
    axpy      ///< m <= 4 and B stored (k, n): scaled rows of B along their full width
};
TENFOLD_INLINE constexpr const char* name_of(gemm_form form) noexcept {
    constexpr const char* names[] = {"direct", "rows", "columns", "dot", "axpy"};
    return names[static_cast<int>(form)];
}

struct gemm_plan {
    gemm_form form = gemm_form::rows;
    index_t depth = 0;         // of a block of k; the sums of blocks are added in order
    index_t depths = 0;
    index_t block_columns = 0; // whose B, all depths, is packed at a time
    index_t chunk_rows = 0;    // an item of work is chunk_rows x group_columns of C
    index_t group_columns = 0;
    index_t panel_rows = 0;    // that one tile computes, at most
    index_t tile_columns = 0;
    bool a_in_place = false;
    bool b_in_place = false;
};

/// Rows of a matrix so far apart (bytes) that a dozen of them share the 8 ways of an L1 set.
TENFOLD_INLINE constexpr bool collides(index_t row_bytes) noexcept {
    const index_t page = row_bytes & 4095;
    return page < 128 || page > 3968 || row_bytes % 1024 == 0;
}

/// Of products that need blocks: whether strips of B or rows of A are outside.
TENFOLD_INLINE constexpr gemm_form blocked_form(index_t m, index_t n) noexcept {
    return m <= 128 && n >= 128 ? gemm_form::columns : gemm_form::rows;
}

/// The form of a product; a function of shape, strides, types and format alone.
template <class Format, class A, class B>
TENFOLD_INLINE gemm_form choose_form(const gemm_problem<A, B>& x) noexcept {
    if (x.panels != nullptr) return x.m <= 128 ? gemm_form::columns : gemm_form::rows;
    using Tile = tile_type<A>;
    constexpr index_t bytes = sizeof(Tile);
    constexpr bool b_is_tile = std::is_same_v<B, Tile>;
    const bool b_rows = x.b_column == 1 && x.n > 1;
    const bool b_columns = x.b_k == 1 && !b_rows;
    if (b_columns && x.m <= Format::most_dot_rows && x.k >= (x.m <= 8 ? 64 : 256)) return gemm_form::dot;
    if (b_rows && x.m <= Format::most_axpy_rows && x.n >= 256) return gemm_form::axpy;
    const bool a_rows = x.a_k == 1 || x.k == 1;
    if (std::is_same_v<A, Tile> && b_is_tile && a_rows && b_rows && x.k <= block_depth<A> && x.m <= 256 && x.k * x.n * bytes <= 512 * 1024)
        return gemm_form::direct;
    return blocked_form(x.m, x.n);
}

template <class Format, class A, class B>
TENFOLD_INLINE gemm_plan plan_gemm(const gemm_problem<A, B>& x, gemm_form form, tile_shape full, int workers) noexcept {
    using Unit = typename Format::unit;
    constexpr index_t bytes = sizeof(Unit);
    gemm_plan p;
    p.form = form;
    p.depth = Format::depth(x.k);
    p.depths = ceil_divide(x.k, p.depth);
    const index_t units = Format::units(p.depth);
    const index_t strips = ceil_divide(x.n, full.columns);
    const index_t strip_bytes = full.columns * bytes;
    const bool a_rows = std::is_same_v<A, Unit> && x.a_k == 1;
    const bool b_rows = std::is_same_v<B, Unit> && x.b_column == 1 && x.panels == nullptr;
    p.panel_rows = full.rows;
    p.tile_columns = full.columns;
    if (form == gemm_form::columns) {
        // C of a group stays in L2 while the depths are added up.
        index_t group = (std::max)(index_t{1}, 512 * 1024 / (strip_bytes * x.m));
        if (workers > 1) group = (std::min)(group, (std::max)(index_t{1}, strips / (2 * workers)));
        p.group_columns = (std::min)(group, strips) * full.columns;
        p.block_columns = strips * full.columns;
        p.chunk_rows = x.m;
        p.b_in_place = b_rows;
        return p;
    }
    // B of a block stays in L2 and L3; panels of all depths are packed at once, so a huge k gets fewer columns.
    index_t block = packed_block_bytes / (strip_bytes * units);
    block = (std::min)(block, packed_total_bytes / (strip_bytes * units * p.depths));
    block = ceil_divide(strips, ceil_divide(strips, (std::max)(block, index_t{1})));
    p.block_columns = block * full.columns;
    // B is packed where a block of its rows would not stay in L2 as it lies there, and is used often (196 x 256 x 2304: 114
    // GFLOP/s in place, 106 packed).
    p.b_in_place = b_rows && (x.m <= 64 || x.k <= 64 || x.b_k * bytes * p.depth <= 768 * 1024);
    // Rows of A are copied where more than 8 of them would collide, unless few strips reuse the copy: 8 at a time are then
    // read where they are. Elsewhere a copy only costs (1500^3 f64: 1.5 %).
    const bool apart = !collides(x.a_row * bytes);
    p.a_in_place = a_rows && (block < 8 || apart);
    if (p.a_in_place && !apart) p.panel_rows = (std::min)(8, full.rows);
    // B from L3 is reused for up to 8 panels of rows. Threads get chunks of one size, a multiple of them in number: 7 of
    // 56 rows cost two threads 17 % at 384^3.
    index_t row_chunks = ceil_divide(x.m, 8 * p.panel_rows);
    if (workers > 1) {
        const index_t finest = (std::max)(x.m / (2 * p.panel_rows), (std::min)(index_t{workers}, ceil_divide(x.m, p.panel_rows)));
        row_chunks = (std::min)((std::max)(row_chunks, index_t{4} * workers), finest);
        if (row_chunks > workers) row_chunks = round_up(row_chunks, workers);
    }
    p.chunk_rows = ceil_divide(x.m, row_chunks);
    if (workers == 1) p.chunk_rows = round_up(p.chunk_rows, p.panel_rows);
    row_chunks = ceil_divide(x.m, p.chunk_rows);
    const index_t groups = workers > 1 ? (std::min)(block, ceil_divide(index_t{2} * workers, row_chunks)) : 1;
    p.group_columns = ceil_divide(block, groups) * full.columns;
    return p;
}
TENFOLD_END
