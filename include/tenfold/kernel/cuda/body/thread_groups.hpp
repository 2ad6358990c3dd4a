// SPDX-License-Identifier: Apache-2.0
// Groups of a block's threads that share an output or a row: who they are, and how their states combine.     [floor 4]
//
// Where vectors run along the group's elements its threads are neighbours (rows); where they run across, the outputs are (columns):
//
//     rows, group 4       t = 0 1 2 3 | 4 5 6 7 | ...      columns, per_block 4     t = 0 1 2 3 | 4 5 6 7 | ...
//     output                  0       |    1                output                      0 1 2 3 | 0 1 2 3
//     member              0 1 2 3     | 0 1 2 3             member                      0       | 1
//
// States combine as adjacent pairs, level by level, so the order follows from the group's size alone.
#pragma once

#include <tenfold/core/index.hpp>
#include <tenfold/kernel/cuda/simt/pack.hpp>
#include <tenfold/op/summation_order.hpp>  // power_of_two

TENFOLD_BEGIN
namespace gpu_kernels {
struct thread_groups {
    unsigned group;      ///< threads per output, a power of two
    unsigned per_block;  ///< outputs per block, its threads / group
    bool rows;

    [[nodiscard]] TENFOLD_DEVICE unsigned member(unsigned thread) const { return rows ? thread % group : thread / per_block; }
    [[nodiscard]] TENFOLD_DEVICE unsigned output(unsigned thread) const { return rows ? thread / group : thread % per_block; }
};

template <class State>
inline constexpr bool goes_by_shuffle = sizeof(State) == 4 || sizeof(State) == 8;

/// The states of a group combined; the result is that of member 0. Shared memory holds a state per thread from its start on.
template <class State, class Thread, class Combine>
TENFOLD_DEVICE State combine_group(const Thread& self, const thread_groups& groups, State s, const Combine& combine) {
    const unsigned member = groups.member(self.thread());
    const unsigned own = groups.output(self.thread());
    unsigned left = groups.group;  // states per output that are still apart
    unsigned place = member;       // of this thread's state among them
    bool holds = true;
    if constexpr (goes_by_shuffle<State>) {
        if (groups.rows) {
            const unsigned width = left < warp_size ? left : warp_size;
            for (unsigned d = 1; d < width; d *= 2) {
                const State other = self.shuffle_down(s, d, all_lanes, width);
                if (member % (2 * d) == 0) s = combine(s, other);
            }
            left /= width;
            holds = member % width == 0;
            place = member / width;
        }
    }
    if (left == 1) return s;
    State* const states = self.template shared<State>(0);
    const auto at = [&](unsigned p) { return states + p * groups.per_block + own; };
    if (holds) self.store(at(place), s);
    self.block_sync();
    for (unsigned d = 1; d < left; d *= 2) {
        if (holds && place % (2 * d) == 0) {
            s = combine(s, self.load(at(place + d)));
            self.store(at(place), s);
        }
        self.block_sync();
    }
    return s;
}

/// The same, for every member.
template <class State, class Thread, class Combine>
TENFOLD_DEVICE State combine_and_share(const Thread& self, const thread_groups& groups, State s, const Combine& combine) {
    s = combine_group(self, groups, s, combine);
    if (groups.group == 1) return s;
    if constexpr (goes_by_shuffle<State>) {
        if (groups.rows && groups.group <= warp_size) return self.shuffle(s, 0, all_lanes, groups.group);
    }
    State* const shared = self.template shared<State>(0) + groups.output(self.thread());
    if (groups.member(self.thread()) == 0) self.store(shared, s);
    self.block_sync();
    s = self.load(shared);
    self.block_sync();  // before the memory is used again
    return s;
}
}  // namespace gpu_kernels
TENFOLD_END
