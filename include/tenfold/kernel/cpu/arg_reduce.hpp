// SPDX-License-Identifier: Apache-2.0
// argmin and argmax on the cpu: walked like a reduction, keys that order as integers, exact in any order.    [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/arg_reduce.hpp>
#include <tenfold/kernel/cpu/body/arg_reduce_rows.hpp>
#include <tenfold/kernel/cpu/reduce.hpp>  // index_at
#include <tenfold/kernel/cpu/reduction_walk.hpp>
#include <tenfold/op/arg_reduce.hpp>

#include <bit>
#include <limits>

TENFOLD_BEGIN
/// Each output is one run without gaps, long enough for a vector and in one chunk. Long runs of 16 bits lose more by being widened
/// than they gain by being folded together.
template <class T>
bool is_row_search(const reduction_walk& w) noexcept {
    constexpr index_t widest = 64 / (sizeof(T) == 8 ? 8 : 4);  // lanes
    constexpr index_t longest = sizeof(T) == 2 ? 512 : (std::numeric_limits<index_t>::max)();
    const bool one_run = w.lanes && w.vector.x == 1 && w.rows.count == 0 && w.chunks.count() == 1;
    return one_run && w.vector.extent >= widest && w.vector.extent <= longest;
}

/// The index of the first element of a run that is as good as the one at `found`, whose key is the largest: zeros tie, NaNs tie.
template <class T>
index_t first_of_ties(const T* x, index_t found) noexcept {
    if constexpr (is_floating_v<T>) {
        using order = float_order<T, true>;
        const auto magnitude_of = [](const T& element) {
            return static_cast<typename order::word>(std::bit_cast<typename order::word>(element) & order::magnitude);
        };
        const auto best = magnitude_of(x[found]);
        if (best == 0) {
            for (index_t i = 0; i < found; ++i) {
                if (magnitude_of(x[i]) == 0) return i;
            }
        } else if (best > order::infinity) {
            for (index_t i = 0; i < found; ++i) {
                if (magnitude_of(x[i]) > order::infinity) return i;
            }
        }
    }
    return found;
}

/// y <- the indices, many outputs at a time.
template <class Order, class T>
void search_rows(int isa, const cpu& where, const reduction_walk& w, int workers, const T* x, index_t* y) {
    using arguments = arg_reduce_rows_arguments<sizeof(T)>;
    using lane = typename arguments::lane;
    const auto order = keys_of<key_of_t<T>>(order_settings<T>(Order::largest, Order::nan_high));
    const index_t blocks = w.blocks();
    parallel_for_items(where, workers, w.items(), [&](int, index_t item) {
        index_t x_offset = 0;
        index_t y_offset = 0;
        w.outer.offsets(item / blocks, x_offset, y_offset);
        const index_t begin = item % blocks * w.block;
        const index_t end = w.inner.extent - begin < w.block ? w.inner.extent : begin + w.block;
        for (index_t first = begin; first < end; first += arguments::most_outputs) {
            lane key[arguments::most_outputs];
            lane position[arguments::most_outputs];
            const index_t outputs = end - first < arguments::most_outputs ? end - first : arguments::most_outputs;
            const T* const from = x + x_offset + first * w.inner.x;
            const arguments a{from, outputs, w.inner.x, w.vector.extent, order, key, position};
            dispatch<arg_reduce_rows<sizeof(T)>>(isa, &a);
            for (index_t o = 0; o < outputs; ++o) {
                const index_t found = first_of_ties(from + o * w.inner.x, static_cast<index_t>(position[o]));
                y[y_offset + (first + o) * w.inner.y] = found * w.vector.y;
            }
        }
    });
}

