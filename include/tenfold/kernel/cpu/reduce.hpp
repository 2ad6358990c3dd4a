// SPDX-License-Identifier: Apache-2.0
// Reductions on the cpu: chunks by shape, a kernel along the best axis, a fixed tree over the chunks.        [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/reduce_columns.hpp>
#include <tenfold/kernel/cpu/body/reduce_lanes.hpp>
#include <tenfold/kernel/cpu/body/reduce_policies.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>
#include <tenfold/kernel/cpu/reduction_form.hpp>
#include <tenfold/kernel/cpu/scratch.hpp>
#include <tenfold/kernel/cpu/splits.hpp>
#include <tenfold/kernel/reference/reduce.hpp>  // reductions of nothing
#include <tenfold/op/reduce.hpp>

TENFOLD_BEGIN
/// How one reduction is walked. Items = blocks of outputs x chunks of their elements; `block` may follow the number of
/// workers, since no output's bits depend on its neighbours; `chunks` may not.
struct reduction_walk {
    bool lanes = true;       ///< vectors run along a reduced axis
    form_axis vector;
    form_axis inner;         ///< the kept axis that blocks are cut from; the vector axis unless `lanes`
    form_axes outer;         ///< the other kept axes
    form_axes rows;          ///< the other reduced axes
    chunk_list chunks;
    index_t block = 1;       ///< outputs per item
    index_t outputs = 1;
    index_t elements = 1;    ///< per output

    [[nodiscard]] TENFOLD_INLINE index_t blocks() const noexcept { return ceil_divide(inner.extent, block); }  // along `inner`
    [[nodiscard]] TENFOLD_INLINE index_t items() const noexcept { return outer.elements() * blocks() * chunks.count(); }
};

inline reduction_walk plan_reduction(reduction_form form, index_t element_bytes, int passes, const cpu& where, int& workers) noexcept {
    reduction_walk w;
    w.outputs = form.kept.elements();
    w.elements = form.reduced.elements();
    const vector_axis along = take_vector_axis(form);
    w.lanes = along.reduced;
    w.vector = along.axis;
    w.inner = w.lanes ? (form.kept.count > 0 ? form.kept.take(form.kept.count - 1) : form_axis{}) : along.axis;
    w.outer = form.kept;
    w.rows = form.reduced;
    const index_t rows = w.rows.elements();
    w.chunks = w.lanes ? chunks_of_runs(rows, w.vector.extent) : chunks_of_rows(rows);

    constexpr index_t bytes_per_worker = 256 * 1024;
    workers = workers_for(where, w.outputs * w.elements * element_bytes, bytes_per_worker);
    const index_t chunk_bytes = w.chunks.rows_per_chunk * w.chunks.run_per_chunk * element_bytes;  // of one output
    constexpr index_t most = 8192;                       // outputs whose accumulators stay in cache
    constexpr index_t twice_read = 512 * 1024;           // bytes that a second pass still finds in L2
    constexpr index_t item_bytes = 256 * 1024;
    index_t block = w.lanes ? item_bytes / chunk_bytes : most;
    if (!w.lanes && passes > 1) block = twice_read / chunk_bytes;
    const index_t narrowest = w.lanes ? 1 : 256;
    const index_t wanted_items = workers > 1 ? 4 * workers : 1;
    const index_t other_items = w.outer.elements() * w.chunks.count();
    if (other_items < wanted_items) {
        const index_t share = w.inner.extent / ceil_divide(wanted_items, other_items);
        if (share < block) block = share;
    }
    if (block < narrowest) block = narrowest;
    if (block > most) block = most;
    w.block = block < w.inner.extent ? block : w.inner.extent;
    return w;
}

/// Scratch of a reduction: states of all chunks, and per worker the accumulators of a block.
template <class Policy, class T>
struct reduction_scratch {
    using first_lane = lane_of<typename Policy::first>;
    using second_lane = lane_of<typename Policy::second>;
    static constexpr index_t vector_bytes = 64;
    static constexpr index_t stage_bytes = reduce_columns_arguments<T, first_lane>::group *
                                           reduce_columns_arguments<T, first_lane>::stage_columns * static_cast<index_t>(sizeof(T));
    static_assert(reduce_lanes_arguments<T, first_lane>::stage_elements * static_cast<index_t>(sizeof(T)) <= stage_bytes);

