// SPDX-License-Identifier: Apache-2.0
// Runs a reduction in canonical form: items through the kernel along the best axis, a fixed tree over chunks. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/gather_rows.hpp>
#include <tenfold/kernel/cpu/body/reduce_columns.hpp>
#include <tenfold/kernel/cpu/body/reduce_lanes.hpp>
#include <tenfold/kernel/cpu/body/reduce_policies.hpp>
#include <tenfold/kernel/cpu/body/reduce_short_rows.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/reduction_walk.hpp>
#include <tenfold/kernel/cpu/scratch.hpp>

#include <atomic>
#include <new>

TENFOLD_BEGIN
/// Elements that are gathered at a time.
inline constexpr index_t reduction_tile_elements = 4096;    // where there is a choice: they stay in L1
inline constexpr index_t reduction_stage_elements = 16384;   // a chunk of one output

/// Policies whose result can be known before all elements are read: decided(state, settings).
template <class Policy>
concept stops_early = requires { Policy::identity; };

/// Scratch of a reduction: states of all chunks, and per worker the accumulators of a block.
template <class Policy, class T>
struct reduction_scratch {
    using first_lane = lane_of<typename Policy::first>;
    using lane = lane_of<typename Policy::second>;
    static constexpr index_t stage_elements = reduction_stage_elements + 32 * 64;  // rows of a power of two are kept apart

    index_t chunk_states = 0;  // offsets in bytes
    index_t elements_before = 0;
    index_t decided = 0;
    index_t workers = 0;
    index_t worker_bytes = 0;
    index_t first = 0, second = 0, parameter = 0, state = 0, stage = 0, row_offset = 0;  // within a worker's part
    index_t part_step = 0;     // elements between the parts of `second`
    index_t total = 0;

    explicit reduction_scratch(const reduction_walk& w, int worker_count) noexcept {
        scratch_layout own;
        const index_t lanes = w.block * w.phases;
        part_step = round_up(lanes, 64) + 64;
        if constexpr (!std::is_void_v<typename Policy::first>) first = own.place(lanes, sizeof(first_lane));
        second = own.place(part_step * Policy::second::parts, sizeof(lane));
        if constexpr (Policy::from_element || !std::is_void_v<typename Policy::first>) parameter = own.place(lanes, sizeof(lane));
        state = own.place(w.block, sizeof(typename Policy::state));
        if (w.staged()) stage = own.place(stage_elements, sizeof(T));
        row_offset = own.place(w.chunks.rows_per_chunk, sizeof(index_t));
        worker_bytes = own.bytes;
        scratch_layout all;
        const index_t chunks = w.chunks.count();
        if (chunks > 1) {
            chunk_states = all.place(chunks * w.outputs, sizeof(typename Policy::state));
            elements_before = all.place(chunks + 1, sizeof(index_t));
            decided = all.place(w.items() / chunks, sizeof(std::atomic<bool>));
        }
        workers = all.bytes;
        total = all.bytes + worker_count * worker_bytes;
    }
};

/// What an item works on: a chunk of a block of outputs.
template <class T>
struct reduction_item {
    int isa;
    index_t chunk;
    index_t outputs;
    const T* x;                ///< first element of the first output
    T* stage;
    const index_t* row_offset; ///< of the chunk's rows
    index_t rows;

    /// Gathers `count` elements of each of some rows into the stage.
    TENFOLD_INLINE void gather(const T* from, const index_t* offset, index_t many, index_t count, index_t step, T* to,
                               index_t pitch) const noexcept {
        using arguments = gather_rows_arguments<static_cast<int>(sizeof(T))>;
        using word = typename arguments::word;
        const arguments a{reinterpret_cast<const word*>(from), offset, many, count, step, reinterpret_cast<word*>(to), pitch};
        if (offset != nullptr) {
            dispatch<gather_rows<static_cast<int>(sizeof(T))>>(isa, &a);
        } else {
            dispatch<transpose_rows<static_cast<int>(sizeof(T))>>(isa, &a);
        }
    }
};

