// SPDX-License-Identifier: Apache-2.0
// The kernel of all reductions: some threads per output, some blocks per output, one launch, one order of sums. [floor 4]
//
// A block of 256 threads makes some outputs with a group of threads each (thread_groups.hpp).
//
// Partial results combine as adjacent pairs, level by level: over the threads of an output, then over its blocks. The last block to
// come does the latter, in the order of the blocks, so bits do not depend on which one it is. Who takes what follows from shape
// and strides, never from addresses: an unaligned row is loaded element by element into the same accumulators.
#pragma once

#include <tenfold/kernel/cuda/body/last_block.hpp>
#include <tenfold/kernel/cuda/body/reduce_policies.hpp>
#include <tenfold/kernel/cuda/body/thread_groups.hpp>
#include <tenfold/kernel/cuda/reduction_axes.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
/// How a reduction is cut.
struct reduction_cut : thread_groups {
    unsigned splits;  ///< blocks per output
    index_t part;     ///< elements of an output that a block takes
    bool packs;       ///< 16-byte loads are legal: unit stride, aligned rows
};

template <class Policy, class T, class Y>
struct reduce_block {
    using state = typename Policy::state;
    static constexpr unsigned threads = 256;
    static constexpr unsigned accumulators = 4;
    static constexpr unsigned pack_elements = 16 / sizeof(T);
    /// Loops over accumulators are unrolled, so that each stays in registers.
    static constexpr unsigned side_by_side = pack_elements < accumulators ? pack_elements : accumulators;

    struct arguments {
        const T* x;
        Y* y;
        T* value;  ///< of arg-reductions, where it is wanted: the element itself
        reduction_axes axes;
        reduction_cut cut;
        state* partial;          ///< (outputs, splits); null where there is one block per output
        std::uint32_t* arrived;  ///< per group of outputs, zero before and after
        double option;
        Policy policy;
    };
    /// Shared memory: the states of a block, then the flag of the last block.
    static constexpr std::size_t flag_offset = threads * sizeof(state);
    static constexpr std::size_t shared_bytes = flag_offset + 16;
    static_assert(shared_bytes <= 48 * 1024 && alignof(state) <= 16,
                  "tenfold: the monoid's value_type is too large for a GPU: a block keeps 256 of them in 48 KiB, so it may have at most "
                  "191 bytes, aligned to at most 16. Let it hold an index into x instead of the data");

    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        const reduction_cut& cut = a.cut;
        const unsigned reducer = cut.member(self.thread());
        const unsigned own = cut.output(self.thread());
        const unsigned split = self.block() % cut.splits;
        const index_t tile = self.block() / cut.splits;
        const index_t output = tile * cut.per_block + own;
        const bool valid = output < a.axes.outputs;

        state s = a.policy.identity();
        operand_offsets<3> offset{};
        if (valid) {
            offset = a.axes.kept.at(output);
            const index_t begin = split * cut.part;
            const index_t end = begin + cut.part < a.axes.count ? begin + cut.part : a.axes.count;
            s = over_elements(self, a, a.x + offset.of[from_x], begin, end, reducer);
        }
        s = combine_group(self, cut, s, [&](const state& low, const state& high) { return a.policy.combine(low, high); });
        if (cut.splits == 1) {
            if (valid && reducer == 0) write(self, a, offset, s);
            return;
        }
        if (valid && reducer == 0) self.store(a.partial + output * cut.splits + split, s);
        if (last_to_come(self, a.arrived + tile, cut.splits, flag_offset)) finish_splits(self, a, tile);
    }

