// SPDX-License-Identifier: Apache-2.0
// Reduces runs of elements: the reduced axis is the one vectors are loaded along.                          [floor 4]
//
//   x + o * output_step + row offset:  | v0 v1 v2 v3 | v0 v1 v2 v3 | ... | tail |      one run of one row
//
// 256 bytes of virtual lanes whatever the instruction set (4, 8 or 16 vectors): element i of a run goes to lane i mod
// lanes, and lanes are combined by halves, 32, 16, ... 1, so that every instruction set rounds alike.
#pragma once

#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T, class Lane>
struct reduce_lanes_arguments {
    const T* x;
    index_t outputs;
    index_t output_step;     // elements between outputs
    const index_t* row_offset;
    index_t rows;
    index_t run;             // elements of each row's run
    index_t run_step;        // elements between them; 1: loaded where they lie
    const Lane* parameter;   // one per output, or null
    T* stage;                // stage_elements to gather into
    Lane* result;            // one per output

    static constexpr index_t stage_elements = 2048;
};

template <class Step, class T>
struct reduce_lanes {
    using lane = typename Step::lane;
    using arguments_type = reduce_lanes_arguments<T, lane>;
    static constexpr int lane_bytes = 256;

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<lane, Isa::bytes>::type;
        constexpr int N = lane_bytes / Isa::bytes;

        const arguments_type& a = *arguments;
        V identity;
        Step::template start<Isa::bytes>(identity);
        for (index_t o = 0; o < a.outputs; ++o) {
            V parameter{};
            if (a.parameter != nullptr) broadcast(a.parameter[o], parameter);
            V acc[static_cast<std::size_t>(N)];                                 // (lanes)
            TENFOLD_UNROLL
            for (int j = 0; j < N; ++j) acc[j] = identity;
            for (index_t row = 0; row < a.rows; ++row) {
                const T* const p = a.x + o * a.output_step + a.row_offset[row];
                for (index_t begin = 0; begin < a.run;) {
                    const T* elements = p + begin;
                    index_t count = a.run - begin;
                    if (a.run_step != 1) {
                        if (count > arguments_type::stage_elements) count = arguments_type::stage_elements;
                        for (index_t i = 0; i < count; ++i) a.stage[i] = p[(begin + i) * a.run_step];
                        elements = a.stage;
                    }
                    absorb_run<Isa>(elements, count, parameter, acc);
                    begin += count;
                }
            }
            fold<Isa>(acc, a.result + o);
        }
    }

private:
    template <class Isa, class V>
    TENFOLD_BODY static void absorb_run(const T* p, index_t count, const V& parameter, V* acc) noexcept {
        TENFOLD_STRICT
        constexpr int L = vec<lane, Isa::bytes>::lanes;
        constexpr int N = lane_bytes / Isa::bytes;
        constexpr index_t combined = N * L;
        constexpr int lines = static_cast<int>(combined * static_cast<int>(sizeof(T)) + 63) / 64;
        constexpr index_t ahead = 4096;  // bytes: hardware prefetchers stop at the end of a page
        index_t i = 0;
        for (; i + combined <= count; i += combined) {
            TENFOLD_UNROLL
            for (int j = 0; j < lines; ++j) __builtin_prefetch(reinterpret_cast<const char*>(p + i) + ahead + 64 * j);
            TENFOLD_UNROLL
            for (int j = 0; j < N; ++j) {
                V v;
                load_lanes<Step, Isa::bytes>(p + i + j * L, v);
                Step::template absorb<Isa::bytes>(acc[j], v, parameter);
            }
        }
        if (i == count) return;
        const index_t whole = (count - i) / L;  // vectors
        TENFOLD_UNROLL
        for (int j = 0; j < N - 1; ++j) {
            if (j >= whole) break;
            V v;
            load_lanes<Step, Isa::bytes>(p + i + j * L, v);
            Step::template absorb<Isa::bytes>(acc[j], v, parameter);
        }
        i += whole * L;
        if (i == count) return;
        V tail;
        load_tail<Step, Isa::bytes>(p + i, count - i, tail);
        TENFOLD_UNROLL
        for (int j = 0; j < N; ++j) {
            if (j == whole) absorb_tail<Step, Isa::bytes>(acc[j], tail, parameter, count - i);
        }
    }

    /// Halves the lanes down to one.
    template <class Isa, class V>
    TENFOLD_BODY static void fold(V* acc, lane* result) noexcept {
        constexpr int N = lane_bytes / Isa::bytes;
        constexpr int kept = 64 / Isa::bytes;  // vectors that make up 64 bytes
        TENFOLD_UNROLL
        for (int j = 0; j < N / 2; ++j) Step::merge(acc[j], acc[j + N / 2]);
        TENFOLD_UNROLL
        for (int j = 0; j < N / 4; ++j) Step::merge(acc[j], acc[j + N / 4]);
        static_assert(N / 4 == kept);
        alignas(64) lane lanes[64 / sizeof(lane)];
        TENFOLD_UNROLL
        for (int j = 0; j < kept; ++j) store_vector(lanes + j * vec<lane, Isa::bytes>::lanes, acc[j]);
        halve<32>(lanes);
        halve<16>(lanes);
        halve<8>(lanes);
        for (int width = 4 / static_cast<int>(sizeof(lane)); width > 0; width /= 2) {
            for (int i = 0; i < width; ++i) Step::merge(lanes[i], lanes[i + width]);
        }
        *result = lanes[0];
    }
    /// The first `Bytes` of lanes <- themselves with the next `Bytes`.
    template <int Bytes>
    TENFOLD_BODY static void halve(lane* lanes) noexcept {
        using V = typename vec<lane, Bytes>::type;
        V low;
        V high;
        load_vector(static_cast<const lane*>(lanes), low);
        load_vector(static_cast<const lane*>(lanes) + Bytes / static_cast<int>(sizeof(lane)), high);
        Step::merge(low, high);
        store_vector(lanes, low);
    }
};
TENFOLD_END
TENFOLD_BODIES_END
