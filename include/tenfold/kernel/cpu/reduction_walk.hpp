// SPDX-License-Identifier: Apache-2.0
// How a reduction is walked: the axis that vectors follow, chunks by shape, blocks of outputs, scratch.      [floor 4]
#pragma once

#include <tenfold/kernel/cpu/parallel.hpp>
#include <tenfold/kernel/cpu/reduction_form.hpp>
#include <tenfold/kernel/cpu/splits.hpp>

TENFOLD_BEGIN
/// Items = blocks of outputs x chunks of their elements; `block` may follow the number of workers, since no output's bits
/// depend on its neighbours; `chunks` may not.
struct reduction_walk {
    bool lanes = true;       ///< vectors run along a reduced axis; else a kept one, and rows are added to one another
    form_axis vector = single_element;
    form_axis inner = single_element;  ///< the kept axis that blocks are cut from; the vector axis unless `lanes`
    form_axes outer;         ///< the other kept axes
    form_axes rows;          ///< the other reduced axes
    chunk_list chunks;
    index_t block = 1;       ///< outputs per item
    index_t outputs = 1;
    index_t elements = 1;    ///< per output

    // Lanes only.
    index_t together = longest_chunk_rows;  ///< rows of an output that are read before those of the next one

    // Columns only.
    index_t phases = 1;      ///< neighbours along the last of `rows` that make up one row; that axis counts such rows
    index_t phase_step = 0;  ///< elements between them
    index_t neighbours = 1;  ///< in all
    index_t depth = 1;       ///< elements of a short reduced axis that each row stands for, side by side in memory
    bool folded = false;     ///< those are combined in registers; else they are transposed first
    bool transposed = false; ///< of arg-reductions: rows are neighbours in memory

    [[nodiscard]] TENFOLD_INLINE index_t blocks() const noexcept { return parts_of(inner.extent, block); }  // along `inner`
    [[nodiscard]] TENFOLD_INLINE index_t items() const noexcept { return outer.elements() * blocks() * chunks.count(); }
    /// Elements have to be gathered before vectors of them can be loaded.
    [[nodiscard]] TENFOLD_INLINE bool staged() const noexcept { return vector.x != 1 && !folded; }
    /// Rows between two with fewer phases, and the phases of those.
    [[nodiscard]] TENFOLD_INLINE index_t period() const noexcept { return quotient_of(neighbours + phases - 1, phases); }
    [[nodiscard]] TENFOLD_INLINE index_t short_phases() const noexcept { return neighbours - (period() - 1) * phases; }
    /// Elements of an output in the chunks before this one; `chunk` may be chunks.count().
    [[nodiscard]] TENFOLD_INLINE index_t elements_before(index_t chunk) const noexcept {
        if (lanes) return chunks.elements_before(chunk);
        const index_t row = chunks.row_begin(chunk) < chunks.rows ? chunks.row_begin(chunk) : chunks.rows;
        return (quotient_of(row, period()) * neighbours + remainder_of(row, period()) * phases) * depth;
    }
};

/// Takes the axis along which vectors are loaded out of the form.
inline void choose_vector(reduction_walk& w, reduction_form& form, bool folds) noexcept {
    const index_t long_run = folds ? 33 : 32;  // elements that are worth combining the lanes of one output
    constexpr index_t few_columns = 16;
    const int kept = form.kept.count - 1;        // the axes of the smallest strides
    const int reduced = form.reduced.count - 1;
    const bool unit_kept = kept >= 0 && form.kept.axis[kept].x == 1;
    const bool unit_reduced = reduced >= 0 && form.reduced.axis[reduced].x == 1;
    if (unit_reduced && form.reduced.axis[reduced].extent >= long_run) {
        w.lanes = true;
        w.vector = form.reduced.take(reduced);
        return;
    }
    if (unit_kept && reduced >= 0) {
        const form_axis& columns = form.kept.axis[kept];
        const form_axis& next = form.reduced.axis[reduced];
        if (columns.extent >= few_columns || (next.x == columns.extent && next.extent * columns.extent >= 8 * few_columns)) {
            w.lanes = false;
            w.vector = form.kept.take(kept);
            return;
        }
    }
    if (unit_reduced && kept >= 0 && form.kept.axis[kept].extent >= few_columns) {
        w.lanes = false;
        w.vector = form.kept.take(kept);
        w.depth = form.reduced.take(reduced).extent;
        return;
    }
    const vector_axis along = take_vector_axis(form);
    w.lanes = along.reduced;
    w.vector = along.axis;
}

/// Makes rows long enough to stream.
inline void join_rows(reduction_walk& w, index_t element_bytes) noexcept {
    if (w.lanes || w.vector.x != 1 || w.rows.count == 0) return;
    const index_t wide = 8192 / element_bytes < 4096 ? 8192 / element_bytes : 4096;  // columns
    form_axis& next = w.rows.axis[w.rows.count - 1];
    index_t phases = 1;
    while (2 * phases * w.vector.extent <= wide && 16 * phases <= next.extent) phases *= 2;
    w.phases = phases;
    w.phase_step = next.x;
    w.neighbours = next.extent;
    next = {ceil_divide(next.extent, phases), next.x * phases, 0};
}

