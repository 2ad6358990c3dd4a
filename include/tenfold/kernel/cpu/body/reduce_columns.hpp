// SPDX-License-Identifier: Apache-2.0
// Reduces rows into one another: a kept axis is the one vectors are loaded along, each lane is an output.   [floor 4]
//
//   x + row offset:   | c0 c1 c2 ... |   eight rows are reduced in registers and then added to the results, so that a
//                     | c0 c1 c2 ... |   column costs eight loads, one more and one store per eight elements, while the
//                     | ............ |   rows stream through whole pages.
#pragma once

#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T, class Lane>
struct reduce_columns_arguments {
    const T* x;
    index_t columns;
    index_t column_step;     // elements between columns; 1: loaded where they lie
    const index_t* row_offset;
    index_t rows;
    const Lane* parameter;   // one per column, or null
    T* stage;                // group * stage_columns elements to gather into
    Lane* result;            // one per column, and room for a vector more

    static constexpr int group = 8;
    static constexpr index_t stage_columns = 256;
};

template <class Step, class T>
struct reduce_columns {
    using lane = typename Step::lane;
    using arguments_type = reduce_columns_arguments<T, lane>;

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        TENFOLD_STRICT
        const arguments_type& a = *arguments;
        index_t row = 0;
        for (; row + 8 <= a.rows; row += 8) absorb_rows<Isa, 8>(a, row);
        if (row + 4 <= a.rows) {
            absorb_rows<Isa, 4>(a, row);
            row += 4;
        }
        for (; row < a.rows; ++row) absorb_rows<Isa, 1>(a, row);
    }

private:
    template <class Isa, int Rows>
    TENFOLD_BODY static void absorb_rows(const arguments_type& a, index_t first) noexcept {
        // Short rows end before a prefetcher has seen their stream: ask for the rows that come some 4 KiB later.
        constexpr index_t distance = 4096;
        const index_t row_bytes = a.columns * static_cast<index_t>(sizeof(T));
        const index_t later = first + (distance + row_bytes - 1) / row_bytes / 8 * 8 + 8;
        const bool short_rows = Rows == 8 && a.column_step == 1 && row_bytes <= distance && later < a.rows;
        const index_t ahead = short_rows ? a.row_offset[later] - a.row_offset[first] : 0;
        for (index_t begin = 0; begin < a.columns;) {
            index_t count = a.columns - begin;
            const T* elements[static_cast<std::size_t>(Rows)];
            if (a.column_step == 1) {
                for (int r = 0; r < Rows; ++r) elements[r] = a.x + a.row_offset[first + r];
            } else {
                if (count > arguments_type::stage_columns) count = arguments_type::stage_columns;
                for (int r = 0; r < Rows; ++r) {
                    T* const to = a.stage + r * arguments_type::stage_columns;
                    const T* const from = a.x + a.row_offset[first + r] + begin * a.column_step;
                    for (index_t i = 0; i < count; ++i) to[i] = from[i * a.column_step];
                    elements[r] = to;
                }
            }
            absorb_block<Isa, Rows>(elements, count, a.parameter == nullptr ? nullptr : a.parameter + begin, a.result + begin, first == 0,
                                    ahead);
            begin += count;
        }
    }

    template <class Isa, int Rows>
    TENFOLD_BODY static void absorb_block(const T* const* row, index_t columns, const lane* parameter, lane* result, bool first,
                                          index_t ahead) noexcept {
        TENFOLD_STRICT
        using V = typename vec<lane, Isa::bytes>::type;
        constexpr int L = vec<lane, Isa::bytes>::lanes;
        index_t c = 0;
        for (; c + L <= columns; c += L) {
            V p{};
            if (parameter != nullptr) load_vector(parameter + c, p);
            V s;
            Step::template start<Isa::bytes>(s);
            if (ahead != 0) {
                TENFOLD_UNROLL
                for (int r = 0; r < Rows; ++r) __builtin_prefetch(row[r] + c + ahead);
            }
            TENFOLD_UNROLL
            for (int r = 0; r < Rows; ++r) {
                V v;
                load_lanes<Step, Isa::bytes>(row[r] + c, v);
                Step::template absorb<Isa::bytes>(s, v, p);
            }
            store<Isa>(s, result + c, first);
        }
        if (c == columns) return;
        V p{};
        if (parameter != nullptr) load_vector(parameter + c, p);
        V s;
        Step::template start<Isa::bytes>(s);
        for (int r = 0; r < Rows; ++r) {
            V v;
            load_tail<Step, Isa::bytes>(row[r] + c, columns - c, v);
            Step::template absorb<Isa::bytes>(s, v, p);
        }
        store<Isa>(s, result + c, first);
    }

    template <class Isa, class V>
    TENFOLD_BODY static void store(const V& s, lane* result, bool first) noexcept {
        if (first) {
            store_vector(result, s);
        } else {
            V t;
            load_vector(static_cast<const lane*>(result), t);
            Step::merge(t, s);
            store_vector(result, t);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
