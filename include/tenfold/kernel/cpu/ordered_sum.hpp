// SPDX-License-Identifier: Apache-2.0
// Reductions of the cpu backend with determinism::cross_device: parts of outputs side by side, elements in index order. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/ordered_lanes.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>
#include <tenfold/kernel/cpu/scratch.hpp>
#include <tenfold/op/reduce.hpp>
#include <tenfold/op/summation_order.hpp>

TENFOLD_BEGIN
/// The elements of neighbouring outputs in index order: of each a pointer to the next round of its elements, gathered where they are
/// not neighbours in memory.
template <class T, std::size_t Rank>
class ordered_reader {
public:
    ordered_reader(const index_array<Rank>& extents, const index_array<Rank>& strides, const reduced_axes& axes) noexcept
        : strides_(strides), kept_(extents), reduced_(extents) {
        index_t step = 1;           // of a reduced axis, if all of them are neighbours
        index_t closest_kept = 0;   // stride of an axis with more than one element
        for (std::size_t i = Rank; i-- > 0;) {
            const bool reduced = axes.contains(i);
            (reduced ? kept_ : reduced_)[i] = 1;
            if (extents[i] == 1) continue;
            const index_t distance = strides[i] < 0 ? -strides[i] : strides[i];
            if (!reduced) {
                if (closest_kept == 0 || distance < closest_kept) closest_kept = distance;
                continue;
            }
            if (inner_ == Rank) inner_ = i;
            contiguous_ = contiguous_ && strides[i] == step;
            step *= extents[i];
            if (closest_ == 0 || distance < closest_) closest_ = distance;
        }
        beside_ = !contiguous_ && closest_kept > 0 && closest_kept < closest_;
    }
    [[nodiscard]] const index_array<Rank>& kept() const noexcept { return kept_; }
    [[nodiscard]] bool contiguous() const noexcept { return contiguous_; }
    /// Outputs that are worth reading together, since their elements lie side by side.
    [[nodiscard]] index_t beside() const noexcept { return beside_ ? 16 : 1; }

    /// to[o * pitch + i] <- element first + i of each output, for i < count; `base` points to elements 0.
    void gather(const T* const* base, index_t outputs, index_t first, index_t count, T* to, index_t pitch) const noexcept {
        index_array<Rank> index = index_at(reduced_, first);
        for (index_t done = 0; done < count;) {
            index_t offset = 0;
            for (std::size_t i = 0; i < Rank; ++i) offset += index[i] * strides_[i];
            index_t run = 1;
            index_t stride = 0;
            if (inner_ < Rank) {
                run = reduced_[inner_] - index[inner_];
                if (run > count - done) run = count - done;
                stride = strides_[inner_];
            }
            for (index_t r = 0; r < run; ++r) {
                for (index_t o = 0; o < outputs; ++o) to[o * pitch + done + r] = base[o][offset + r * stride];
            }
            done += run;
            if (inner_ == Rank) continue;
            index[inner_] += run - 1;
            std::size_t axis = inner_ + 1;
            while (axis > 0 && ++index[axis - 1] == reduced_[axis - 1]) index[--axis] = 0;
        }
    }

private:
    index_array<Rank> strides_;
    index_array<Rank> kept_;
    index_array<Rank> reduced_;
    std::size_t inner_ = Rank;  ///< the last reduced axis with more than one element
    index_t closest_ = 0;
    bool contiguous_ = true;
    bool beside_ = false;
};

template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
status run_ordered_sum(const cpu& where, const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) {
    using lane = typename dtype_traits<T>::sum_type;
    const auto y = a.output();
    const index_t outputs = y.size();
    const index_t count = a.count();
    const summation_order order = order_of_sum<T>(outputs, count);
    const ordered_reader<T, Rank> reader(a.x.extents(), a.x.strides(), a.axes);
    const index_t width = reader.beside();
    const index_t blocks = ceil_divide(outputs, width);
    const index_t lanes = order.lanes();
    const index_t round = order.round();
    constexpr index_t elements_per_worker = 65536;
    const int workers = workers_for(where, outputs * count, elements_per_worker);
    // Per worker the lanes of an output and a round of the elements of each, behind the totals of all parts: of which there are at
    // most about 1500, since only few outputs are cut.
    const index_t totals = order.parts == 1 ? 0 : outputs * order.parts;
    const index_t totals_bytes = round_up(totals * static_cast<index_t>(sizeof(lane)), index_t{tensor_alignment});
    const index_t lanes_bytes = round_up(lanes * static_cast<index_t>(sizeof(lane)), index_t{tensor_alignment});
    const index_t round_bytes = round_up(round * static_cast<index_t>(sizeof(T)), index_t{tensor_alignment});
    const index_t bytes = totals_bytes + workers * width * (lanes_bytes + round_bytes);
    const scratch_buffer scratch(bytes);
    if (!scratch) return scratch_failure(Reducer::name, bytes);
    lane* const total = scratch.template at<lane>(0);  // (outputs, parts)

    parallel_for_items(where, workers, blocks * order.parts, [&](int worker, index_t item) {
        const index_t first = item / order.parts * width;
        const index_t in_block = first + width < outputs ? width : outputs - first;
        const index_t begin = item % order.parts * order.part;
        const index_t end = begin + order.part < count ? begin + order.part : count;
        const index_t own = totals_bytes + worker * width * (lanes_bytes + round_bytes);
        const T* base[16];
        for (index_t o = 0; o < in_block; ++o) {
            const index_array<Rank> at = index_at(reader.kept(), first + o);
            base[o] = a.x.data();
            for (std::size_t i = 0; i < Rank; ++i) base[o] += at[i] * a.x.stride(i);
            lane* const to = scratch.template at<lane>(own + o * lanes_bytes);
            for (index_t l = 0; l < lanes; ++l) to[l] = std::is_same_v<Reducer, prod_reducer> ? lane(1) : lane(-0.0);
        }
        T* const gathered = scratch.template at<T>(own + width * lanes_bytes);
        const index_t pitch = round_bytes / static_cast<index_t>(sizeof(T));
        const index_t step = reader.contiguous() ? end - begin : round;
        for (index_t from = begin; from < end; from += step) {
            const index_t n = from + step < end ? step : end - from;
            if (!reader.contiguous()) reader.gather(base, in_block, from, n, gathered, pitch);
            for (index_t o = 0; o < in_block; ++o) {
                const ordered_lanes_arguments<T, lane> add{reader.contiguous() ? base[o] + from : gathered + o * pitch, n, round,
                                                           scratch.template at<lane>(own + o * lanes_bytes)};
                baseline::call<ordered_lanes<Reducer, T, lane>>(&add);
            }
        }
        for (index_t o = 0; o < in_block; ++o) {
            ordered_tree_arguments<lane, Y> close{scratch.template at<lane>(own + o * lanes_bytes), lanes, count, nullptr, nullptr};
            if (order.parts == 1) {
                close.y = &y(index_at(reader.kept(), first + o));
            } else {
                close.total = total + (first + o) * order.parts + item % order.parts;
            }
            baseline::call<ordered_tree<Reducer, lane, Y>>(&close);
        }
    });
    if (order.parts == 1) return {};
    const fp_environment ieee;
    for (index_t o = 0; o < outputs; ++o) {
        const ordered_tree_arguments<lane, Y> close{total + o * order.parts, order.parts, count, nullptr, &y(index_at(reader.kept(), o))};
        baseline::call<ordered_tree<Reducer, lane, Y>>(&close);
    }
    return {};
}
TENFOLD_END
