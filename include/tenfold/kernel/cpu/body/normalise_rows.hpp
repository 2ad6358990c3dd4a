// SPDX-License-Identifier: Apache-2.0
// Statistics of rows and their use, along contiguous rows of at least one vector or across lanes.           [floor 4]
//
// The variance is the corrected two-pass one: with d = x - m, m the rounded mean, it is (sum d^2 - (sum d)^2 / n) / n, and
// sum d / n is what m lacks of the mean [Chan, Golub & LeVeque 1983]. Both go to the driver, so no digit of the mean is lost.
#pragma once

#include <tenfold/kernel/cpu/body/lane_sums.hpp>
#include <tenfold/kernel/cpu/body/row_vectors.hpp>
#include <tenfold/kernel/cpu/body/special/stream.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T>
struct row_statistics_arguments {
    const T* x;
    index_t x_step;  // along: between rows; across: between elements of a row
    index_t rows, n;
    T* centre;       // per row, in whole vectors, as the two below; rounded. Null: sums of x^2 alone
    T* sums;         // of d
    T* squares;      // of d^2, or of x^2
    upcoming next;   // to be read: asked for meanwhile
};

/// Along rows. A batch of them, as many as a vector has lanes, is folded at once.
template <class T>
struct row_statistics {
    template <class Isa>
    TENFOLD_BODY static void run(const row_statistics_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        const row_statistics_arguments<T>& a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        for (index_t first = 0; first < a.rows; first += L) {
            const index_t rows = a.rows - first < L ? a.rows - first : L;
            V sums[std::size_t{L}] = {};
            V squares[std::size_t{L}] = {};
            if (a.centre != nullptr) {
                for (index_t row = 0; row < rows; ++row) add_up<Isa, false>(a, first + row, T{}, sums[row], squares[row]);
                fold_rows(sums, rows, T{});
                const V centre = sums[0] / static_cast<T>(a.n);
                store_vector(a.centre + first, centre);
            }
            for (index_t row = 0; row < rows; ++row) {
                const T centre = a.centre != nullptr ? a.centre[first + row] : T{};
                add_up<Isa, true>(a, first + row, centre, sums[row], squares[row]);
            }
            fold_rows(sums, rows, T{});
            fold_rows(squares, rows, T{});
            store_vector(a.sums + first, sums[0]);
            store_vector(a.squares + first, squares[0]);
        }
    }

private:
    /// In each lane, of x - offset and, if asked, of its square.
    template <class Isa, bool Squares, class V>
    TENFOLD_BODY static void add_up(const row_statistics_arguments<T>& a, index_t row, T offset, V& sum_out, V& squares_out) noexcept {
        TENFOLD_STRICT
        const T* const x = a.x + row * a.x_step;
        const index_t n = a.n;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        constexpr int streams = 4;
        constexpr index_t block = streams * vectors_per_block / 2 * L;
        sum_out = V{};
        squares_out = V{};
        V lost{};
        V lost_squares{};
        V v;
        upcoming_walk next = a.next.along(row, L);
        for (index_t begin = 0; begin < n; begin += block) {
            const index_t end = begin + block < n ? begin + block : n;
            V sums[streams] = {};
            V squares[streams] = {};
            index_t i = begin;
            for (; i + streams * L <= end; i += streams * L) {
                TENFOLD_UNROLL
                for (int j = 0; j < streams; ++j) {
                    load_vector(x + i + j * L, v);
                    if constexpr (Squares) next.ask();
                    v = v - offset;
                    sums[j] += v;
                    if constexpr (Squares) squares[j] += v * v;
                }
            }
            for (; i < end; i += L) {
                const bool whole = i + L <= end;
                load_vector(x + (whole ? i : n - L), v);
                v = v - offset;
                if (!whole) keep_last_lanes<T>(v, end - i, T{});
                sums[0] += v;
                if constexpr (Squares) squares[0] += v * v;
            }
            const V both = (sums[0] + sums[1]) + (sums[2] + sums[3]);
            const V combined = (squares[0] + squares[1]) + (squares[2] + squares[3]);
            if (n <= block) {
                sum_out = both;
                squares_out = combined;
                return;
            }
            add_exactly(sum_out, lost, both);
            if constexpr (Squares) add_exactly(squares_out, lost_squares, combined);
        }
    }
};

