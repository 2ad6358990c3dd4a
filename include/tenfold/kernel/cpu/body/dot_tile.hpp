// SPDX-License-Identifier: Apache-2.0
// Dot products of rows of A with rows of B: C (Rows, Columns) [+]= A (Rows, k) B (Columns, k)^T, rows contiguous. [floor 4]
//
// The form for B stored (n, k) and few rows: nothing is transposed, and rows of B stream through the prefetchers. 64 bytes
// of virtual lanes on every instruction set (1 zmm, 2 ymm or 4 xmm): element p goes to lane p mod 16 (f32) wherever it is
// aligned, those beyond the last multiple of 16 to the last lanes, and lanes are added up by halves, 8 + 8, 4 + 4 and so on.
// 6 x 4 accumulators take 10 loads per 24 multiply-adds.
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>
#include <tenfold/kernel/cpu/body/lane_sums.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class From, class T, class Sum = T>
struct dot_tile_arguments {
    index_t k = 0;
    const T* a = nullptr;  // rows of T: elements, or words of several for dot instructions
    index_t a_row = 0;  // of T, between rows of A
    const From* b = nullptr;
    index_t b_row = 0;  // elements between rows of B
    index_t columns = 0;  // rows of B, 1 .. Columns: the last one stands in for those missing
    Sum* c = nullptr;
    index_t c_row = 0;
    bool accumulate = false;
    const void* next = nullptr;  // every 64 bytes of k the lines of next + 64 i, and next_gap later, are asked for; null: nothing
    index_t next_gap = 0;  // bytes
};

/// Zeros, then ones: a vector read at lanes + n has ones in its last n.
template <class T>
using lane_bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class T>
struct zeros_then_ones {
    static constexpr index_t lanes = 64 / sizeof(T);
    lane_bits<T> at[std::size_t{2 * lanes}] = {};
    constexpr zeros_then_ones() noexcept {
        for (index_t i = lanes; i < 2 * lanes; ++i) at[i] = ~lane_bits<T>{0};
    }
};
template <class T>
inline constexpr zeros_then_ones<T> last_lanes{};

/// The largest dot tile of an instruction set, by the accumulators that it has room for; one of few rows has twice the
/// columns, since what a tile costs besides its products, its lanes at the end, is then shared by more of them.
template <class Isa>
struct dot_shape {
    static constexpr int accumulators = Isa::tile_rows * Isa::tile_vectors * Isa::bytes / 64;
    static constexpr int rows = accumulators >= 24 ? 6 : accumulators >= 6 ? 3 : 1;
    static constexpr int columns = accumulators >= 24 ? 4 : 2;
    static constexpr int wide_rows = accumulators >= 24 ? 3 : 1;  // up to which tiles have 2 * columns
    static constexpr int column_rows = accumulators >= 24 ? 16 : accumulators >= 6 ? 4 : 2;  // of a tile for one column
};

template <class From, class T, int Rows, int Columns>
struct dot_tile {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const dot_tile_arguments<From, T>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr int L = vec<T, Isa::bytes>::lanes;
        constexpr int Nv = 64 / Isa::bytes;
        constexpr int lanes = L * Nv;
        constexpr int Nb = (Rows + 2) / 3;  // base pointers, as in gemm_tile
        const dot_tile_arguments<From, T>& t = *arguments;

        index_t k = t.k, a_row = t.a_row;
        const T* first = t.a;
        const From* b[std::size_t{Columns}];
        TENFOLD_UNROLL
        for (int j = 0; j < Columns; ++j) b[j] = t.b + (j < t.columns ? j : t.columns - 1) * t.b_row;
        T short_a[std::size_t{Rows}][std::size_t{lanes}];
        From short_b[std::size_t{Columns}][std::size_t{lanes}];
        if (k < lanes) {  // zeros fill the last lanes of both: they add nothing
            for (int i = 0; i < Rows; ++i) {
                for (index_t q = 0; q < lanes; ++q) short_a[i][q] = q < k ? first[i * a_row + q] : T{};
            }
            for (int j = 0; j < Columns; ++j) {
                for (index_t q = 0; q < lanes; ++q) short_b[j][q] = q < k ? b[j][q] : From{};
                b[j] = short_b[j];
            }
            first = short_a[0];
            k = a_row = lanes;
        }
        const T* a[std::size_t{Nb}];
        TENFOLD_UNROLL
        for (int i = 0; i < Nb; ++i) a[i] = first + 3 * i * a_row;
        const char* next = static_cast<const char*>(t.next != nullptr ? t.next : t.a);
        const index_t next_step = t.next != nullptr ? lanes * static_cast<index_t>(sizeof(From)) : 0;

        V acc[std::size_t{Nv}][std::size_t{Rows * Columns}] = {};
        index_t p = 0;
        for (; p + lanes <= k; p += lanes, next += next_step) {
            __builtin_prefetch(next, 0, 2);
            __builtin_prefetch(next + t.next_gap, 0, 2);
            TENFOLD_UNROLL
            for (int v = 0; v < Nv; ++v) {
                V row[std::size_t{Columns}];
                TENFOLD_UNROLL
                for (int j = 0; j < Columns; ++j) load_widened<Isa::bytes, T>(b[j] + p + v * L, row[j]);
                TENFOLD_UNROLL
                for (int i = 0; i < Rows; ++i) {
                    V x;
                    load_vector(a[i / 3] + (i % 3) * a_row + p + v * L, x);
                    TENFOLD_UNROLL
                    for (int j = 0; j < Columns; ++j) acc[v][i * Columns + j] += x * row[j];
                }
            }
        }
        if (p < k) {  // the last elements again, without those that were counted
            const index_t at = k - lanes;
            TENFOLD_UNROLL
            for (int v = 0; v < Nv; ++v) {
                using Bits = typename vec<lane_bits<T>, Isa::bytes>::type;
                Bits mask;
                load_vector(&last_lanes<T>.at[k - p + v * L], mask);
                V row[std::size_t{Columns}];
                TENFOLD_UNROLL
                for (int j = 0; j < Columns; ++j) {
                    load_widened<Isa::bytes, T>(b[j] + at + v * L, row[j]);
                    row[j] = reinterpret_cast<V>(reinterpret_cast<Bits>(row[j]) & mask);
                }
                TENFOLD_UNROLL
                for (int i = 0; i < Rows; ++i) {
                    V x;
                    load_vector(a[i / 3] + (i % 3) * a_row + at + v * L, x);
                    x = reinterpret_cast<V>(reinterpret_cast<Bits>(x) & mask);
                    TENFOLD_UNROLL
                    for (int j = 0; j < Columns; ++j) acc[v][i * Columns + j] += x * row[j];
                }
            }
        }
        TENFOLD_UNROLL
        for (int half = Nv / 2; half > 0; half /= 2) {
            TENFOLD_UNROLL
            for (int v = 0; v < half; ++v) {
                TENFOLD_UNROLL
                for (int i = 0; i < Rows * Columns; ++i) acc[v][i] += acc[v + half][i];
            }
        }
        T dots[std::size_t{Rows * Columns}];
        lane_sums<Rows * Columns>(acc[0], dots);
        for (int i = 0; i < Rows; ++i) {
            T* const c = t.c + i * t.c_row;
            for (index_t j = 0; j < t.columns; ++j) c[j] = t.accumulate ? c[j] + dots[i * Columns + j] : dots[i * Columns + j];
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
