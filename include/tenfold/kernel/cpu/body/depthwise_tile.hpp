// SPDX-License-Identifier: Apache-2.0
// The tile of depthwise convolution: y(p, lane) <- sum over taps of x(p, tap, lane) w(tap, lane).             [floor 4]
//
// Lanes are channels:  x + p * pixel + taps[t].x + lane  times  weights + taps[t].w + lane.
// `Pixels` x (8 / Pixels) vectors of accumulators: 8 hide the latency of two FMA units of 4 cycles, and a weight is loaded
// once for `Pixels` products, so that there is little more than one load per FMA.
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Where a filter tap reads, elements.
struct depthwise_tap {
    index_t x;
    index_t w;
};

template <class T>
struct depthwise_tile_arguments {
    const T* x;
    index_t pixel;         // elements of x between neighbouring pixels of the tile
    const T* weights;
    const depthwise_tap* taps;
    index_t tap_count;
    T* y;                  // written, never read
    index_t y_pixel;
    index_t lanes;         // at least one vector; the last vector overlaps the one before where they do not divide
};

template <class T, int Pixels>
struct depthwise_tile {
    template <class Isa>
    TENFOLD_BODY static void run(const depthwise_tile_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        constexpr int L = vec<T, Isa::bytes>::lanes;
        constexpr int Nv = 8 / Pixels;
        const depthwise_tile_arguments<T>& t = *arguments;
        index_t lane = 0;
        if constexpr (Nv > 1) {
            for (; lane + Nv * L <= t.lanes; lane += Nv * L) sum_taps<Isa, Nv>(t, lane);
        }
        for (; lane + L <= t.lanes; lane += L) sum_taps<Isa, 1>(t, lane);
        if (lane < t.lanes) sum_taps<Isa, 1>(t, t.lanes - L);
    }

private:
    template <class Isa, int Nv>
    TENFOLD_BODY static void sum_taps(const depthwise_tile_arguments<T>& t, index_t lane) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr int L = vec<T, Isa::bytes>::lanes;
        constexpr int Nb = (Pixels + 2) / 3;  // base pointers, as in gemm_tile
        V acc[std::size_t{Pixels}][std::size_t{Nv}] = {};                                        // (Pixels, Nv * L)
        for (const depthwise_tap* tap = t.taps; tap != t.taps + t.tap_count; ++tap) {
            const T* const x = t.x + tap->x + lane;
            const T* base[std::size_t{Nb}];
            TENFOLD_UNROLL
            for (int i = 0; i < Nb; ++i) base[i] = x + 3 * i * t.pixel;
            const T* const w = t.weights + tap->w + lane;
            V weight[std::size_t{Nv}];
            TENFOLD_UNROLL
            for (int j = 0; j < Nv; ++j) load_vector(w + j * L, weight[j]);
            TENFOLD_UNROLL
            for (int i = 0; i < Pixels; ++i) {
                TENFOLD_UNROLL
                for (int j = 0; j < Nv; ++j) {
                    V value;
                    load_vector(base[i / 3] + (i % 3) * t.pixel + j * L, value);
                    acc[i][j] += value * weight[j];
                }
            }
        }
        TENFOLD_UNROLL
        for (int i = 0; i < Pixels; ++i) {
            TENFOLD_UNROLL
            for (int j = 0; j < Nv; ++j) store_vector(t.y + i * t.y_pixel + lane + j * L, acc[i][j]);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