/// Across: `rows` lanes, a multiple of the vector.
template <class T>
struct column_statistics {
    template <class Isa>
    TENFOLD_BODY static void run(const row_statistics_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        const row_statistics_arguments<T>& a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        for (index_t lane = 0; lane < a.rows; lane += L) {
            V centre{};
            V sums;
            V squares;
            if (a.centre != nullptr) {
                add_up<Isa, false>(a, lane, centre, sums, squares);
                centre = sums / static_cast<T>(a.n);
                store_vector(a.centre + lane, centre);
            }
            add_up<Isa, true>(a, lane, centre, sums, squares);
            store_vector(a.sums + lane, sums);
            store_vector(a.squares + lane, squares);
        }
    }

private:
    template <class Isa, bool Squares, class V>
    TENFOLD_BODY static void add_up(const row_statistics_arguments<T>& a, index_t lane, const V& offset, V& sum_out,
                                    V& squares_out) noexcept {
        TENFOLD_STRICT
        sum_out = V{};
        squares_out = V{};
        V lost{};
        V lost_squares{};
        upcoming_walk next = a.next.across(lane);
        for (index_t begin = 0; begin < a.n; begin += vectors_per_block) {
            const index_t end = begin + vectors_per_block < a.n ? begin + vectors_per_block : a.n;
            V sums{};
            V squares{};
            for (index_t i = begin; i < end; ++i) {
                V v;
                load_vector(a.x + lane + i * a.x_step, v);
                if constexpr (Squares) next.ask();
                v = v - offset;
                sums += v;
                if constexpr (Squares) squares += v * v;
            }
            add_exactly(sum_out, lost, sums);
            if constexpr (Squares) add_exactly(squares_out, lost_squares, squares);
        }
    }
};

/// y <- ((x - centre) - rest) factor scale + bias.
template <class T>
struct normalise_arguments_of_rows {
    const T* x;
    T* y;
    index_t x_step, y_step;
    index_t rows, n;
    const T* centre;  // per row; this and all below in whole vectors
    const T* rest;    // per row
    const T* factor;  // per row
    const T* scale;   // per element of a row
    const T* bias;    // per element of a row; -0 adds nothing, to a zero of either sign
    index_t scale_step, bias_step;  // 1; 0: one vector holds the value of all
    upcoming next;    // to be read: asked for meanwhile
    index_t ahead;    // elements to what will be written next
    bool streamed;    // along: y is whole cache lines, and written past the caches
};

template <class T>
struct normalise_rows {
    template <class Isa>
    TENFOLD_BODY static void run(const normalise_arguments_of_rows<T>* arguments) noexcept {
        TENFOLD_STRICT
        const normalise_arguments_of_rows<T> a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        for (index_t row = 0; row < a.rows; ++row) {
            const T* const x = a.x + row * a.x_step;
            T* const y = a.y + row * a.y_step;
            V centre;
            V rest;
            V factor;
            fill_lanes(a.centre[row], centre);
            fill_lanes(a.rest[row], rest);
            fill_lanes(a.factor[row], factor);
            upcoming_walk next = a.next.along(row, L);
            index_t i = 0;
            if (a.streamed) {
                for (; i < a.n; i += L) {
                    V v;
                    load_vector(x + i, v);
                    next.ask();
                    apply(a, centre, rest, factor, i, v);
                    stream_vector(y + i, v);
                }
                continue;
            }
            V last;
            load_vector(x + a.n - L, last);
            for (; i + L <= a.n; i += L) {
                V v;
                load_vector(x + i, v);
                __builtin_prefetch(y + i + a.ahead, 1, 2);
                next.ask();
                apply(a, centre, rest, factor, i, v);
                store_vector(y + i, v);
            }
            if (i == a.n) continue;
            apply(a, centre, rest, factor, a.n - L, last);
            store_vector(y + a.n - L, last);
        }
    }

private:
    template <class V>
    TENFOLD_BODY static void apply(const normalise_arguments_of_rows<T>& a, const V& centre, const V& rest, const V& factor, index_t i,
                                   V& v) noexcept {
        TENFOLD_STRICT
        V weight;
        V shift;
        load_vector(a.scale + i * a.scale_step, weight);
        load_vector(a.bias + i * a.bias_step, shift);
        v = ((v - centre) - rest) * factor;
        v = v * weight + shift;
    }
};

template <class T>
struct normalise_columns {
    template <class Isa>
    TENFOLD_BODY static void run(const normalise_arguments_of_rows<T>* arguments) noexcept {
        TENFOLD_STRICT
        const normalise_arguments_of_rows<T> a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        for (index_t lane = 0; lane < a.rows; lane += vec<T, Isa::bytes>::lanes) {
            V centre;
            V rest;
            V factor;
            load_vector(a.centre + lane, centre);
            load_vector(a.rest + lane, rest);
            load_vector(a.factor + lane, factor);
            upcoming_walk next = a.next.across(lane);
            for (index_t i = 0; i < a.n; ++i) {
                V v;
                load_vector(a.x + lane + i * a.x_step, v);
                next.ask();
                v = ((v - centre) - rest) * factor;
                v = v * a.scale[i * a.scale_step] + a.bias[i * a.bias_step];
                store_vector(a.y + lane + i * a.y_step, v);
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
