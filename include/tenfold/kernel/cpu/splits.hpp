// SPDX-License-Identifier: Apache-2.0
// How a reduction is cut into chunks: from the shape alone, so that bits never depend on threads or caches.   [floor 4]
//
// One output is made of `rows` runs of `run` elements, both at least 1. A chunk is a piece of one long run, or several short runs whole:
//
//     run > limit:   row 0 | c0 c1 c2 |      run <= limit:   row 0 |      |
//                    row 1 | c3 c4 c5 |                      row 1 |  c0  |
//                                                            row 2 |  c1  |
//
// Each chunk is summed on its own; then neighbours are combined in pairs, level by level, an odd one passing through.
#pragma once

#include <tenfold/core/index.hpp>

TENFOLD_BEGIN
/// Parts of at most `part` that make up `whole` > 0; a quotient and its remainder. Where there is one part, as in every small
/// call, nothing is divided.
TENFOLD_INLINE constexpr index_t parts_of(index_t whole, index_t part) noexcept { return whole <= part ? 1 : ceil_divide(whole, part); }
TENFOLD_INLINE constexpr index_t quotient_of(index_t number, index_t parts) noexcept { return parts == 1 ? number : number / parts; }
TENFOLD_INLINE constexpr index_t remainder_of(index_t number, index_t parts) noexcept { return parts == 1 ? 0 : number % parts; }

struct chunk_list {
    index_t rows = 1;
    index_t run = 1;            ///< elements per row
    index_t rows_per_chunk = 1;
    index_t run_per_chunk = 1;  ///< elements of a row in a chunk, the last one of a row may have fewer

    [[nodiscard]] TENFOLD_INLINE constexpr index_t pieces() const noexcept { return parts_of(run, run_per_chunk); }  // of a row
    [[nodiscard]] TENFOLD_INLINE constexpr index_t count() const noexcept { return parts_of(rows, rows_per_chunk) * pieces(); }
    [[nodiscard]] TENFOLD_INLINE constexpr index_t row_begin(index_t chunk) const noexcept {
        return quotient_of(chunk, pieces()) * rows_per_chunk;
    }
    [[nodiscard]] TENFOLD_INLINE constexpr index_t row_end(index_t chunk) const noexcept {
        const index_t end = row_begin(chunk) + rows_per_chunk;
        return end < rows ? end : rows;
    }
    [[nodiscard]] TENFOLD_INLINE constexpr index_t run_begin(index_t chunk) const noexcept {
        return remainder_of(chunk, pieces()) * run_per_chunk;
    }
    [[nodiscard]] TENFOLD_INLINE constexpr index_t run_end(index_t chunk) const noexcept {
        const index_t end = run_begin(chunk) + run_per_chunk;
        return end < run ? end : run;
    }
    /// Elements in the chunks before this one; `chunk` may be count().
    [[nodiscard]] TENFOLD_INLINE constexpr index_t elements_before(index_t chunk) const noexcept {
        const index_t row = row_begin(chunk);
        return (row < rows ? row : rows) * run + run_begin(chunk);
    }
};

/// Rows of a chunk at most: what a table of row offsets has to hold.
inline constexpr index_t longest_chunk_rows = 512;

/// Chunks along runs that are read element by element into lanes.
TENFOLD_INLINE constexpr chunk_list chunks_of_runs(index_t rows, index_t run) noexcept {
    constexpr index_t limit = 16384;  // elements: 64 KiB of float, so that a second pass finds them in L2
    if (run > limit) return {rows, run, 1, limit};
    const index_t whole = limit / run < longest_chunk_rows ? limit / run : longest_chunk_rows;
    return {rows, run, whole < rows ? whole : rows, run};
}

/// Chunks of rows that are added to one another, many columns at a time.
TENFOLD_INLINE constexpr chunk_list chunks_of_rows(index_t rows, index_t most) noexcept { return {rows, 1, rows < most ? rows : most, 1}; }
TENFOLD_END
