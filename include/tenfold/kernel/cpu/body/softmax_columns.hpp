// SPDX-License-Identifier: Apache-2.0
// softmax across rows of lanes: each lane is a row of softmax of its own. For outer axes and for short rows. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/softmax_rows.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// `rows` lanes, a multiple of the vector.
template <class T>
struct softmax_column_sums {
    template <class Isa>
    TENFOLD_BODY static void run(const softmax_sums_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        const softmax_sums_arguments<T>& a = *arguments;
        for (index_t lane = 0; lane < a.rows; lane += vec<T, Isa::bytes>::lanes) {
            if (a.y != nullptr) {
                strip<Isa, true>(a, lane);
            } else {
                strip<Isa, false>(a, lane);
            }
        }
    }

private:
    template <class Isa, bool Write>
    TENFOLD_BODY static void strip(const softmax_sums_arguments<T>& a, index_t lane) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        const T* const x = a.x + lane;
        upcoming_walk next = a.next.across(lane);
        V v;
        V maximum;
        fill_lanes(-static_cast<T>(__builtin_inf()), maximum);
        for (index_t i = 0; i < a.n; ++i) {
            load_vector(x + i * a.x_row, v);
            maximum = v > maximum ? v : maximum;
        }
        V total{};
        V lost{};
        for (index_t begin = 0; begin < a.n; begin += vectors_per_block) {
            const index_t end = begin + vectors_per_block < a.n ? begin + vectors_per_block : a.n;
            V sums{};
            for (index_t i = begin; i < end; ++i) {
                load_vector(x + i * a.x_row, v);
                next.ask();
                v = v - maximum;
                exp_scaled<T>(v);
                sums += v;
                if constexpr (Write) store_vector(a.y + lane + i * a.y_row, v);
            }
            add_exactly(total, lost, sums);
        }
        store_vector(a.maximum + lane, maximum);
        store_vector(a.sums + lane, total);
    }
};

template <class T, class Step>
struct softmax_column_finish {
    template <class Isa>
    TENFOLD_BODY static void run(const softmax_finish_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        const softmax_finish_arguments<T>& a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        for (index_t lane = 0; lane < a.rows; lane += vec<T, Isa::bytes>::lanes) {
            V first;
            V second;
            load_vector(a.first + lane, first);
            load_vector(a.second + lane, second);
            upcoming_walk next = a.next.across(lane);
            for (index_t i = 0; i < a.n; ++i) {
                V v;
                load_vector(a.x + lane + i * a.x_row, v);
                next.ask();
                Step::apply(v, first, second);
                store_vector(a.y + lane + i * a.y_row, v);
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
