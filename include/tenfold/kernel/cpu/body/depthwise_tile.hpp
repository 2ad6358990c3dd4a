// SPDX-License-Identifier: Apache-2.0
// The tile of depthwise convolution: y(p, lane) <- sum over taps of x(p, tap, lane) w(tap, lane).             [floor 4]
//
// Taps come in rows of `width` neighbours; lanes are channels. Tap (row, k) of pixel p is
//   x + rows[row].x + x_first + p * pixel + k * x_step + lane  times  weights + rows[row].w + k * w_step + lane.
// `Pixels` x (8 / Pixels) vectors of accumulators: 8 hide the latency of two FMA units of 4 cycles, and a weight is loaded
// once for `Pixels` products. Where the window moves by as much as its taps are apart, neighbours share inputs: 8 pixels of a
// row of 3 taps read 10 vectors of x and 3 weights for 24 products, not 27 (nhwc, f32, Zen 4: 3x3 +10 to 15 %, 5x5 +34 %, 7x7 +15 to 31 %).
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Where a row of filter taps reads, elements: its first tap.
struct depthwise_taps {
    index_t x;
    index_t w;
};

template <class T>
struct depthwise_tile_arguments {
    const T* x = nullptr;
    index_t x_first = 0;  // added to each row's x modulo 2^64: neither need lie in x alone
    index_t pixel = 0;  // elements of x between neighbouring pixels of the tile
    index_t x_step = 0;  // and between neighbouring taps of a row
    const T* weights = nullptr;
    index_t w_step = 0;
    const depthwise_taps* rows = nullptr;
    index_t row_count = 0;
    index_t width = 0;  // taps of a row
    T* y = nullptr;  // written, never read
    index_t y_pixel = 0;
    index_t lanes = 0;  // at least one vector; the last vector overlaps the one before where they do not divide
};

/// `Width`: taps of a row, whose inputs neighbouring pixels share; 0: any number, which share nothing.
template <class T, int Pixels, int Width = 0>
struct depthwise_tile {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const depthwise_tile_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        if constexpr (Width > 0 && !Isa::has_fma) {  // a product and a sum each: loads are not what it waits for
            Isa::template call<depthwise_tile<T, Pixels>>(arguments);
        } else {
            run_lanes<Isa>(*arguments);
        }
    }

private:
    template <class Isa>
    TENFOLD_BODY static void run_lanes(const depthwise_tile_arguments<T>& t) noexcept {
        TENFOLD_STRICT
        constexpr int L = vec<T, Isa::bytes>::lanes;
        constexpr int Nv = 8 / Pixels;
        index_t lane = 0;
        if constexpr (Nv > 1) {
            for (; lane + Nv * L <= t.lanes; lane += Nv * L) sum_taps<Isa, Nv>(t, lane);
        }
        for (; lane + L <= t.lanes; lane += L) sum_taps<Isa, 1>(t, lane);
        if (lane < t.lanes) sum_taps<Isa, 1>(t, t.lanes - L);
    }

    template <class Isa, int Nv>
    TENFOLD_BODY static void sum_taps(const depthwise_tile_arguments<T>& t, index_t lane) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr int L = vec<T, Isa::bytes>::lanes;
        V acc[std::size_t{Pixels}][std::size_t{Nv}] = {};  // (Pixels, Nv * L)
        for (const depthwise_taps* row = t.rows; row != t.rows + t.row_count; ++row) {
            const auto first = static_cast<index_t>(static_cast<std::uint64_t>(row->x) + static_cast<std::uint64_t>(t.x_first));
            const T* const x = t.x + first + lane;
            const T* const w = t.weights + row->w + lane;
            if constexpr (Width > 0) {
                add_shared<V>(t, x, w, acc);
            } else {
                for (index_t k = 0; k < t.width; ++k) add_tap<V>(t, x + k * t.x_step, w + k * t.w_step, acc);
            }
        }
        TENFOLD_UNROLL
        for (int i = 0; i < Pixels; ++i) {
            TENFOLD_UNROLL
            for (int j = 0; j < Nv; ++j) store_vector(t.y + i * t.y_pixel + lane + j * L, acc[i][j]);
        }
    }
    /// One tap of each pixel.
    template <class V, std::size_t Nv>
    TENFOLD_BODY static void add_tap(const depthwise_tile_arguments<T>& t, const T* x, const T* w,
                                     V (&acc)[std::size_t{Pixels}][Nv]) noexcept {
        TENFOLD_STRICT
        constexpr int L = static_cast<int>(sizeof(V) / sizeof(T));
        constexpr int Nb = (Pixels + 2) / 3;  // base pointers, as in gemm_tile
        const T* base[std::size_t{Nb}];
        TENFOLD_UNROLL
        for (int i = 0; i < Nb; ++i) base[i] = x + 3 * i * t.pixel;
        V weight[Nv];
        TENFOLD_UNROLL
        for (int j = 0; j < static_cast<int>(Nv); ++j) load_vector(w + j * L, weight[j]);
        TENFOLD_UNROLL
        for (int i = 0; i < Pixels; ++i) {
            TENFOLD_UNROLL
            for (int j = 0; j < static_cast<int>(Nv); ++j) {
                V value;
                load_vector(base[i / 3] + (i % 3) * t.pixel + j * L, value);
                acc[i][j] += value * weight[j];
            }
        }
    }
    /// A row of taps: input q is tap k of pixel q - k.
    template <class V>
    TENFOLD_BODY static void add_shared(const depthwise_tile_arguments<T>& t, const T* x, const T* w,
                                        V (&acc)[std::size_t{Pixels}][1]) noexcept {
        TENFOLD_STRICT
        constexpr int inputs = Pixels + Width - 1;
        constexpr int Nb = (inputs + 2) / 3;
        const T* base[std::size_t{Nb}];
        TENFOLD_UNROLL
        for (int i = 0; i < Nb; ++i) base[i] = x + 3 * i * t.pixel;
        V weight[std::size_t{Width}];
        TENFOLD_UNROLL
        for (int k = 0; k < Width; ++k) load_vector(w + k * t.w_step, weight[k]);
        TENFOLD_UNROLL
        for (int q = 0; q < inputs; ++q) {
            V value;
            load_vector(base[q / 3] + (q % 3) * t.pixel, value);
            TENFOLD_UNROLL
            for (int k = 0; k < Width; ++k) {
                if (q - k >= 0 && q - k < Pixels) acc[q - k][0] += value * weight[k];
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
