// SPDX-License-Identifier: Apache-2.0
// The kernel of cumulative_sum: blocks, or one thread, run along a line and carry the sum from tile to tile. [floor 4]
//
// A thread sums 4 neighbours, the totals are scanned over the group, tile after tile; a lone thread adds chunk after chunk, as the
// other backends do. Where there are few long lines, several blocks share one: a first launch leaves the total of each part, in the
// second every block starts from the totals before its own. The order of additions follows from the extents alone.
#pragma once

#include <tenfold/kernel/cuda/body/reduce_policies.hpp>
#include <tenfold/kernel/cuda/body/thread_groups.hpp>
#include <tenfold/kernel/cuda/strided_axes.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
template <class T, class Y>
struct scan_block {
    using policy = sum_policy<T>;
    using state = typename policy::state;
    static constexpr unsigned threads = 256;
    static constexpr unsigned run_length = 4;  ///< neighbours that a thread takes of a tile
    static constexpr index_t chunk = 1024;     ///< of a lone thread; several tiles
    static constexpr std::size_t shared_bytes = threads * sizeof(state);

    struct arguments {
        strided_axes<2> lines;  ///< of y, then of x
        unsigned group;         ///< threads per line: 1, a warp or the block
        index_t n;
        const T* x;
        index_t x_stride;
        Y* y;
        index_t y_stride;
        unsigned parts;    ///< blocks per line; 1 unless a block has one line
        index_t part;      ///< elements of a part, whole tiles
        state* totals;     ///< (lines, parts)
        bool totals_only;  ///< the first launch of two
    };

    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        const index_t line = static_cast<index_t>(self.block() / a.parts) * (threads / a.group) + self.thread() / a.group;
        const bool valid = line < a.lines.elements;
        const auto offset = a.lines.at(valid ? line : 0);
        const T* const x = a.x + offset.of[1];
        Y* const y = a.y + offset.of[0];
        const unsigned member = self.thread() % a.group;
        const index_t tile = static_cast<index_t>(a.group) * run_length;
        const unsigned part = self.block() % a.parts;
        const index_t from = part * a.part;
        const index_t to = from + a.part < a.n ? from + a.part : a.n;
        if (a.totals_only) {
            const state sum = of_block(self, [&](state s) {
                for (index_t e = from + self.thread(); e < to; e += threads)
                    s = policy::combine(s, policy::map(self.load_once(x + e * a.x_stride)));
                return s;
            });
            if (self.thread() == 0) self.store(a.totals + line * a.parts + part, sum);
            return;
        }
        state carry = policy::identity();
        if (part > 0) {
            carry = of_block(self, [&](state s) {
                for (unsigned p = self.thread(); p < part; p += threads) s = policy::combine(s, self.load(a.totals + line * a.parts + p));
                return s;
            });
        }
        state total = policy::identity();
        for (index_t begin = from; begin < to; begin += tile) {
            const index_t first = begin + static_cast<index_t>(member) * run_length;
            if (a.group > 1 || begin % chunk == 0) {
                carry = policy::combine(carry, total);
                total = policy::identity();
            }
            state sums[run_length];
            TENFOLD_DEVICE_UNROLL
            for (unsigned i = 0; i < run_length; ++i) {
                if (valid && first + i < to) total = policy::combine(total, policy::map(self.load_once(x + (first + i) * a.x_stride)));
                sums[i] = total;
            }
            const state before = a.group > 1 ? policy::combine(carry, totals_before(self, a, total)) : carry;
            TENFOLD_DEVICE_UNROLL
            for (unsigned i = 0; i < run_length; ++i) {
                if (valid && first + i < to) self.store(y + (first + i) * a.y_stride, result_of<Y>(policy::combine(before, sums[i])));
            }
        }
    }

private:
    /// fold(identity) of each thread of the block, summed.
    template <class Thread, class Fold>
    TENFOLD_DEVICE static state of_block(const Thread& self, const Fold& fold) {
        const thread_groups block{threads, 1, true};
        return combine_and_share(self, block, fold(policy::identity()), [](state low, state high) { return policy::combine(low, high); });
    }
    /// The sum of the totals of the group's threads before this one; `total` becomes that of all.
    template <class Thread>
    TENFOLD_DEVICE static state totals_before(const Thread& self, const arguments& a, state& total) {
        state inclusive = total;
        const unsigned lane = self.lane();
        for (unsigned d = 1; d < warp_size; d *= 2) {
            const state other = self.shuffle_up(inclusive, d);
            if (lane >= d) inclusive = policy::combine(other, inclusive);
        }
        const state previous = self.shuffle_up(inclusive, 1);
        state before = lane == 0 ? policy::identity() : previous;
        const state of_warp = self.shuffle(inclusive, warp_size - 1);
        if (a.group == warp_size) {
            total = of_warp;
            return before;
        }
        state* const totals = self.template shared<state>(0);
        if (lane == 0) self.store(totals + self.warp(), of_warp);
        self.block_sync();
        total = policy::identity();
        state earlier = policy::identity();
        TENFOLD_DEVICE_UNROLL
        for (unsigned w = 0; w < threads / warp_size; ++w) {
            if (w == self.warp()) earlier = total;
            total = policy::combine(total, self.load(totals + w));
        }
        self.block_sync();  // before the next tile's totals
        return policy::combine(earlier, before);
    }
};
}  // namespace gpu_kernels
TENFOLD_END
