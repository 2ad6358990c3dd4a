// SPDX-License-Identifier: Apache-2.0
// Reduces runs of elements: the reduced axis is the one vectors are loaded along.                          [floor 4]
//
//   x + o * output_step + row offset:  | v0 v1 v2 v3 | v0 v1 v2 v3 | ... | tail |      one run of one row
//
// 256 bytes of virtual lanes whatever the instruction set (4, 8 or 16 vectors), in units of 64: element i of a run goes to
// lane i mod lanes. At its end, whole units go to the first one, and what is then left to the last lanes of the second, so that
// one load reaches it without leaving the run. Lanes are combined by halves, 32, 16, ... 1. Every instruction set rounds alike.
#pragma once

#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

#include <utility>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T, class Lane>
struct reduce_lanes_arguments {
    const T* x;
    index_t outputs;
    index_t output_step;     // elements between outputs
    const index_t* row_offset;
    index_t rows;
    index_t together;        // rows of an output that are read before those of the next one: as they lie in memory
    index_t run;             // elements of each row's run
    index_t ahead;           // elements to what is read next, for steps that ask for it
    const Lane* parameter;   // one per output, or null
    const Lane* constant;    // of the step, 64 bytes of each
    Lane* result;            // one per output, part by part
    index_t part_step;       // between parts
};

template <class Step, class T>
struct reduce_lanes {
    using lane = typename Step::lane;
    using arguments_type = reduce_lanes_arguments<T, lane>;
    static constexpr int parts = Step::parts;
    static constexpr int unit_lanes = 64 / static_cast<int>(sizeof(lane));
    static constexpr int unit_elements = unit_lanes * Step::pack;
    static constexpr int units = 4 / parts;
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<lane, Isa::bytes>::type;
        constexpr int N = units * (64 / Isa::bytes);

        const arguments_type& a = *arguments;
        V constant[static_cast<std::size_t>(Step::constants) + 1];
        TENFOLD_UNROLL
        for (int i = 0; i < Step::constants; ++i) load_vector(a.constant + i * unit_lanes, constant[i]);
        V identity;
        Step::template start<Isa::bytes>(identity);
        for (index_t first = 0; first < a.rows; first += a.together) {
            const index_t last = a.rows - first < a.together ? a.rows : first + a.together;
            for (index_t o = 0; o < a.outputs; ++o) {
                V parameter{};
                if (a.parameter != nullptr) broadcast(a.parameter[o], parameter);
                V acc[static_cast<std::size_t>(N * parts)];                         // (lanes, parts)
                fill(identity, acc, std::make_integer_sequence<int, N * parts>{});
                for (index_t row = first; row < last; ++row) {
                    absorb_run<Isa>(a.x + o * a.output_step + a.row_offset[row], a.run, a.ahead, parameter, constant, acc);
                }
                fold<Isa>(acc, a.result + o, first > 0);
                if constexpr (parts == 2) fold<Isa>(acc + 1, a.result + a.part_step + o, first > 0);
            }
        }
    }

