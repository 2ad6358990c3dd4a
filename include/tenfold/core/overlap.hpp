// SPDX-License-Identifier: Apache-2.0
// Do two strided views share an element? Exact where it can be decided with bounded work.                  [floor 1]
#pragma once

#include <tenfold/core/strides.hpp>

#include <cstdint>

TENFOLD_BEGIN
enum class overlap : std::uint8_t {
    none,       ///< no byte in common
    same,       ///< the same elements in the same order: in-place
    shared,     ///< some byte in common
    undecided   ///< byte ranges meet and the search gave up
};

/// Bounded Diophantine search: is there an x with 0 <= x[i] <= bound[i] and sum step[i] x[i] = target? Steps > 0.
/// The general problem is NP-hard (subset sum), so the search counts its nodes; NumPy decides overlap the same way.
class overlap_search {
public:
    static constexpr std::size_t max_terms = 34;  // two views of rank 16 and the bytes within two elements

    constexpr void add(index_t step, index_t bound) noexcept {
        if (bound <= 0 || step == 0) return;
        std::size_t at = count_++;
        for (; at > 0 && step_[at - 1] < step; --at) {  // largest step first: it prunes most
            step_[at] = step_[at - 1];
            bound_[at] = bound_[at - 1];
        }
        step_[at] = step;
        bound_[at] = bound;
    }

    constexpr overlap solve(index_t target) noexcept {
        index_t reach = 0;
        index_t divisor = 0;
        for (std::size_t i = count_; i-- > 0;) {
            index_t term = 0;
            if (!checked_multiply(step_[i], bound_[i], term) || !checked_add(reach, term, reach)) return overlap::undecided;
            divisor = greatest_common_divisor(step_[i], divisor);
            reach_[i] = reach;
            divisor_[i] = divisor;
        }
        const bool found = search(0, target);
        if (budget_ <= 0) return overlap::undecided;
        return found ? overlap::shared : overlap::none;
    }

private:
    static constexpr index_t greatest_common_divisor(index_t a, index_t b) noexcept {
        while (b != 0) {
            const index_t rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }

    constexpr bool search(std::size_t i, index_t target) noexcept {
        if (target == 0) return true;
        if (i == count_ || target < 0 || target > reach_[i] || target % divisor_[i] != 0) return false;
        const index_t rest = i + 1 < count_ ? reach_[i + 1] : 0;
        index_t high = target / step_[i];
        if (high > bound_[i]) high = bound_[i];
        index_t low = target - rest <= 0 ? 0 : ceil_divide(target - rest, step_[i]);
        for (index_t x = high; x >= low; --x) {
            if (--budget_ <= 0) return true;
            if (search(i + 1, target - x * step_[i])) return true;
        }
        return false;
    }

    index_t step_[max_terms]{};
    index_t bound_[max_terms]{};
    index_t reach_[max_terms]{};
    index_t divisor_[max_terms]{};
    std::size_t count_ = 0;
    int budget_ = 20000;  // about 0.1 ms
};

/// A view without its types: what overlap needs to know.
template <std::size_t Rank>
struct memory_footprint {
    const void* data;
    index_array<Rank> extents;
    index_array<Rank> strides;
    index_t element_bytes;
};

template <std::size_t RankA, std::size_t RankB>
TENFOLD_COLD overlap find_overlap(const memory_footprint<RankA>& a, const memory_footprint<RankB>& b) noexcept {
    static_assert(RankA <= 16 && RankB <= 16);
    overlap_search search;
    auto distance = static_cast<index_t>(reinterpret_cast<std::uintptr_t>(b.data) - reinterpret_cast<std::uintptr_t>(a.data));
    // byte of a = byte of b:  sum sa x + e = distance + sum sb y + f. Terms move left with x' = bound - x where the sign is wrong.
    const auto add_axes = [&](const auto& view, bool right_side) {
        for (std::size_t i = 0; i < view.extents.size(); ++i) {
            const index_t bound = view.extents[i] - 1;
            if (bound <= 0) continue;
            const index_t step = view.strides[i] * view.element_bytes * (right_side ? -1 : 1);
            if (step < 0) distance -= step * bound;
            search.add(step < 0 ? -step : step, bound);
        }
    };
    add_axes(a, false);
    add_axes(b, true);
    search.add(1, a.element_bytes - 1);
    search.add(1, b.element_bytes - 1);
    distance += b.element_bytes - 1;
    return search.solve(distance);
}

/// Legal, non-empty footprints only (check_shape). The byte-range test costs a few nanoseconds and settles most calls.
template <std::size_t RankA, std::size_t RankB>
TENFOLD_INLINE overlap overlap_of(const memory_footprint<RankA>& a, const offset_range& range_a, const memory_footprint<RankB>& b,
                                  const offset_range& range_b) noexcept {
    const auto pa = reinterpret_cast<std::uintptr_t>(a.data);
    const auto pb = reinterpret_cast<std::uintptr_t>(b.data);
    const auto begin_a = pa + static_cast<std::uintptr_t>(range_a.low * a.element_bytes);
    const auto end_a = pa + static_cast<std::uintptr_t>((range_a.high + 1) * a.element_bytes);
    const auto begin_b = pb + static_cast<std::uintptr_t>(range_b.low * b.element_bytes);
    const auto end_b = pb + static_cast<std::uintptr_t>((range_b.high + 1) * b.element_bytes);
    if (end_a <= begin_b || end_b <= begin_a) return overlap::none;
    if constexpr (RankA == RankB) {
        bool same = pa == pb && a.element_bytes == b.element_bytes && a.extents == b.extents;
        for (std::size_t i = 0; same && i < RankA; ++i) same = a.extents[i] == 1 || a.strides[i] == b.strides[i];
        if (same) return overlap::same;
    }
    return find_overlap(a, b);
}
TENFOLD_END