/// The item through one step along a reduced axis.
template <class Step, class T, class Lane>
TENFOLD_INLINE void run_lanes(const reduction_walk& w, const reduction_item<T>& item, reduce_lanes_arguments<T, Lane> a) noexcept {
    const index_t run_begin = w.chunks.run_begin(item.chunk);
    a.x = item.x + run_begin * w.vector.x;
    a.outputs = item.outputs;
    a.output_step = w.inner.x;
    a.row_offset = item.row_offset;
    a.rows = item.rows;
    a.together = w.together;
    a.run = w.chunks.run_end(item.chunk) - run_begin;
    a.ahead = w.chunks.pieces() > 1 ? a.run : item.outputs * w.inner.x;
    if (!w.staged()) {
        dispatch<reduce_lanes<Step, T>>(item.isa, static_cast<const reduce_lanes_arguments<T, Lane>*>(&a));
        return;
    }
    const index_t elements = a.rows * a.run;
    const index_t together = elements < reduction_tile_elements ? reduction_tile_elements / elements : 1;
    const T* const x = a.x;
    const index_t run = a.run;
    const index_t no_offset = 0;
    for (index_t o = 0; o < item.outputs; o += together, a.result += together) {
        a.outputs = item.outputs - o < together ? item.outputs - o : together;
        for (index_t i = 0; i < a.outputs; ++i) {
            item.gather(x + (o + i) * w.inner.x, item.row_offset, item.rows, run, w.vector.x, item.stage + i * elements, run);
        }
        a.x = item.stage;
        a.output_step = elements;
        a.row_offset = &no_offset;
        a.rows = a.together = 1;
        a.run = elements;
        dispatch<reduce_lanes<Step, T>>(item.isa, static_cast<const reduce_lanes_arguments<T, Lane>*>(&a));
        if (a.parameter != nullptr) a.parameter += together;
    }
}

/// The item through one step along a kept axis.
template <class Step, bool Folds, class T, class Lane>
TENFOLD_INLINE void run_columns(const reduction_walk& w, const reduction_item<T>& item, reduce_columns_arguments<T, Lane> a) noexcept {
    if constexpr (Folds) {
        if (w.folded) {
            const reduce_short_rows_arguments<T, Lane> folded{item.x,    item.outputs, w.vector.x, item.row_offset,
                                                              item.rows, w.depth,      a.constant, a.result};
            dispatch<reduce_short_rows<Step, T>>(item.isa, &folded);
            return;
        }
    }
    a.phases = w.phases;
    a.phase_step = w.phase_step;
    a.fresh = true;
    a.rows = item.rows;
    a.until_short = a.period = (std::numeric_limits<index_t>::max)();
    if (!w.staged()) {
        a.x = item.x;
        a.columns = item.outputs;
        a.row_offset = item.row_offset;
        if (w.short_phases() < w.phases) {
            a.period = w.period();
            a.until_short = a.period - 1 - w.chunks.row_begin(item.chunk) % a.period;
            a.short_phases = w.short_phases();
        }
        dispatch<reduce_columns<Step, T>>(item.isa, static_cast<const reduce_columns_arguments<T, Lane>*>(&a));
        return;
    }
    constexpr index_t apart = 64 / static_cast<index_t>(sizeof(T));
    const index_t group = w.depth > 1 ? 1 : 8;          // rows that are gathered at once
    const index_t staged_rows = group * w.depth;
    // Rows of a tile are long enough to stream; what is transposed stays in L1.
    const index_t widest = (w.depth > 1 ? reduction_tile_elements : reduction_stage_elements) / staged_rows;
    index_t offset[32];
    for (index_t r = 0; r < staged_rows; ++r) offset[r] = r * (widest + apart);
    a.x = item.stage;
    a.row_offset = offset;
    Lane* const result = a.result;
    const Lane* const parameter = a.parameter;
    for (index_t begin = 0; begin < item.outputs; begin += widest) {
        a.columns = item.outputs - begin < widest ? item.outputs - begin : widest;
        a.phase_step = a.columns;
        a.result = result + begin;
        a.parameter = parameter == nullptr ? nullptr : parameter + begin;
        a.fresh = true;
        for (index_t row = 0; row < item.rows; row += group) {
            const index_t count = item.rows - row < group ? item.rows - row : group;
            a.rows = count * w.depth;
            const T* const from = item.x + begin * w.vector.x;
            if (w.depth > 1) {
                item.gather(from + item.row_offset[row], nullptr, w.depth, a.columns, w.vector.x, item.stage, widest + apart);
            } else {
                item.gather(from, item.row_offset + row, count, a.columns, w.vector.x, item.stage, widest + apart);
            }
            dispatch<reduce_columns<Step, T>>(item.isa, static_cast<const reduce_columns_arguments<T, Lane>*>(&a));
            a.fresh = false;
        }
    }
}

