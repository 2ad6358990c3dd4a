// SPDX-License-Identifier: Apache-2.0
// Reduces runs of 2 to 32 elements, one output each: a vector's worth of runs is folded at once.             [floor 4]
//
//   x + o * output_step:  | a0 a1 a2 | b0 b1 b2 | c0 c1 c2 | ...      runs of one row, outputs side by side
//
// A run stands in 4, 8, 16 or 32 virtual lanes, those behind its end holding the identity, and is combined by halves: the same
// on every instruction set. Loads reach into the next run; the last runs are copied.
#pragma once

#include <tenfold/kernel/cpu/body/lane_sums.hpp>
#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T, class Lane>
struct reduce_short_rows_arguments {
    const T* x;
    index_t outputs;
    index_t output_step;     // elements between runs
    const index_t* row_offset;
    index_t rows;
    index_t run;             // elements of each run
    const Lane* constant;    // of the step, 64 bytes of each
    Lane* result;            // one per output, and room for a vector more
};

template <class Step, class T>
struct reduce_short_rows {
    using lane = typename Step::lane;
    using arguments_type = reduce_short_rows_arguments<T, lane>;
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        const arguments_type& a = *arguments;
        if (a.run <= 4) {
            fold_runs<Isa, 4>(a);
        } else if (a.run <= 8) {
            fold_runs<Isa, 8>(a);
        } else if (a.run <= 16) {
            fold_runs<Isa, 16>(a);
        } else {
            fold_runs<Isa, 32>(a);
        }
    }

private:
    struct merge_lanes {
        template <class V>
        TENFOLD_BODY static void combine(const V& a, const V& b, V& out) noexcept {
            V s = a;
            Step::merge(s, b);
            out = s;
        }
    };

    template <class Isa, int Width>
    TENFOLD_BODY static void fold_runs(const arguments_type& a) noexcept {
        TENFOLD_STRICT
        using V = typename vec<lane, Isa::bytes>::type;
        constexpr index_t L = vec<lane, Isa::bytes>::lanes;
        constexpr std::size_t masked = Width < L ? L : Width;
        alignas(64) integer_of<sizeof(lane)> mask[masked];
        for (std::size_t i = 0; i < masked; ++i) mask[i] = static_cast<index_t>(i % Width) < a.run ? -1 : 0;
        const index_t readable = (a.outputs - 1) * a.output_step + a.run;
        for (index_t row = 0; row < a.rows; ++row) {
            const T* const x = a.x + a.row_offset[row];
            for (index_t o = 0; o < a.outputs; o += L) {
                const T* from = x + o * a.output_step;
                index_t step = a.output_step;
                alignas(64) T copy[static_cast<std::size_t>(L * Width)];
                if ((o + L - 1) * step + Width > readable) {
                    for (index_t r = 0; r < L; ++r) {
                        const T* const last = x + (o + r < a.outputs ? o + r : a.outputs - 1) * step;
                        for (index_t i = 0; i < Width; ++i) copy[r * Width + i] = last[i < a.run ? i : 0];
                    }
                    from = copy;
                    step = Width;
                }
                V s;
                fold_group<Isa, Width>(from, step, mask, a.constant, s);
                if (row > 0) {
                    V before;
                    load_vector(static_cast<const lane*>(a.result) + o, before);
                    Step::merge(before, s);
                    s = before;
                }
                store_vector(a.result + o, s);
            }
        }
    }

    /// out <- as many runs as it has lanes
    template <class Isa, int Width, class V>
    TENFOLD_BODY static void fold_group(const T* x, index_t step, const integer_of<sizeof(lane)>* mask, const lane* constants,
                                        V& out) noexcept {
        constexpr int L = vec<lane, Isa::bytes>::lanes;
        constexpr int width = Width < L ? Width : L;   // lanes of a run in one vector
        constexpr int pieces = Width / width;          // vectors of a run
        constexpr int unit_lanes = 64 / static_cast<int>(sizeof(lane));
        V constant[static_cast<std::size_t>(Step::constants) + 1];
        TENFOLD_UNROLL
        for (int i = 0; i < Step::constants; ++i) load_vector(constants + i * unit_lanes, constant[i]);
        V runs[static_cast<std::size_t>(width)];
        TENFOLD_UNROLL
        for (int v = 0; v < width; ++v) {
            const T* const from = x + v * (L / width) * step;
            V piece[static_cast<std::size_t>(pieces)];
            TENFOLD_UNROLL
            for (int p = 0; p < pieces; ++p) {
                V e;
                load_runs<Isa::bytes, width>(from + p * L, step, e);
                V parameter{};
                Step::template start<Isa::bytes>(piece[p]);
                V absorbed = piece[p];
                Step::template absorb<Isa::bytes>(&absorbed, e, parameter, constant);
                typename vec<integer_of<sizeof(lane)>, Isa::bytes>::type kept;
                load_vector(mask + p * L, kept);
                piece[p] = reinterpret_cast<V>((reinterpret_cast<decltype(kept)>(absorbed) & kept) |
                                               (reinterpret_cast<decltype(kept)>(piece[p]) & ~kept));
            }
            TENFOLD_UNROLL
            for (int half = pieces / 2; half > 0; half /= 2) {
                for (int p = 0; p < half; ++p) Step::merge(piece[p], piece[p + half]);
            }
            runs[v] = piece[0];
        }
        fold_vectors<width / 2, width, merge_lanes>(runs);
        out = runs[0];
    }

    /// out <- runs of `Width` elements each, `step` apart
    template <int Bytes, int Width>
    TENFOLD_BODY static void load_runs(const T* x, index_t step, typename vec<lane, Bytes>::type& out) noexcept {
        constexpr int L = vec<lane, Bytes>::lanes;
        if constexpr (L <= Width) {
            load_lanes<Step, Bytes, lane>(x, out);
        } else {
            if (step == Width) {
                load_lanes<Step, Bytes, lane>(x, out);
                return;
            }
            typename vec<lane, Bytes / 2>::type low;
            typename vec<lane, Bytes / 2>::type high;
            load_runs<Bytes / 2, Width>(x, step, low);
            load_runs<Bytes / 2, Width>(x + L / 2 / Width * step, step, high);
            join(low, high, out, std::make_integer_sequence<int, L>{});
        }
    }
    template <class H, class V, int... At>
    TENFOLD_BODY static void join(const H& low, const H& high, V& out, std::integer_sequence<int, At...>) noexcept {
#if TENFOLD_SHUFFLE_TAKES_PACKS
        out = __builtin_shufflevector(low, high, At...);
#else
        constexpr int half = static_cast<int>(sizeof...(At)) / 2;
        ((out[At] = At < half ? low[At % half] : high[At % half]), ...);
#endif
    }
};
TENFOLD_END
TENFOLD_BODIES_END