private:
    template <class Thread>
    TENFOLD_DEVICE static state over_elements(const Thread& self, const arguments& a, const T* x, index_t begin, index_t end,
                                              unsigned reducer) {
        if constexpr (is_ordered<Policy>) {
            return in_order(self, a, x, begin, end, reducer);
        } else {
            state acc[accumulators];
            TENFOLD_DEVICE_UNROLL
            for (unsigned i = 0; i < accumulators; ++i) acc[i] = a.policy.identity();
            if (a.cut.rows) {
                along_rows(self, a, x, begin, end, reducer, acc);
            } else {
                down_columns(self, a, x, begin, end, reducer, acc);
            }
            return a.policy.combine(a.policy.combine(acc[0], acc[1]), a.policy.combine(acc[2], acc[3]));
        }
    }
    /// Packs of neighbours, the threads of the group in turn.
    template <class Thread>
    TENFOLD_DEVICE static void along_rows(const Thread& self, const arguments& a, const T* x, index_t begin, index_t end, unsigned reducer,
                                          state (&acc)[accumulators]) {
        const index_t step = static_cast<index_t>(a.cut.group) * pack_elements;
        for (index_t e = begin + static_cast<index_t>(reducer) * pack_elements; e < end; e += step) {
            if (a.cut.packs && e + pack_elements <= end) {
                const auto p = self.template load_pack<pack_elements>(x + e);
                TENFOLD_DEVICE_UNROLL
                for (unsigned i = 0; i < pack_elements; ++i) add(a, acc[i % accumulators], p.element[i], e + i);
            } else {
                for (index_t at = e; at < end && at < e + pack_elements; at += side_by_side) {
                    TENFOLD_DEVICE_UNROLL
                    for (unsigned i = 0; i < side_by_side; ++i) {
                        if (at + i < end) add(a, acc[i], self.load_once(x + a.axes.reduced.at(at + i).of[from_x]), at + i);
                    }
                }
            }
        }
    }
    /// Rows in turn; each accumulator has loads of its own under way.
    template <class Thread>
    TENFOLD_DEVICE static void down_columns(const Thread& self, const arguments& a, const T* x, index_t begin, index_t end,
                                            unsigned reducer, state (&acc)[accumulators]) {
        const index_t group = a.cut.group;
        for (index_t e = begin + reducer; e < end; e += accumulators * group) {
            TENFOLD_DEVICE_UNROLL
            for (unsigned i = 0; i < accumulators; ++i) {
                const index_t row = e + i * group;
                if (row < end) add(a, acc[i], self.load_once(x + a.axes.reduced.at(row).of[from_x]), row);
            }
        }
    }
    /// A run of elements in index order per thread.
    template <class Thread>
    TENFOLD_DEVICE static state in_order(const Thread& self, const arguments& a, const T* x, index_t begin, index_t end, unsigned reducer) {
        const index_t run = (end - begin + a.cut.group - 1) / a.cut.group;
        const index_t first = begin + reducer * run;
        const index_t last = first + run < end ? first + run : end;
        state s = a.policy.identity();
        for (index_t e = first; e < last; ++e) add(a, s, self.load_once(x + a.axes.reduced.at(e).of[from_x]), e);
        return s;
    }
    TENFOLD_DEVICE static void add(const arguments& a, state& s, T x, index_t number) {
        if constexpr (is_indexed<Policy>) {
            s = a.policy.combine(s, a.policy.map(x, number));
        } else {
            s = a.policy.combine(s, a.policy.map(x));
        }
    }
    /// The output at an offset, made of its final state.
    template <class Thread>
    TENFOLD_DEVICE static void write(const Thread& self, const arguments& a, const operand_offsets<3>& at, const state& s) {
        if constexpr (is_indexed<Policy>) {
            self.store(a.y + at.of[to_y], s.index);
            if (a.value != nullptr)
                self.store(a.value + at.of[to_z], self.load_once(a.x + at.of[from_x] + a.axes.reduced.at(s.index).of[from_x]));
        } else {
            self.store(a.y + at.of[to_y], a.policy.template finish<Y>(s, a.axes.count, a.option));
        }
    }

    template <class Thread>
    TENFOLD_DEVICE static void finish_splits(const Thread& self, const arguments& a, index_t tile) {
        const unsigned splits = a.cut.splits;
        const index_t first = tile * a.cut.per_block;
        const index_t left = a.axes.outputs - first;
        const unsigned outputs = left < a.cut.per_block ? static_cast<unsigned>(left) : a.cut.per_block;
        state* const partial = a.partial + first * splits;
        for (unsigned d = 1; d < splits; d *= 2) {
            const unsigned pairs = (splits + 2 * d - 1) / (2 * d);
            for (unsigned i = self.thread(); i < outputs * pairs; i += threads) {
                state* const low = partial + i / pairs * splits + i % pairs * 2 * d;
                if (i % pairs * 2 * d + d < splits) self.store(low, a.policy.combine(self.load(low), self.load(low + d)));
            }
            self.block_sync();
        }
        for (unsigned i = self.thread(); i < outputs; i += threads) {
            write(self, a, a.axes.kept.at(first + i), self.load(partial + i * splits));
        }
    }
};
}  // namespace gpu_kernels
TENFOLD_END
