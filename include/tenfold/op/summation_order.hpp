// SPDX-License-Identifier: Apache-2.0
// The order of additions that determinism::cross_device promises: of each output, from the shape and the element's size. [floor 3]
//
// The n elements of an output, numbered in index order, are cut into parts; each part is dealt out to lanes, neighbours first:
//
//     element of a part   0 1 2 3 | 4 5 6 7 | ... | 4 (group - 1) ...     pack = 4: group x 4 lanes, then from lane 0 on again
//     lane                0 1 2 3 | 4 5 6 7 | ...
//
// A lane adds its elements one after the other, starting from the identity; lanes combine as adjacent pairs, level by level, and so
// do parts, where an odd one passes through. It is the order of a GPU's rows, in which group threads load packs of 16 bytes.
#pragma once

#include <tenfold/core/index.hpp>

TENFOLD_BEGIN
struct summation_order {
    static constexpr unsigned threads = 256;
    static constexpr unsigned most_lanes_per_thread = 4;
    static constexpr index_t enough_blocks = 512;

    index_t pack;    ///< neighbours that a thread takes at a time; 4 lanes at most, so that the fifth meets the first again
    unsigned group;  ///< threads of an output, a power of two
    index_t part;    ///< elements
    index_t parts;

    [[nodiscard]] constexpr unsigned lanes_per_thread() const noexcept {
        return pack < index_t{most_lanes_per_thread} ? static_cast<unsigned>(pack) : most_lanes_per_thread;
    }
    [[nodiscard]] constexpr unsigned lanes() const noexcept { return group * lanes_per_thread(); }
    /// Elements until lane 0 has its turn again.
    [[nodiscard]] constexpr index_t round() const noexcept { return static_cast<index_t>(group) * pack; }
    /// The lane of an element of a part.
    [[nodiscard]] constexpr unsigned lane_of(index_t element) const noexcept {
        const index_t in_round = element % round();
        return static_cast<unsigned>(in_round / pack * lanes_per_thread() + in_round % pack % lanes_per_thread());
    }
};

/// The smallest power of two that is at least x, at most `most`.
constexpr unsigned power_of_two(index_t x, unsigned most) noexcept {
    unsigned p = 1;
    while (p < most && p < x) p *= 2;
    return p;
}

/// With fewer outputs than `enough_blocks`, each is cut into parts that are still worth a block.
constexpr summation_order order_of_sum(index_t outputs, index_t count, index_t pack) noexcept {
    constexpr unsigned threads = summation_order::threads;
    summation_order order{pack, power_of_two(ceil_divide(count, pack), threads), 1, 1};
    const index_t tiles = ceil_divide(outputs, index_t{threads / order.group});
    index_t wanted = 1;
    if (tiles < summation_order::enough_blocks && order.group == threads) {
        const index_t possible = ceil_divide(count, index_t{threads} * pack * 4);
        wanted = ceil_divide(2 * summation_order::enough_blocks, tiles);
        if (wanted > possible) wanted = possible;
    }
    const index_t part = round_up(ceil_divide(count, wanted > 0 ? wanted : 1), order.round());
    if (part > 0) order.part = part;
    if (count > 0) order.parts = ceil_divide(count, order.part);
    return order;
}
template <class T>
constexpr summation_order order_of_sum(index_t outputs, index_t count) noexcept {
    return order_of_sum(outputs, count, index_t{16 / sizeof(T)});
}
TENFOLD_END