/// Rows of one output that lie far apart, with others between them (the axes 0 and 2 of three), are read in the order of memory.
inline void choose_together(reduction_walk& w) noexcept {
    constexpr index_t worth_folding = 512;  // elements: then the lanes of an output are combined
    constexpr index_t streams = 8;          // places that are read side by side
    if (w.outputs == 1 || !w.lanes || w.staged() || w.rows.count == 0 || w.rows.axis[0].x < w.inner.x) return;
    w.together = 1;
    for (int i = w.rows.count; i-- > 0 && w.rows.axis[i].x < w.inner.x;) w.together *= w.rows.axis[i].extent;
    for (index_t at = 1; at < streams && w.together * w.vector.extent < worth_folding; at *= 2) w.together *= 2;
}

/// Blocks of outputs: large enough to be worth an item, small enough for every worker to have some.
inline void choose_blocks(reduction_walk& w, index_t element_bytes, int passes, int workers) noexcept {
    const index_t chunk_bytes = w.elements_before(1) * element_bytes;  // of one output
    constexpr index_t most = 8192;                       // outputs whose accumulators stay in cache
    constexpr index_t twice_read = 512 * 1024;           // bytes that a second pass still finds in L2
    const index_t item_bytes = (passes > 1 ? 64 : 256) * index_t{1024};
    if (workers == 1 && w.inner.extent <= most && w.inner.extent * chunk_bytes <= item_bytes) {
        w.block = w.inner.extent;
        return;
    }
    const bool narrow = (w.lanes && w.together >= w.chunks.rows_per_chunk) || w.depth > 1;
    index_t block = narrow ? item_bytes / chunk_bytes : most;
    if (!narrow && passes > 1) block = twice_read / chunk_bytes;
    const index_t narrowest = w.lanes ? 1 : 256;
    const index_t wanted_items = workers > 1 ? 4 * workers : 1;
    const index_t other_items = w.outer.elements() * w.chunks.count();
    if (other_items < wanted_items) {
        const index_t share = w.inner.extent / ceil_divide(wanted_items, other_items);
        if (share < block) block = share;
    }
    // Whole vectors: which code a column meets, the unrolled one or that of the rest, then follows from the shape alone.
    if (!w.lanes) block = block / 64 * 64;
    if (block < narrowest) block = narrowest;
    if (block > most) block = most;
    w.block = block < w.inner.extent && w.phases == 1 ? block : w.inner.extent;
}

/// Workers that pay for reading that many bytes.
TENFOLD_INLINE int reduction_workers(const cpu& where, const reduction_walk& w, index_t element_bytes) noexcept {
    constexpr index_t bytes_per_worker = 256 * 1024;
    return workers_for(where, w.outputs * w.elements * element_bytes, bytes_per_worker);
}

inline reduction_walk plan_reduction(reduction_form form, index_t element_bytes, int passes, bool folds, const cpu& where,
                                     int& workers) noexcept {
    reduction_walk w;
    w.outputs = form.kept.elements();
    w.elements = form.reduced.elements();
    choose_vector(w, form, folds);
    // What is loaded beyond a run must be another run: it may be anyone's between them.
    w.folded = folds && w.depth > 1 && (w.vector.x <= w.depth || w.depth == 4 || w.depth == 8 || w.depth == 16 || w.depth == 32);
    w.inner = w.lanes ? (form.kept.count > 0 ? form.kept.take(form.kept.count - 1) : single_element) : w.vector;
    w.outer = form.kept;
    w.rows = form.reduced;
    join_rows(w, element_bytes);
    const index_t rows = w.rows.elements();
    w.chunks = w.lanes ? chunks_of_runs(rows, w.vector.extent) : chunks_of_rows(rows, w.phases > 1 ? 64 : ceil_divide(512, w.depth));
    workers = reduction_workers(where, w, element_bytes);
    choose_together(w);
    choose_blocks(w, element_bytes, passes, workers);
    return w;
}

/// For arg-reductions: rows as they are; runs of at most `short_run` elements become columns.
inline reduction_walk plan_search(reduction_form form, index_t element_bytes, index_t short_run, const cpu& where, int& workers) noexcept {
    reduction_walk w;
    w.outputs = form.kept.elements();
    w.elements = form.reduced.elements();
    const int kept = form.kept.count - 1;
    const bool short_runs = form.reduced.count == 1 && form.reduced.axis[0].x == 1 && form.reduced.axis[0].extent <= short_run;
    if (short_runs && kept >= 0 && form.kept.axis[kept].extent >= 16 && form.kept.axis[kept].x != 1) {
        w.lanes = false;
        w.vector = form.kept.take(kept);
        w.transposed = true;
    } else {
        const vector_axis along = take_vector_axis(form);
        w.lanes = along.reduced;
        w.vector = along.axis;
    }
    w.inner = w.lanes ? (form.kept.count > 0 ? form.kept.take(form.kept.count - 1) : single_element) : w.vector;
    w.outer = form.kept;
    w.rows = form.reduced;
    const index_t rows = w.rows.elements();
    w.neighbours = rows;
    w.chunks = w.lanes ? chunks_of_runs(rows, w.vector.extent) : chunks_of_rows(rows, longest_chunk_rows);
    workers = reduction_workers(where, w, element_bytes);
    choose_blocks(w, element_bytes, 1, workers);
    return w;
}

/// Places in a scratch buffer, handed out one behind the other.
struct scratch_layout {
    index_t bytes = 0;
    TENFOLD_INLINE index_t place(index_t count, std::size_t size) noexcept {
        constexpr index_t vector_bytes = 64;
        const index_t begin = bytes;
        bytes += round_up(count * static_cast<index_t>(size), vector_bytes) + vector_bytes;  // columns are stored in whole vectors
        return begin;
    }
};
TENFOLD_END
