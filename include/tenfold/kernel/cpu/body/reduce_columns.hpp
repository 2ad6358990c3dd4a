// SPDX-License-Identifier: Apache-2.0
// Reduces rows into one another: a kept axis is the one vectors are loaded along, each lane is an output.   [floor 4]
//
//   x + row offset:   | c0 c1 c2 ... |   eight rows are reduced in registers and then added to the results, so that a
//                     | c0 c1 c2 ... |   column costs eight loads, one more and one store per eight elements, while the
//                     | ............ |   rows stream through whole pages.
//
// Short rows would not stream: several neighbours then make up one row, `phases` of it, each with results of its own, which
// are combined by halves at the end. The last row of a period may have fewer phases.
#pragma once

#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T, class Lane>
struct reduce_columns_arguments {
    const T* x;
    index_t columns;
    index_t phases;          // a power of two
    index_t phase_step;      // elements between phases
    const index_t* row_offset;
    index_t rows;
    index_t until_short;     // rows before the first short one
    index_t period;          // between short rows
    index_t short_phases;    // of such a row
    bool fresh;              // results hold nothing yet
    const Lane* parameter;   // (phases, columns), or null
    const Lane* constant;    // of the step, 64 bytes of each
    Lane* result;            // (parts, phases, columns), and room for a vector more; the first phase in the end
    index_t part_step;       // between parts
};

template <class Step, class T>
struct reduce_columns {
    using lane = typename Step::lane;
    using group = typename Step::group;
    using arguments_type = reduce_columns_arguments<T, lane>;
    static constexpr int parts = Step::parts;
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        TENFOLD_STRICT
        const arguments_type& a = *arguments;
        index_t until_short = a.until_short;
        bool fresh = a.fresh;
        if (fresh && until_short == 0) {  // some phases may see no row at all
            alignas(64) lane identity[static_cast<std::size_t>(vec<lane, Isa::bytes>::lanes)];
            typename vec<lane, Isa::bytes>::type s;
            Step::template start<Isa::bytes>(s);
            store_vector(identity, s);
            for (int part = 0; part < parts; ++part) {
                for (index_t i = 0; i < a.phases * a.columns; ++i) a.result[part * a.part_step + i] = identity[0];
            }
            fresh = false;
        }
        for (index_t row = 0; row < a.rows;) {
            const index_t left = a.rows - row;
            const bool is_short = until_short == 0;
            const index_t alike = is_short ? 1 : until_short < left ? until_short : left;
            const index_t count = alike < 8 ? alike : 8;
            absorb_rows<Isa>(a, row, count, is_short ? a.short_phases : a.phases, fresh);
            row += count;
            until_short = is_short ? a.period - 1 : until_short - count;
            fresh = false;
        }
        fold_phases<Isa>(a);
    }

