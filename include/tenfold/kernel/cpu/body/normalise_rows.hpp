// SPDX-License-Identifier: Apache-2.0
// Statistics of rows and their use, along contiguous rows of at least one vector or across lanes.           [floor 4]
//
// The variance is the corrected two-pass one: with d = x - m, m the rounded mean, it is (sum d^2 - (sum d)^2 / n) / n, and
// sum d / n is what m lacks of the mean [Chan, Golub & LeVeque 1983]. Both go to the driver, so no digit of the mean is lost.
#pragma once

#include <tenfold/kernel/cpu/body/row_vectors.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T>
struct row_statistics_arguments {
    const T* x;
    index_t x_step;  // along: between rows; across: between elements of a row
    index_t rows, n;
    T* centre;         // per row, rounded; null: sums of x^2 alone
    double* sums;     // of d
    double* squares; // of d^2, or of x^2
};

/// Along rows.
template <class T>
struct row_statistics {
    template <class Isa>
    TENFOLD_BODY static void run(const row_statistics_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        const row_statistics_arguments<T>& a = *arguments;
        for (index_t row = 0; row < a.rows; ++row) {
            const T* const x = a.x + row * a.x_step;
            T centre{};
            double sums = 0;
            double squares = 0;
            if (a.centre != nullptr) {
                add_up<Isa, false>(x, a.n, centre, sums, squares);
                centre = static_cast<T>(sums / static_cast<double>(a.n));
                a.centre[row] = centre;
            }
            add_up<Isa, true>(x, a.n, centre, sums, squares);
            a.sums[row] = sums;
            a.squares[row] = squares;
        }
    }

private:
    /// Of x - offset and, if asked, of its square.
    template <class Isa, bool Squares>
    TENFOLD_BODY static void add_up(const T* x, index_t n, T offset, double& sum_out, double& squares_out) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        constexpr index_t block = 2 * vectors_per_block * L;
        sum_out = 0;
        squares_out = 0;
        double lost = 0;
        double lost_squares = 0;
        V v;
        for (index_t begin = 0; begin < n; begin += block) {
            const index_t end = begin + block < n ? begin + block : n;
            V sums[2] = {};
            V squares[2] = {};
            index_t i = begin;
            for (; i + 2 * L <= end; i += 2 * L) {
                TENFOLD_UNROLL
                for (int j = 0; j < 2; ++j) {
                    load_vector(x + i + j * L, v);
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
            const V both = sums[0] + sums[1];
            add_exactly(sum_out, lost, static_cast<double>(sum_of_lanes<T>(both)));
            if constexpr (Squares) {
                const V combined = squares[0] + squares[1];
                add_exactly(squares_out, lost_squares, static_cast<double>(sum_of_lanes<T>(combined)));
            }
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
            store_wide(a.sums + lane, sums);
            store_wide(a.squares + lane, squares);
        }
    }

private:
    template <class V>
    TENFOLD_BODY static void store_wide(double* p, const V& v) noexcept {
        constexpr int lanes = sizeof(V) / sizeof(T);
        T lane[std::size_t{lanes}];
        store_vector(lane, v);
        for (int i = 0; i < lanes; ++i) p[i] = static_cast<double>(lane[i]);
    }
    template <class Isa, bool Squares, class V>
    TENFOLD_BODY static void add_up(const row_statistics_arguments<T>& a, index_t lane, const V& offset, V& sum_out,
                                    V& squares_out) noexcept {
        TENFOLD_STRICT
        sum_out = V{};
        squares_out = V{};
        V lost{};
        V lost_squares{};
        for (index_t begin = 0; begin < a.n; begin += vectors_per_block) {
            const index_t end = begin + vectors_per_block < a.n ? begin + vectors_per_block : a.n;
            V sums{};
            V squares{};
            for (index_t i = begin; i < end; ++i) {
                V v;
                load_vector(a.x + lane + i * a.x_step, v);
                v = v - offset;
                sums += v;
                if constexpr (Squares) squares += v * v;
            }
            add_exactly(sum_out, lost, sums);
            if constexpr (Squares) add_exactly(squares_out, lost_squares, squares);
        }
    }
};

/// y <- ((x - mean) - rest) factor scale + bias.
template <class T>
struct normalise_arguments_of_rows {
    const T* x;
    T* y;
    index_t x_step, y_step;
    index_t rows, n;
    const T* centre;    // per row; null: 0, and rest too
    const T* rest;    // per row
    const T* factor;  // per row
    const T* scale;   // per element of a row; null: 1
    const T* bias;    // per element of a row; null: 0
};

template <class T>
struct normalise_rows {
    template <class Isa>
    TENFOLD_BODY static void run(const normalise_arguments_of_rows<T>* arguments) noexcept {
        TENFOLD_STRICT
        const normalise_arguments_of_rows<T>& a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        for (index_t row = 0; row < a.rows; ++row) {
            const T* const x = a.x + row * a.x_step;
            T* const y = a.y + row * a.y_step;
            V last;
            load_vector(x + a.n - L, last);
            for (index_t i = 0; i + L <= a.n; i += L) {
                V v;
                load_vector(x + i, v);
                apply(a, row, i, v);
                store_vector(y + i, v);
            }
            apply(a, row, a.n - L, last);
            store_vector(y + a.n - L, last);
        }
    }

private:
    template <class V>
    TENFOLD_BODY static void apply(const normalise_arguments_of_rows<T>& a, index_t row, index_t i, V& v) noexcept {
        TENFOLD_STRICT
        if (a.centre != nullptr) v = (v - a.centre[row]) - a.rest[row];
        v = v * a.factor[row];
        V weight;
        fill_lanes(T{1}, weight);
        V shift{};
        if (a.scale != nullptr) load_vector(a.scale + i, weight);
        if (a.bias != nullptr) {
            load_vector(a.bias + i, shift);
            v = v * weight + shift;
        } else {
            v = v * weight;
        }
    }
};

template <class T>
struct normalise_columns {
    template <class Isa>
    TENFOLD_BODY static void run(const normalise_arguments_of_rows<T>* arguments) noexcept {
        TENFOLD_STRICT
        const normalise_arguments_of_rows<T>& a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        for (index_t lane = 0; lane < a.rows; lane += vec<T, Isa::bytes>::lanes) {
            V centre{};
            V rest{};
            V factor;
            if (a.centre != nullptr) {
                load_vector(a.centre + lane, centre);
                load_vector(a.rest + lane, rest);
            }
            load_vector(a.factor + lane, factor);
            for (index_t i = 0; i < a.n; ++i) {
                V v;
                load_vector(a.x + lane + i * a.x_step, v);
                v = ((v - centre) - rest) * factor;
                if (a.scale != nullptr) v = v * a.scale[i];
                if (a.bias != nullptr) v = v + a.bias[i];
                store_vector(a.y + lane + i * a.y_step, v);
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
