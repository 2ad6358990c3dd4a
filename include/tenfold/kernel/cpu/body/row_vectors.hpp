// SPDX-License-Identifier: Apache-2.0
// Pieces of bodies that run along rows or across them: lanes, sums over lanes, sums that do not lose digits. [floor 4]
//
// A row of at least one vector ends with a vector that overlaps the one before it: nothing beyond the row is touched.
// What such a body writes in place it must have loaded before: the last vector is loaded first.
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Vectors that are added lane by lane before their sum joins a total: rounding errors do not grow with the row.
inline constexpr index_t vectors_per_block = 16;

/// A walk through what will be read next.
struct upcoming_walk {
    const char* at;
    index_t step;
    TENFOLD_BODY void ask() noexcept {
        __builtin_prefetch(at, 0, 2);
        at += step;
    }
};
/// What will be read next, asked for while something else is computed: hints, which fault nowhere. In bytes.
struct upcoming {
    const char* at;
    index_t row;   // between rows of elements, whichever way a body's arguments count them
    index_t step;  // between elements of a row

    TENFOLD_BODY upcoming_walk along(index_t in_row, index_t lanes) const noexcept { return {at + in_row * row, lanes * step}; }
    TENFOLD_BODY upcoming_walk across(index_t lane) const noexcept { return {at + lane * step, row}; }
};

/// Every lane <- value. (Written out as V{} + value it crashes cudafe++ 13.0 where the value is a constant.)
template <class T, class V>
TENFOLD_BODY void fill_lanes(T value, V& out) noexcept {
    const V zero{};
    out = zero + value;
}

template <class T, class V>
TENFOLD_BODY T sum_of_lanes(const V& v) noexcept {
    TENFOLD_STRICT
    constexpr int lanes = sizeof(V) / sizeof(T);
    T lane[std::size_t{lanes}];
    store_vector(lane, v);
    for (int width = lanes / 2; width > 0; width /= 2) {
        for (int i = 0; i < width; ++i) lane[i] += lane[i + width];
    }
    return lane[0];
}

/// The `count` last lanes of v; the others become `rest`.
template <class T, class V>
TENFOLD_BODY void keep_last_lanes(V& v, index_t count, T rest) noexcept {
    constexpr int lanes = sizeof(V) / sizeof(T);
    T number[std::size_t{lanes}];
    for (int i = 0; i < lanes; ++i) number[i] = static_cast<T>(i);
    V index;
    load_vector(number, index);
    V first;
    V other;
    fill_lanes(static_cast<T>(lanes - count), first);
    fill_lanes(rest, other);
    v = index < first ? other : v;
}

/// sum <- sum + term, the rounding error kept in `lost`: an error of 2u, however many terms [Kahan 1965]. Nothing is lost
/// from Inf, whose difference to itself is NaN.
template <class V>
TENFOLD_BODY void add_exactly(V& running, V& lost, const V& term) noexcept {
    TENFOLD_STRICT
    const V due = term - lost;
    const V next = running + due;
    const V error = (next - running) - due;
    lost = next - next == V{} ? error : V{};
    running = next;
}
TENFOLD_END
TENFOLD_BODIES_END
