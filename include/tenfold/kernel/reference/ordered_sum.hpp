// SPDX-License-Identifier: Apache-2.0
// Sums and products in the order of determinism::cross_device: the definition that other backends match bit for bit. [floor 4]
#pragma once

#include <tenfold/kernel/reference/element.hpp>
#include <tenfold/op/functor/reducer.hpp>
#include <tenfold/op/summation_order.hpp>

TENFOLD_BEGIN
/// What elements of T are added in.
template <class T>
using ordered_lane_t = typename dtype_traits<T>::sum_type;

template <class Reducer>
inline constexpr bool multiplies = std::is_same_v<Reducer, prod_reducer>;

template <class Reducer, class Lane>
TENFOLD_INLINE constexpr Lane ordered_identity() noexcept {
    return multiplies<Reducer> ? Lane(1) : Lane(-0.0);
}
template <class Reducer, class Lane>
TENFOLD_INLINE constexpr Lane ordered_combine(Lane a, Lane b) noexcept {
    if constexpr (multiplies<Reducer>) {
        return a * b;
    } else {
        return a + b;
    }
}
/// From the total to the stored value; a NaN, whose payload and sign differ between machines, becomes the canonical quiet one.
template <class Reducer, class Y, class Lane>
TENFOLD_INLINE constexpr Y ordered_result(Lane total, index_t count) noexcept {
    if (is_nan(static_cast<double>(total))) return narrow<Y>(std::bit_cast<double>(0x7ff8000000000000u));
    if constexpr (std::is_same_v<Reducer, mean_reducer>) {
        const double mean = static_cast<double>(total) / static_cast<double>(count);
        if constexpr (sizeof(Y) == 2) {
            return Y(static_cast<float>(mean));
        } else {
            return static_cast<Y>(mean);
        }
    } else {
        return static_cast<Y>(total);
    }
}

/// The sum of part totals that come one after the other, as adjacent pairs, level by level: each bit of their number is a tree of
/// that size which waits for its neighbour.
template <class Value>
class pairwise_total {
public:
    template <class Combine>
    constexpr void add(Value next, const Combine& combine) noexcept {
        int level = 0;
        for (; (count_ >> level & 1) != 0; ++level) next = combine(waiting_[level], next);
        waiting_[level] = next;
        ++count_;
    }
    /// Of at least one.
    template <class Combine>
    [[nodiscard]] constexpr Value total(const Combine& combine) const noexcept {
        int level = 0;
        while ((count_ >> level & 1) == 0) ++level;
        Value sum = waiting_[level];
        while (++level < levels) {
            if ((count_ >> level & 1) != 0) sum = combine(waiting_[level], sum);
        }
        return sum;
    }

private:
    static constexpr int levels = 63;
    Value waiting_[levels]{};
    index_t count_ = 0;
};

/// The fold of `count` > 0 elements; each(f) calls f with every one, in index order.
template <class Reducer, class T, class Y, class Each>
Y ordered_fold(index_t outputs, index_t count, const Each& each) noexcept {
    using lane = ordered_lane_t<T>;
    constexpr auto combine = [](lane a, lane b) { return ordered_combine<Reducer>(a, b); };
    const summation_order order = order_of_sum<T>(outputs, count);
    constexpr unsigned most_lanes = summation_order::threads * summation_order::most_lanes_per_thread * 4 / sizeof(lane);
    lane lanes[most_lanes];
    const auto clear = [&] {
        for (lane& l : lanes) l = ordered_identity<Reducer, lane>();
    };
    pairwise_total<lane> parts;
    index_t at = 0;  // in the part
    const auto close = [&] {
        for (unsigned width = 1; width < order.lanes(); width *= 2) {
            for (unsigned l = 0; l < order.lanes(); l += 2 * width) lanes[l] = combine(lanes[l], lanes[l + width]);
        }
        parts.add(lanes[0], combine);
        clear();
        at = 0;
    };
    clear();
    each([&](T x) {
        if (at == order.part) close();
        auto value = static_cast<lane>(widen<double>(x));
        if constexpr (std::is_same_v<Reducer, norm1_reducer>) value = value < 0 ? -value : value == 0 ? lane(0) : value;
        lane& own = lanes[order.lane_of(at++)];
        own = combine(own, value);
    });
    close();
    return ordered_result<Reducer, Y>(parts.total(combine), count);
}
TENFOLD_END
