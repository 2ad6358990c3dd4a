// SPDX-License-Identifier: Apache-2.0
// The largest key of each of many runs and where it first stands: a vector's worth of runs is folded at once. [floor 4]
//
// Keys are those of max and min: elements are words of 2, 4 or 8 bytes here, widened to 4 at least, and three instances serve every
// element type and order. Zeros and NaNs do not tie; whoever needs that looks again where the largest key is one of them.
#pragma once

#include <tenfold/kernel/cpu/body/gather_rows.hpp>  // word_of
#include <tenfold/kernel/cpu/body/lane_sums.hpp>
#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// The lane that holds the key of a word: positions are as wide.
template <int Bytes>
using search_lane = integer_of<Bytes == 8 ? 8 : 4>;

template <int Bytes>
struct arg_reduce_rows_arguments {
    using lane = search_lane<Bytes>;
    const void* x;
    index_t outputs;        // at most most_outputs
    index_t output_step;    // elements
    index_t run;            // elements of each; 32 at least
    key_constants<integer_of<std::size_t{Bytes}>> order;
    lane* key;              // per output, in whole vectors: keys as wide as the words, widened
    lane* position;         // the same

    static constexpr index_t most_outputs = 64;
};

template <int Bytes>
struct arg_reduce_rows {
    using lane = search_lane<Bytes>;
    using word = integer_of<std::size_t{Bytes}>;
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const arg_reduce_rows_arguments<Bytes>* arguments) noexcept {
        using V = typename vec<lane, Isa::bytes>::type;
        constexpr index_t L = vec<lane, Isa::bytes>::lanes;
        const arg_reduce_rows_arguments<Bytes> a = *arguments;
        for (index_t first = 0; first < a.outputs; first += L) {
            const index_t rows = a.outputs - first < L ? a.outputs - first : L;
            V best[std::size_t{L}];
            V at[std::size_t{L}];
            V folded[std::size_t{L}] = {};
            for (index_t row = 0; row < rows; ++row) {
                search<Isa>(a, static_cast<const char*>(a.x) + (first + row) * a.output_step * Bytes, best[row], at[row]);
                folded[row] = best[row];
            }
            fold_rows<larger_lanes>(folded, rows, lane{});
            store_vector(a.key + first, folded[0]);
            for (index_t row = 0; row < rows; ++row) {
                V top;
                V none;
                broadcast(a.key[first + row], top);
                broadcast((std::numeric_limits<lane>::max)(), none);
                folded[row] = best[row] == top ? at[row] : none;
            }
            fold_rows<smaller_lanes>(folded, rows, lane{});
            store_vector(a.position + first, folded[0]);
        }
    }

private:
    struct smaller_lanes {
        template <class V>
        TENFOLD_BODY static void combine(const V& a, const V& b, V& out) noexcept {
            out = a < b ? a : b;
        }
    };

    /// In each lane, the largest key and the first place that had it.
    template <class Isa, class V>
    TENFOLD_BODY static void search(const arg_reduce_rows_arguments<Bytes>& a, const char* p, V& best_out, V& at_out) noexcept {
        constexpr index_t L = vec<lane, Isa::bytes>::lanes;
        constexpr int streams = 4;
        V best[streams];
        V at[streams];
        TENFOLD_UNROLL
        for (int j = 0; j < streams; ++j) {
            broadcast((std::numeric_limits<lane>::min)(), best[j]);
            at[j] = V{};
        }
        V step{};
        V key;
        index_t i = 0;
        for (; i + streams * L <= a.run; i += streams * L) {
            TENFOLD_UNROLL
            for (int j = 0; j < streams; ++j) {
                load_keys<Isa>(a, p + (i + j * L) * Bytes, key);
                take_larger(key, step, best[j], at[j]);
            }
            step += streams * static_cast<lane>(L);
        }
        TENFOLD_UNROLL
        for (int j = 0; j < streams; ++j) {
            if (i + (j + 1) * L > a.run) break;
            load_keys<Isa>(a, p + (i + j * L) * Bytes, key);
            take_larger(key, step, best[j], at[j]);
        }
        lane number[std::size_t{L}];
        for (int l = 0; l < static_cast<int>(L); ++l) number[l] = static_cast<lane>(l);
        V numbers;
        load_vector(static_cast<const lane*>(number), numbers);
        TENFOLD_UNROLL
        for (int j = 0; j < streams; ++j) at[j] += numbers + static_cast<lane>(j * L);
        // The last vector overlaps what has been seen: it finds the same places again.
        load_keys<Isa>(a, p + (a.run - L) * Bytes, key);
        take_sooner(key, V(numbers + static_cast<lane>(a.run - L)), best[0], at[0]);
        take_sooner(best[1], at[1], best[0], at[0]);
        take_sooner(best[3], at[3], best[2], at[2]);
        take_sooner(best[2], at[2], best[0], at[0]);
        best_out = best[0];
        at_out = at[0];
    }

    template <class V>
    TENFOLD_BODY static void take_larger(const V& key, const V& place, V& best, V& at) noexcept {
        at = best < key ? place : at;
        best = best < key ? key : best;
    }
    template <class V>
    TENFOLD_BODY static void take_sooner(const V& key, const V& place, V& best, V& at) noexcept {
        // Selections, no masks joined by & and |: g++ 12 takes those lane by lane.
        const V sooner = place < at ? place : at;
        at = best == key ? sooner : at;
        take_larger(key, place, best, at);
    }

    template <class Isa, class V>
    TENFOLD_BODY static void load_keys(const arg_reduce_rows_arguments<Bytes>& a, const char* p, V& out) noexcept {
        using unsigned_lane = std::make_unsigned_t<lane>;
        using W = typename vec<unsigned_lane, Isa::bytes>::type;
        V k;
        if constexpr (Bytes >= 4) {
            load_bytes(p, k);
            k ^= (k >> (8 * Bytes - 1)) & static_cast<lane>(a.order.magnitude);
            k = reinterpret_cast<V>(reinterpret_cast<W>(k) + static_cast<unsigned_lane>(a.order.offset));
        } else {
            static_assert(Bytes == 2);
            typename vec<word, Isa::bytes / 2>::type narrow;
            load_bytes(p, narrow);
            k = __builtin_convertvector(narrow, V);
            // In the upper bits, where the sum wraps round as it does in words.
            k = k << (32 - 8 * Bytes);
            k ^= (k >> 31) & (static_cast<lane>(a.order.magnitude) << (32 - 8 * Bytes));
            k = reinterpret_cast<V>(reinterpret_cast<W>(k) + (static_cast<unsigned_lane>(a.order.offset) << (32 - 8 * Bytes)));
        }
        out = k ^ (a.order.flip == 0 ? lane{0} : lane{-1});
    }
};
TENFOLD_END
TENFOLD_BODIES_END