private:
    template <class Isa>
    TENFOLD_BODY static void absorb_rows(const arguments_type& a, index_t first, index_t count, index_t phases, bool fresh) noexcept {
        const bool joined = a.phase_step == a.columns;
        const index_t pieces = joined ? 1 : phases;
        const index_t columns = joined ? phases * a.columns : a.columns;
        for (index_t piece = 0; piece < pieces; ++piece) {
            const T* row[8];
            for (index_t r = 0; r < count; ++r) row[r] = a.x + a.row_offset[first + r] + piece * a.phase_step;
            const index_t at = piece * a.columns;
            const lane* const parameter = a.parameter == nullptr ? nullptr : a.parameter + at;
            if (count == 8) {
                absorb_whole<Isa>(row, std::integral_constant<int, 8>{}, columns, parameter, a, a.result + at, fresh);
            } else {
                absorb_whole<Isa>(row, count, columns, parameter, a, a.result + at, fresh);
            }
            absorb_rest<Isa>(row, count, columns, parameter, a, a.result + at, fresh);
        }
    }

    template <class Isa, class Count>
    TENFOLD_BODY static void absorb_whole(const T* const* row, Count rows, index_t columns, const lane* parameter, const arguments_type& a,
                                          lane* result, bool fresh) noexcept {  // vectors of columns
        TENFOLD_STRICT
        using V = typename vec<group, Isa::bytes>::type;
        constexpr index_t L = vec<group, Isa::bytes>::lanes;
        V constant[static_cast<std::size_t>(Step::constants) + 1];
        TENFOLD_UNROLL
        for (int i = 0; i < Step::constants; ++i) load_bytes(reinterpret_cast<const char*>(a.constant) + 64 * i, constant[i]);
        V s[static_cast<std::size_t>(parts)];
        index_t c = 0;
        for (; c + L <= columns; c += L) {
            absorb_vectors<Isa>(row, rows, c, parameter == nullptr ? nullptr : parameter + c, constant, s);
            TENFOLD_UNROLL
            for (int part = 0; part < parts; ++part) store<Isa>(s[part], result + part * a.part_step + c, fresh, 0, L);
        }
    }

    /// The columns that no whole vector is left for.
    template <class Isa>
    TENFOLD_BODY static void absorb_rest(const T* const* row, index_t rows, index_t columns, const lane* parameter, const arguments_type& a,
                                         lane* result, bool fresh) noexcept {
        TENFOLD_STRICT
        using V = typename vec<group, Isa::bytes>::type;
        constexpr index_t L = vec<group, Isa::bytes>::lanes;
        const index_t rest = columns % L;
        const index_t c = columns - rest;
        if (rest == 0) return;
        V constant[static_cast<std::size_t>(Step::constants) + 1];
        TENFOLD_UNROLL
        for (int i = 0; i < Step::constants; ++i) load_bytes(reinterpret_cast<const char*>(a.constant) + 64 * i, constant[i]);
        V s[static_cast<std::size_t>(parts)];
        alignas(64) T copy[static_cast<std::size_t>(8 * L)];
        const T* copied[8] = {};
        const bool within = columns >= L;  // the last vector of the columns, of which some have been done
        if (!within) {
            for (index_t r = 0; r < rows; ++r) {
                for (index_t i = 0; i < L; ++i) copy[r * L + i] = i < rest ? row[r][c + i] : T{};
                copied[r] = copy + r * L;
            }
        }
        const index_t at = within ? columns - L : 0;
        absorb_vectors<Isa>(within ? row : copied, rows, at, parameter == nullptr ? nullptr : parameter + at, constant, s);
        const index_t first = within ? L - rest : 0;
        TENFOLD_UNROLL
        for (int part = 0; part < parts; ++part) store<Isa>(s[part], result + part * a.part_step + at, fresh, first, first + rest);
    }

    /// s <- a vector of each row
    template <class Isa, class Count, class V>
    TENFOLD_BODY static void absorb_vectors(const T* const* row, Count rows, index_t at, const lane* parameter, const V* constant,
                                            V* s) noexcept {
        TENFOLD_STRICT
        V p{};
        if constexpr (std::is_same_v<group, lane>) {
            if (parameter != nullptr) load_vector(parameter, p);
        }
        TENFOLD_UNROLL
        for (int part = 0; part < parts; ++part) Step::template start<Isa::bytes>(s[part]);
        if constexpr (std::is_same_v<Count, index_t>) {
            for (index_t r = 0; r < rows; ++r) absorb_vector<Isa>(row[r] + at, p, constant, s);
        } else {
            TENFOLD_UNROLL
            for (int r = 0; r < Count::value; ++r) absorb_vector<Isa>(row[r] + at, p, constant, s);
        }
    }
    template <class Isa, class V>
    TENFOLD_BODY static void absorb_vector(const T* from, const V& parameter, const V* constant, V* s) noexcept {
        V v;
        load_lanes<Step, Isa::bytes, group>(from, v);
        Step::template absorb<Isa::bytes>(s, v, parameter, constant);
    }

    /// The results [first, last) of a vector's columns take s up.
    template <class Isa, class V>
    TENFOLD_BODY static void store(const V& s, lane* result, bool fresh, index_t first, index_t last) noexcept {
        if constexpr (std::is_same_v<group, lane>) {
            store_lanes(s, result, fresh, first, last);
        } else {
            alignas(64) group narrow[static_cast<std::size_t>(vec<group, Isa::bytes>::lanes)];
            store_vector(narrow, s);
            constexpr index_t L = vec<lane, Isa::bytes>::lanes;
            for (index_t at = 0; at < vec<group, Isa::bytes>::lanes; at += L) {
                typename vec<lane, Isa::bytes>::type wide;
                load_widened<Isa::bytes, lane>(static_cast<const group*>(narrow) + at, wide);
                store_lanes(wide, result + at, fresh, first - at, last - at < L ? last - at : L);
            }
        }
    }
    template <class V>
    TENFOLD_BODY static void store_lanes(const V& s, lane* result, bool fresh, index_t first, index_t last) noexcept {
        constexpr index_t L = static_cast<index_t>(sizeof(V) / sizeof(lane));
        if (first >= L || last <= 0) return;
        V t = s;
        if (!fresh) {
            load_vector(static_cast<const lane*>(result), t);
            Step::merge(t, s);
        }
        if (first > 0 || last < L) {
            V old;
            load_vector(static_cast<const lane*>(result), old);
            take_lanes<lane>(old, t, 0, first > 0 ? first : 0, last);
            t = old;
        }
        store_vector(result, t);
    }

    /// The first half of the phases <- both, until one is left.
    template <class Isa>
    TENFOLD_BODY static void fold_phases(const arguments_type& a) noexcept {
        TENFOLD_STRICT
        using V = typename vec<lane, Isa::bytes>::type;
        constexpr index_t L = vec<lane, Isa::bytes>::lanes;
        for (index_t half = a.phases / 2; half > 0; half /= 2) {
            const index_t count = half * a.columns;
            for (int part = 0; part < parts; ++part) {
                lane* const low = a.result + part * a.part_step;
                const lane* const high = low + count;
                index_t i = 0;
                for (; i + L <= count; i += L) {
                    V s;
                    V t;
                    load_vector(static_cast<const lane*>(low) + i, s);
                    load_vector(high + i, t);
                    Step::merge(s, t);
                    store_vector(low + i, s);
                }
                for (; i < count; ++i) Step::merge(low[i], high[i]);
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