    index_t chunk_states = 0;  // offsets and sizes in bytes
    index_t elements_before = 0;
    index_t workers = 0;
    index_t worker_bytes = 0;
    index_t first = 0, second = 0, parameter = 0, state = 0, stage = 0, row_offset = 0;  // within a worker's part
    index_t total = 0;

    explicit reduction_scratch(const reduction_walk& w, int worker_count) noexcept {
        const index_t chunks = w.chunks.count();
        index_t at = 0;
        const auto place = [&at](index_t bytes) {
            const index_t begin = at;
            at += round_up(bytes, vector_bytes) + vector_bytes;  // columns are stored in whole vectors
            return begin;
        };
        first = place(w.block * static_cast<index_t>(sizeof(first_lane)));
        if constexpr (!std::is_void_v<typename Policy::second>) {
            second = place(w.block * static_cast<index_t>(sizeof(second_lane)));
            parameter = place(w.block * static_cast<index_t>(sizeof(second_lane)));
        }
        state = place(w.block * static_cast<index_t>(sizeof(typename Policy::state)));
        if (w.vector.x != 1) stage = place(stage_bytes);
        row_offset = place(w.chunks.rows_per_chunk * static_cast<index_t>(sizeof(index_t)));
        worker_bytes = at;
        at = 0;
        if (chunks > 1) {
            chunk_states = place(chunks * w.outputs * static_cast<index_t>(sizeof(typename Policy::state)));
            elements_before = place((chunks + 1) * static_cast<index_t>(sizeof(index_t)));
        }
        workers = at;
        total = at + worker_count * worker_bytes;
    }
};

/// What an item works on: a chunk of a block of outputs.
template <class T>
struct reduction_item {
    index_t chunk;
    index_t begin;     ///< first output of the block, along `inner`
    index_t outer;     ///< which of the other kept axes
    index_t outputs;
    const T* x;        ///< first output, first row
    T* stage;
    index_t* row_offset;

    TENFOLD_INLINE void find_rows(const reduction_walk& w) const noexcept {
        const index_t begin_row = w.chunks.row_begin(chunk);
        w.rows.list_offsets(begin_row, w.chunks.row_end(chunk) - begin_row, row_offset, nullptr);
    }
};

/// The item through one step.
template <class Step, class T>
TENFOLD_INLINE void run_step(int isa, const reduction_walk& w, const reduction_item<T>& item, const lane_of<Step>* parameter,
                             lane_of<Step>* result) noexcept {
    const index_t rows = w.chunks.row_end(item.chunk) - w.chunks.row_begin(item.chunk);
    if (w.lanes) {
        const index_t run_begin = w.chunks.run_begin(item.chunk);
        const reduce_lanes_arguments<T, lane_of<Step>> a{
            item.x + run_begin * w.vector.x,          item.outputs, w.inner.x, item.row_offset, rows,
            w.chunks.run_end(item.chunk) - run_begin, w.vector.x,   parameter, item.stage,      result};
        dispatch<reduce_lanes<Step, T>>(isa, &a);
    } else {
        const reduce_columns_arguments<T, lane_of<Step>> a{item.x, item.outputs, w.vector.x, item.row_offset,
                                                           rows,   parameter,    item.stage, result};
        dispatch<reduce_columns<Step, T>>(isa, &a);
    }
}

