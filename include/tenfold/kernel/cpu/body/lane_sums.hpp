// SPDX-License-Identifier: Apache-2.0
// The lanes of several vectors folded, each by halves (8 with 8, 4 with 4 and so on), side by side in registers. [floor 4]
//
// 16 sums of 16 lanes take 15 additions and 30 shuffles; one at a time they would take four of each per sum.
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

#include <cstddef>
#include <utility>  // integer_sequence

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// How two vectors become one.
struct add_lanes {
    template <class V>
    TENFOLD_BODY static void combine(const V& a, const V& b, V& out) noexcept {
        TENFOLD_STRICT
        out = a + b;
    }
};
struct larger_lanes {  // of numbers
    template <class V>
    TENFOLD_BODY static void combine(const V& a, const V& b, V& out) noexcept {
        TENFOLD_STRICT
        out = a > b ? a : b;
    }
};

/// The lanes of a and b, one behind the other, are chunks of 2 * Block: out <- the lower with the upper half of each.
template <int Block, class Combine, class V, int... At>
TENFOLD_BODY void fold_chunks(const V& a, const V& b, V& out, std::integer_sequence<int, At...>) noexcept {
    TENFOLD_STRICT
#if TENFOLD_SHUFFLE_TAKES_PACKS
    const V low = __builtin_shufflevector(a, b, (At / Block * 2 * Block + At % Block)...);
    const V high = __builtin_shufflevector(a, b, (At / Block * 2 * Block + At % Block + Block)...);
#else
    constexpr int lanes = sizeof...(At);
    const auto lane = [&](int i) { return i < lanes ? a[i] : b[i - lanes]; };
    V low{}, high{};
    ((low[At] = lane(At / Block * 2 * Block + At % Block)), ...);
    ((high[At] = lane(At / Block * 2 * Block + At % Block + Block)), ...);
#endif
    Combine::combine(low, high, out);
}

/// v[0] <- the folded chunks of Count vectors, Count a power of two; Block halves until it is 1.
template <int Block, int Count, class Combine = add_lanes, class V>
TENFOLD_BODY void fold_vectors(V* v) noexcept {
    constexpr int lanes = static_cast<int>(sizeof(V) / sizeof(v[0][0]));
    using all = std::make_integer_sequence<int, lanes>;
    if constexpr (Count > 1) {
        TENFOLD_UNROLL
        for (int i = 0; i < Count / 2; ++i) fold_chunks<Block, Combine>(v[2 * i], v[2 * i + 1], v[i], all{});
    } else {
        fold_chunks<Block, Combine>(v[0], v[0], v[0], all{});
    }
    if constexpr (Block > 1) fold_vectors<Block / 2, (Count > 1 ? Count / 2 : 1), Combine>(v);
}

/// v[0][i] <- the folded lanes of v[i], i < rows, of as many vectors as one has lanes; the others hold anything.
template <class Combine = add_lanes, class T, class V>
TENFOLD_BODY void fold_rows(V* v, index_t rows, T) noexcept {
    constexpr int lanes = static_cast<int>(sizeof(V) / sizeof(T));
    constexpr int few = lanes < 4 ? lanes : 4;
    if (rows <= few) {
        fold_vectors<lanes / 2, few, Combine>(v);
    } else {
        fold_vectors<lanes / 2, lanes, Combine>(v);
    }
}

/// out[i] <- the sum of the lanes of v[i], i < Count. v is used up.
template <int Count, class V, class T>
TENFOLD_BODY void lane_sums(V* v, T* out) noexcept {
    constexpr int lanes = static_cast<int>(sizeof(V) / sizeof(T));
    constexpr int group = Count >= lanes ? lanes : Count >= 8 ? 8 : Count >= 4 ? 4 : Count >= 2 ? 2 : 1;
    fold_vectors<lanes / 2, group>(v);
    TENFOLD_UNROLL
    for (int i = 0; i < group; ++i) out[i] = v[0][i];
    if constexpr (Count > group) lane_sums<Count - group>(v + group, out + group);
}
TENFOLD_END
TENFOLD_BODIES_END