private:
    // Accumulators are named by constants from the start, in packs and not in loops: g++ then keeps them in registers.
    template <class V, int... J>
    TENFOLD_BODY static void fill(const V& value, V* acc, std::integer_sequence<int, J...>) noexcept {
        ((acc[J] = value), ...);
    }
    template <class Isa, class V, int... J>
    TENFOLD_BODY static void absorb_vectors(const T* p, const V& parameter, const V* constant, V* acc,
                                            std::integer_sequence<int, J...>) noexcept {
        (absorb_vector<Isa>(p + J * (unit_elements * Isa::bytes / 64), parameter, constant, acc + J * parts), ...);
    }
    template <class Isa, class V, int... J>
    TENFOLD_BODY static void absorb_rest(const T* p, index_t first, index_t last, const V& parameter, const V* constant, V* acc,
                                         std::integer_sequence<int, J...>) noexcept {
        constexpr int E = unit_elements * Isa::bytes / 64;
        (absorb_lanes<Isa>(p + J * E, J * E, first, last, parameter, constant, acc + J * parts), ...);
    }
    template <class V, int... J>
    TENFOLD_BODY static void merge_vectors(V* acc, std::integer_sequence<int, J...>) noexcept {
        (Step::merge(acc[J * parts], acc[(J + static_cast<int>(sizeof...(J))) * parts]), ...);
    }

    template <class Isa, class V>
    TENFOLD_BODY static void absorb_run(const T* p, index_t count, [[maybe_unused]] index_t ahead, const V& parameter, const V* constant,
                                        V* acc) noexcept {
        TENFOLD_STRICT
        constexpr int W = 64 / Isa::bytes;  // vectors of a unit
        constexpr int N = units * W;
        constexpr index_t combined = units * unit_elements;
        index_t i = 0;
        for (; i + combined <= count; i += combined) {
            if constexpr (Step::asks_ahead) {
                TENFOLD_UNROLL
                for (index_t line = 0; line < combined; line += 64 / static_cast<index_t>(sizeof(T))) {
                    __builtin_prefetch(p + i + line + ahead, 0, 2);
                }
            }
            absorb_vectors<Isa>(p + i, parameter, constant, acc, std::make_integer_sequence<int, N>{});
        }
        for (; i + unit_elements <= count; i += unit_elements) {
            absorb_vectors<Isa>(p + i, parameter, constant, acc, std::make_integer_sequence<int, W>{});
        }
        if (i == count) return;
        const index_t rest = count - i;
        alignas(64) T copy[static_cast<std::size_t>(unit_elements)];
        const bool within = Step::pack == 1 && count >= unit_elements;
        if (!within) {
            for (index_t e = 0; e < unit_elements; ++e) copy[e] = T{};
            for (index_t e = 0; e < rest; ++e) copy[e] = p[i + e];
        }
        const T* const from = within ? p + count - unit_elements : copy;
        const index_t first = within ? unit_lanes - rest : 0;
        absorb_rest<Isa>(from, first, first + rest, parameter, constant, acc + W * parts, std::make_integer_sequence<int, W>{});
    }
    /// The lanes [first, last) of a unit absorb the vector at p, which is its lanes from `at` on; the others stay as they are.
    template <class Isa, class V>
    TENFOLD_BODY static void absorb_lanes(const T* p, int at, index_t first, index_t last, const V& parameter, const V* constant,
                                          V* s) noexcept {
        if constexpr (Step::pack > 1) {
            absorb_vector<Isa>(p, parameter, constant, s);  // zeros change nothing
        } else {
            V t[2];
            t[0] = s[0];
            if constexpr (parts == 2) t[1] = s[1];
            absorb_vector<Isa>(p, parameter, constant, t);
            take_lanes<lane>(s[0], t[0], at, first, last);
            if constexpr (parts == 2) take_lanes<lane>(s[1], t[1], at, first, last);
        }
    }
    template <class Isa, class V>
    TENFOLD_BODY static void absorb_vector(const T* p, const V& parameter, const V* constant, V* s) noexcept {
        V v;
        if constexpr (Step::pack > 1) {
            load_bytes(p, v);
        } else {
            load_lanes<Step, Isa::bytes, lane>(p, v);
        }
        Step::template absorb<Isa::bytes>(s, v, parameter, constant);
    }

    /// Halves the lanes of one part down to one; `more`: the result has some rows already.
    template <class Isa, class V>
    TENFOLD_BODY static void fold(V* acc, lane* result, bool more) noexcept {
        constexpr int W = 64 / Isa::bytes;
        if constexpr (units == 4) merge_vectors(acc, std::make_integer_sequence<int, 2 * W>{});
        merge_vectors(acc, std::make_integer_sequence<int, W>{});
        alignas(64) lane lanes[static_cast<std::size_t>(unit_lanes)];
        TENFOLD_UNROLL
        for (int j = 0; j < W; ++j) store_vector(lanes + j * (unit_lanes / W), acc[j * parts]);
        halve<32>(lanes);
        halve<16>(lanes);
        halve<8>(lanes);
        for (int width = 4 / static_cast<int>(sizeof(lane)); width > 0; width /= 2) {
            for (int i = 0; i < width; ++i) Step::merge(lanes[i], lanes[i + width]);
        }
        if (more) {
            Step::merge(*result, lanes[0]);
        } else {
            *result = lanes[0];
        }
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