/// y <- the reduction of x in canonical form. At least one element and one output.
template <class Policy, class T, class Y>
status run_reduction(const char* op, const cpu& where, const reduction_form& form, const T* x, Y* y, double option) {
    using state = typename Policy::state;
    using second_step = typename Policy::second;
    constexpr bool two_passes = !std::is_void_v<second_step>;
    int isa = -1;
    if (status s = choose_isa(op, where, isa); !s.ok()) return s;
    int workers = 1;
    const reduction_walk w = plan_reduction(form, static_cast<index_t>(sizeof(T)), two_passes ? 2 : 1, where, workers);
    const reduction_scratch<Policy, T> part(w, workers);
    const scratch_buffer scratch(part.total);
    if (!scratch) return scratch_failure(op, part.total);

    x += form.x_first;
    y += form.y_first;
    const index_t chunks = w.chunks.count();
    const index_t blocks = w.blocks();
    state* const chunk_states = scratch.at<state>(part.chunk_states);              // (chunks, outputs)
    index_t* const before = scratch.at<index_t>(part.elements_before);
    if (chunks > 1) {
        for (index_t c = 0; c <= chunks; ++c) before[c] = w.chunks.elements_before(c);
    }
    const auto combine = [&](state* states, index_t outer, index_t begin, index_t outputs) {
        index_t x_offset = 0;
        index_t y_offset = 0;
        w.outer.offsets(outer, x_offset, y_offset);
        const reduce_combine_arguments<Policy, Y> a{
            states, w.outputs, chunks, before, outputs, w.elements, option, y + y_offset + begin * w.inner.y, w.inner.y};
        dispatch<reduce_combine<Policy, Y>>(isa, &a);
    };
    parallel_for_items(where, workers, w.items(), [&](int worker, index_t number) {
        const index_t own = part.workers + worker * part.worker_bytes;
        reduction_item<T> item{number % chunks,
                               number / chunks % blocks * w.block,
                               number / chunks / blocks,
                               0,
                               nullptr,
                               scratch.at<T>(own + part.stage),
                               scratch.at<index_t>(own + part.row_offset)};
        item.outputs = w.inner.extent - item.begin < w.block ? w.inner.extent - item.begin : w.block;
        index_t x_offset = 0;
        index_t y_offset = 0;
        w.outer.offsets(item.outer, x_offset, y_offset);
        item.x = x + x_offset + item.begin * w.inner.x;
        item.find_rows(w);

        reduce_close_arguments<Policy> close{};
        close.outputs = item.outputs;
        close.elements = w.chunks.elements_before(item.chunk + 1) - w.chunks.elements_before(item.chunk);
        auto* const first = scratch.at<lane_of<typename Policy::first>>(own + part.first);
        close.first = first;
        run_step<typename Policy::first>(isa, w, item, nullptr, first);
        if constexpr (two_passes) {
            auto* const second = scratch.at<lane_of<second_step>>(own + part.second);
            close.second = second;
            close.parameter = scratch.at<lane_of<second_step>>(own + part.parameter);
            dispatch<reduce_parameter<Policy>>(isa, static_cast<const reduce_close_arguments<Policy>*>(&close));
            run_step<second_step>(isa, w, item, close.parameter, second);
        }
        const index_t output = item.outer * w.inner.extent + item.begin;
        close.state = chunks > 1 ? chunk_states + item.chunk * w.outputs + output : scratch.at<state>(own + part.state);
        dispatch<reduce_close<Policy>>(isa, static_cast<const reduce_close_arguments<Policy>*>(&close));
        if (chunks == 1) combine(close.state, item.outer, item.begin, item.outputs);
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

/// The policy of each reducer; those with run-time options choose between two.
template <class T, class F>
TENFOLD_INLINE status with_policy(const sum_reducer&, const F& f) {
    return f(sum_policy<T>{}, 0.0);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const mean_reducer&, const F& f) {
    return f(mean_policy<T>{}, 0.0);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const prod_reducer&, const F& f) {
    return f(product_policy<T>{}, 0.0);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const norm1_reducer&, const F& f) {
    return f(norm1_policy<T>{}, 0.0);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const norm2_reducer&, const F& f) {
    return f(norm2_policy<T>{}, 0.0);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const variance_reducer& r, const F& f) {
    return f(variance_policy<T>{}, r.correction);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const log_sum_exp_reducer&, const F& f) {
    return f(log_sum_exp_policy<T>{}, 0.0);
}
template <class T, bool All, class F>
TENFOLD_INLINE status with_policy(const truth_reducer<All>&, const F& f) {
    return f(truth_policy<T, All>{}, 0.0);
}
template <class T, bool Largest, class F>
TENFOLD_INLINE status with_policy(const extremum_reducer<Largest>& r, const F& f) {
    if constexpr (is_floating_v<T>) {
        if (r.nan == tenfold::nan::ignore) return f(extremum_policy<T, Largest, true>{}, 0.0);
    }
    return f(extremum_policy<T, Largest, false>{}, 0.0);
}

/// The index with this row-major number.
template <std::size_t Rank>
TENFOLD_INLINE index_array<Rank> index_at(const index_array<Rank>& extents, index_t number) noexcept {
    index_array<Rank> index{};
    for (std::size_t i = Rank; i-- > 0;) {
        index[i] = number % extents[i];
        number /= extents[i];
    }
    return index;
}

/// A monoid of the caller: its functions are ordinary code, so no body and no vectors. Chunks of the elements in index
/// order, combined in order: the monoid need not commute.
template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Monoid, class Space>
status run_monoid(const cpu& where, const reduce_arguments<T, Rank, Y, OutRank, monoid_reducer<Monoid>, Space>& a) {
    using state = typename Monoid::value_type;
    static_assert(alignof(state) <= 64, "tenfold: the value_type of a reducer needs an alignment of at most 64 bytes");
    const monoid_reducer<Monoid>& reducer = a.reducer;
    index_array<Rank> kept = a.x.extents();
    index_array<Rank> reduced = a.x.extents();
    for (std::size_t i = 0; i < Rank; ++i) (a.axes.contains(i) ? kept : reduced)[i] = 1;
    const index_t outputs = element_count(kept);
    constexpr index_t elements_per_chunk = 4096;
    const chunk_list list{1, element_count(reduced), 1, elements_per_chunk};
    const index_t chunks = list.count();
    const auto size = static_cast<index_t>(sizeof(state));
    const scratch_buffer scratch(outputs * chunks * size);
    if (!scratch) return scratch_failure(a.reducer.name, outputs * chunks * size);
    state* const states = scratch.template at<state>(0);  // (outputs, chunks)
    constexpr index_t elements_per_worker = 16384;
    const int workers = workers_for(where, outputs * list.run, elements_per_worker);
    parallel_for_items(where, workers, outputs * chunks, [&](int, index_t item) {
        const index_array<Rank> at = index_at(kept, item / chunks);
        index_array<Rank> index = index_at(reduced, list.run_begin(item % chunks));
        state total = reducer.functor.identity();
        for (index_t left = list.run_end(item % chunks) - list.run_begin(item % chunks); left > 0; --left) {
            index_array<Rank> element = index;
            for (std::size_t i = 0; i < Rank; ++i) element[i] += at[i];
            total = reducer.functor(total, reducer.map(a.x(element)));
            std::size_t axis = Rank;
            while (axis > 0 && ++index[axis - 1] == reduced[axis - 1]) index[--axis] = 0;
        }
        states[item] = total;
    });
    const fp_environment ieee;
    const auto y = a.output();
    for (index_t o = 0; o < outputs; ++o) {
        state* const own = states + o * chunks;
        for (index_t step = 1; step < chunks; step *= 2) {
            for (index_t c = 0; c + step < chunks; c += 2 * step) own[c] = reducer.functor(own[c], own[c + step]);
        }
        y(index_at(kept, o)) = reducer.template finish<Y>(own[0]);
    }
    return {};
}

template <>
struct kernel<reduce_op, cpu> {
    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Monoid, class Space>
    static status run(const cpu& where, const reduce_arguments<T, Rank, Y, OutRank, monoid_reducer<Monoid>, Space>& a) {
        if (a.y.empty()) return {};
        if (a.x.empty()) {
            const fp_environment ieee;
            return kernel<reduce_op, reference>::run(reference{}, a);
        }
        return run_monoid(where, a);
    }
    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
    static status run(const cpu& where, const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) {
        if (a.y.empty()) return {};
        if (a.x.empty()) {
            const fp_environment ieee;
            return kernel<reduce_op, reference>::run(reference{}, a);
        }
        const auto y = a.output();
        const reduction_form form = canonical_form(a.x.extents(), a.x.strides(), y.strides(), a.axes);
        return with_policy<T>(a.reducer, [&](auto policy, double option) {
            return run_reduction<decltype(policy)>(Reducer::name, where, form, a.x.data(), y.data(), option);
        });
    }
};
TENFOLD_END