/// y <- the indices; x and y in canonical form, at least one element and one output.
template <class Order, class T>
status run_arg_reduction(const char* op, const cpu& where, const reduction_form& form, const T* x, index_t* y) {
    using state = arg_state<typename Order::key>;
    using body_arguments = arg_reduce_arguments_of_body<Order, T>;
    int isa = -1;
    if (status s = choose_isa(op, where, isa); !s.ok()) return s;
    int workers = 1;
    const reduction_walk w = plan_search(form, static_cast<index_t>(sizeof(T)), body_arguments::most_transposed, where, workers);
    if constexpr (sizeof(T) >= 2) {
        if (is_row_search<T>(w)) {
            search_rows<Order>(isa, where, w, workers, x + form.x_first, y + form.y_first);
            return {};
        }
    }
    const index_t chunks = w.chunks.count();
    const index_t blocks = w.blocks();
    constexpr index_t outputs_per_item = 4096;  // of the combination

    index_t at = 0;
    const auto place = [&at](index_t bytes) {
        const index_t begin = at;
        at += round_up(bytes, 64);
        return begin;
    };
    const index_t states_at = place(chunks * w.outputs * static_cast<index_t>(sizeof(state)));
    const index_t workers_at = at;
    at = 0;
    const index_t stage_at = place(body_arguments::stage_elements * static_cast<index_t>(sizeof(T)));
    const index_t offset_at = place(w.chunks.rows_per_chunk * static_cast<index_t>(sizeof(index_t)));
    const index_t index_at = place(w.chunks.rows_per_chunk * static_cast<index_t>(sizeof(index_t)));
    const index_t worker_bytes = at;
    const index_t total = workers_at + workers * worker_bytes;
    const scratch_buffer scratch(total);
    if (!scratch) return scratch_failure(op, total);

    x += form.x_first;
    state* const states = scratch.at<state>(states_at);  // (chunks, outputs)
    parallel_for_items(where, workers, w.items(), [&](int worker, index_t number) {
        const index_t own = workers_at + worker * worker_bytes;
        const index_t chunk = number % chunks;
        const index_t begin = number / chunks % blocks * w.block;
        const index_t outer = number / chunks / blocks;
        index_t x_offset = 0;
        index_t unused = 0;
        w.outer.offsets(outer, x_offset, unused);
        const index_t row_begin = w.chunks.row_begin(chunk);
        const index_t rows = w.chunks.row_end(chunk) - row_begin;
        const index_t run_begin = w.chunks.run_begin(chunk);
        auto* const row_offset = scratch.at<index_t>(own + offset_at);
        auto* const row_index = scratch.at<index_t>(own + index_at);
        w.rows.list_offsets(row_begin, rows, row_offset, row_index);

        body_arguments a{x + x_offset + begin * w.inner.x,
                         w.inner.extent - begin < w.block ? w.inner.extent - begin : w.block,
                         w.inner.x,
                         row_offset,
                         row_index,
                         rows,
                         1,
                         1,
                         0,
                         scratch.at<T>(own + stage_at),
                         states + chunk * w.outputs + outer * w.inner.extent + begin,
                         w.transposed};
        if (w.lanes) {
            a.x += run_begin * w.vector.x;
            a.run = w.chunks.run_end(chunk) - run_begin;
            a.run_step = w.vector.x;
            a.run_index_step = w.vector.y;
            for (index_t row = 0; row < rows; ++row) row_index[row] += run_begin * w.vector.y;
            dispatch<arg_reduce_lanes<Order, T>>(isa, static_cast<const body_arguments*>(&a));
        } else {
            dispatch<arg_reduce_columns<Order, T>>(isa, static_cast<const body_arguments*>(&a));
        }
    });

    y += form.y_first;
    parallel_for_items(where, workers, ceil_divide(w.outputs, outputs_per_item), [&](int, index_t item) {
        const index_t end = (item + 1) * outputs_per_item < w.outputs ? (item + 1) * outputs_per_item : w.outputs;
        index_t outer = item * outputs_per_item / w.inner.extent;
        index_t inner = item * outputs_per_item % w.inner.extent;
        index_t unused = 0;
        index_t offset = 0;
        w.outer.offsets(outer, unused, offset);
        for (index_t o = item * outputs_per_item; o < end; ++o) {
            state best = states[o];
            for (index_t chunk = 1; chunk < chunks; ++chunk) {
                const state& s = states[chunk * w.outputs + o];
                if (Order::better(s.key, best.key) || (s.key == best.key && s.index < best.index)) best = s;
            }
            y[offset + inner * w.inner.y] = best.index;
            if (++inner == w.inner.extent) {
                inner = 0;
                w.outer.offsets(++outer, unused, offset);
            }
        }
    });
    return {};
}

template <>
struct kernel<arg_reduce_op, cpu> {
    template <class T, std::size_t Rank, std::size_t OutRank, bool Largest, bool WithValue, class Space>
    static status run(const cpu& where, const arg_reduce_arguments<T, Rank, OutRank, Largest, WithValue, Space>& a) {
        if (a.index.empty()) return {};
        const auto index = with_reduced_axes<Rank>(a.index, a.axes);
        const reduction_form form = indexed_form(a.x.extents(), a.x.strides(), index.strides(), a.axes);
        constexpr const char* op = arg_reduce_op::call<Largest, WithValue>;
        status s;
        if (is_floating_v<T> && a.nan == tenfold::nan::ignore) {
            s = run_arg_reduction<arg_order<T, Largest, is_floating_v<T>>>(op, where, form, a.x.data(), index.data());
        } else {
            s = run_arg_reduction<arg_order<T, Largest, false>>(op, where, form, a.x.data(), index.data());
        }
        if constexpr (WithValue) {
            if (s.ok()) copy_found(where, a, index);
        }
        return s;
    }

private:
    /// value <- the elements at the indices
    template <class Arguments, class Index>
    static void copy_found(const cpu& where, const Arguments& a, const Index& index) {
        constexpr std::size_t rank = Index::rank;
        const auto value = with_reduced_axes<rank>(a.value, a.axes);
        index_array<rank> reduced = a.x.extents();
        for (std::size_t i = 0; i < rank; ++i) {
            if (!a.axes.contains(i)) reduced[i] = 1;
        }
        const index_t outputs = element_count(index.extents());
        const int workers = workers_for(where, outputs, 4 * outputs_per_item);
        parallel_for_items(where, workers, ceil_divide(outputs, outputs_per_item), [&](int, index_t item) {
            const index_t end = (item + 1) * outputs_per_item < outputs ? (item + 1) * outputs_per_item : outputs;
            for (index_t o = item * outputs_per_item; o < end; ++o) {
                const index_array<rank> at = index_at(index.extents(), o);
                index_array<rank> element = index_at(reduced, index(at));
                for (std::size_t i = 0; i < rank; ++i) element[i] += at[i];
                value(at) = a.x(element);
            }
        });
    }
    static constexpr index_t outputs_per_item = 4096;
};
TENFOLD_END