template <class Step, bool Folds, class T>
TENFOLD_INLINE void run_step(const reduction_walk& w, const reduction_item<T>& item, const reduction_settings& settings,
                             const lane_of<Step>* parameter, lane_of<Step>* result, index_t part_step) noexcept {
    using lane = lane_of<Step>;
    constexpr std::size_t vector = 64 / sizeof(lane);
    alignas(64) lane constant[3 * vector];
    for (std::size_t i = 0; i < Step::constants * vector; ++i) constant[i] = settings.constant_of<lane>(static_cast<int>(i / vector));
    if (w.lanes) {
        reduce_lanes_arguments<T, lane> a{};
        a.parameter = parameter;
        a.constant = constant;
        a.result = result;
        a.part_step = part_step;
        run_lanes<Step>(w, item, a);
    } else {
        reduce_columns_arguments<T, lane> a{};
        a.parameter = parameter;
        a.constant = constant;
        a.result = result;
        a.part_step = part_step;
        run_columns<Step, Folds>(w, item, a);
    }
}

/// y <- the reduction of x in canonical form. At least one element and one output.
template <class Policy, class T, class Y>
status run_reduction(const char* op, const cpu& where, const reduction_form& form, const T* x, Y* y, const reduction_settings& settings) {
    using state = typename Policy::state;
    using first_step = typename Policy::first;
    using second_step = typename Policy::second;
    constexpr bool two_passes = !std::is_void_v<first_step>;
    constexpr bool has_parameter = two_passes || Policy::from_element;
    int isa = -1;
    if (status s = choose_isa(op, where, isa); !s.ok()) return s;
    int workers = 1;
    constexpr bool folds = !has_parameter && second_step::folds;
    const reduction_walk w = plan_reduction(form, static_cast<index_t>(sizeof(T)), two_passes ? 2 : 1, folds, where, workers);
    const reduction_scratch<Policy, T> part(w, workers);
    const near_scratch<3840> scratch(part.total);  // frames stay below 8 KiB, unoptimised ones too
    if (!scratch) return scratch_failure(op, part.total);

    x += form.x_first;
    y += form.y_first;
    const index_t chunks = w.chunks.count();
    const index_t blocks = w.blocks();
    state* const chunk_states = scratch.at<state>(part.chunk_states);              // (chunks, outputs)
    index_t* const before = scratch.at<index_t>(part.elements_before);
    std::atomic<bool>* const decided = scratch.at<std::atomic<bool>>(part.decided);        // one per block of outputs
    if (chunks > 1) {
        for (index_t c = 0; c <= chunks; ++c) before[c] = w.elements_before(c);
        if constexpr (stops_early<Policy>) {
            for (index_t i = 0; i < w.outer.elements() * blocks; ++i) new (decided + i) std::atomic<bool>(false);
        }
    }
    const auto combine = [&](state* states, index_t outer, index_t begin, index_t outputs) {
        index_t x_offset = 0;
        index_t y_offset = 0;
        w.outer.offsets(outer, x_offset, y_offset);
        const reduce_combine_arguments<Policy, Y> a{
            states, w.outputs, chunks, before, outputs, w.elements, settings, y + y_offset + begin * w.inner.y, w.inner.y};
        dispatch<reduce_combine<Policy, Y>>(isa, &a);
    };
    parallel_for_items(where, workers, w.items(), [&](int worker, index_t number) {
        const index_t own = part.workers + worker * part.worker_bytes;
        const index_t chunk = remainder_of(number, chunks);
        const index_t block = quotient_of(number, chunks);
        const index_t begin = remainder_of(block, blocks) * w.block;
        const index_t outer = quotient_of(block, blocks);
        const index_t outputs = w.inner.extent - begin < w.block ? w.inner.extent - begin : w.block;
        state* const states =
            chunks > 1 ? chunk_states + chunk * w.outputs + outer * w.inner.extent + begin : scratch.at<state>(own + part.state);
        if constexpr (stops_early<Policy>) {
            if (chunks > 1 && decided[block].load(std::memory_order_relaxed)) {
                for (index_t i = 0; i < outputs; ++i) states[i] = Policy::identity;
                return;
            }
        }
        auto* const row_offset = scratch.at<index_t>(own + part.row_offset);
        const index_t row_begin = w.chunks.row_begin(chunk);
        const index_t rows = w.chunks.row_end(chunk) - row_begin;
        w.rows.list_offsets(row_begin, rows, row_offset, nullptr);
        index_t x_offset = 0;
        index_t y_offset = 0;
        w.outer.offsets(outer, x_offset, y_offset);
        const reduction_item<T> item{isa,        chunk, outputs, x + x_offset + begin * w.inner.x, scratch.at<T>(own + part.stage),
                                     row_offset, rows};

        reduce_close_arguments<Policy, T> close{};
        close.outputs = outputs;
        close.elements = w.elements_before(chunk + 1) - w.elements_before(chunk);
        close.part_step = part.part_step;
        close.phases = w.phases;
        close.state = states;
        if constexpr (has_parameter) {
            close.x = item.x + row_offset[0] + w.chunks.run_begin(chunk) * w.vector.x;
            close.x_step = w.inner.x;
            close.parameter = scratch.at<lane_of<second_step>>(own + part.parameter);
            if constexpr (two_passes) {
                auto* const first = scratch.at<lane_of<first_step>>(own + part.first);
                close.first = first;
                run_step<first_step, false>(w, item, settings, nullptr, first, 0);
            }
            dispatch<reduce_parameter<Policy, T>>(isa, static_cast<const reduce_close_arguments<Policy, T>*>(&close));
        }
        auto* const second = scratch.at<lane_of<second_step>>(own + part.second);
        close.second = second;
        run_step<second_step, folds>(w, item, settings, close.parameter, second, part.part_step);
        dispatch<reduce_close<Policy, T>>(isa, static_cast<const reduce_close_arguments<Policy, T>*>(&close));
        if (chunks == 1) combine(states, outer, begin, outputs);
        if constexpr (stops_early<Policy>) {
            bool all = chunks > 1;
            for (index_t i = 0; all && i < outputs; ++i) all = Policy::decided(states[i], settings);
            if (all) decided[block].store(true, std::memory_order_relaxed);
        }
    });
    if (chunks > 1) {
        parallel_for_items(where, workers, w.outer.elements() * blocks, [&](int, index_t item) {
            const index_t outer = item / blocks;
            const index_t begin = item % blocks * w.block;
            const index_t outputs = w.inner.extent - begin < w.block ? w.inner.extent - begin : w.block;
            combine(chunk_states + outer * w.inner.extent + begin, outer, begin, outputs);
        });
    }
    return {};
}
TENFOLD_END
