// SPDX-License-Identifier: Apache-2.0
// softmax along contiguous rows of at least one vector.                                                    [floor 4]
//
// Between the bodies the driver turns sums into factors or logarithms. NaN and Inf need no test: a row with +Inf or of
// -Inf alone has Inf - Inf = NaN in its sum, a row with NaN its NaN, and a sum of NaN makes the whole row NaN.
#pragma once

#include <tenfold/kernel/cpu/body/exp.hpp>
#include <tenfold/kernel/cpu/body/row_vectors.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Rows: `rows` of n elements, x_row and y_row apart. Columns: n rows of `rows` lanes each, x_row and y_row apart.
template <class T>
struct softmax_sums_arguments {
    const T* x;
    T* y;  // exponentials are written here; null: only maxima and sums are wanted
    index_t x_row, y_row;
    index_t rows, n;
    T* maximum;   // per row of softmax
    double* sums;  // per row of softmax
};

template <class T>
struct softmax_row_sums {
    template <class Isa>
    TENFOLD_BODY static void run(const softmax_sums_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        const softmax_sums_arguments<T>& a = *arguments;
        for (index_t row = 0; row < a.rows; ++row) {
            const T* const x = a.x + row * a.x_row;
            const T maximum = maximum_of<Isa>(x, a.n);
            a.maximum[row] = maximum;
            a.sums[row] = a.y != nullptr ? exponentials<Isa, true>(x, a.n, maximum, a.y + row * a.y_row)
                                         : exponentials<Isa, false>(x, a.n, maximum, nullptr);
        }
    }

private:
    /// Of the numbers in the row; NaN is passed over.
    template <class Isa>
    TENFOLD_BODY static T maximum_of(const T* x, index_t n) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        V most[2];
        fill_lanes(-static_cast<T>(__builtin_inf()), most[0]);
        most[1] = most[0];
        V v;
        for (index_t i = 0; i + 2 * L <= n; i += 2 * L) {
            TENFOLD_UNROLL
            for (int j = 0; j < 2; ++j) {
                load_vector(x + i + j * L, v);
                most[j] = v > most[j] ? v : most[j];
            }
        }
        const index_t ends[] = {n >= 2 * L ? n - 2 * L : 0, n - L};  // the last two vectors, seen already or not
        TENFOLD_UNROLL
        for (int j = 0; j < 2; ++j) {
            load_vector(x + ends[j], v);
            most[j] = v > most[j] ? v : most[j];
        }
        most[0] = most[1] > most[0] ? most[1] : most[0];
        T lane[std::size_t{L}];
        store_vector(lane, most[0]);
        for (index_t width = L / 2; width > 0; width /= 2) {
            for (index_t k = 0; k < width; ++k) lane[k] = lane[k + width] > lane[k] ? lane[k + width] : lane[k];
        }
        return lane[0];
    }

    template <class Isa, bool Write>
    TENFOLD_BODY static double exponentials(const T* x, index_t n, T maximum, [[maybe_unused]] T* y) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        constexpr index_t block = 2 * vectors_per_block * L;
        V last;
        load_vector(x + n - L, last);
        V v;
        double total = 0;
        double lost = 0;
        for (index_t begin = 0; begin < n; begin += block) {
            const index_t end = begin + block < n ? begin + block : n;
            V sums[2] = {};
            index_t i = begin;
            for (; i + 2 * L <= end; i += 2 * L) {
                TENFOLD_UNROLL
                for (int j = 0; j < 2; ++j) {
                    load_vector(x + i + j * L, v);
                    v = v - maximum;
                    exp_vector<T>(v);
                    sums[j] += v;
                    if constexpr (Write) store_vector(y + i + j * L, v);
                }
            }
            for (; i < end; i += L) {
                const bool whole = i + L <= end;
                if (whole) {
                    load_vector(x + i, v);
                } else {
                    v = last;
                }
                v = v - maximum;
                exp_vector<T>(v);
                if constexpr (Write) store_vector(y + (whole ? i : n - L), v);
                if (!whole) keep_last_lanes<T>(v, end - i, T{});
                sums[0] += v;
            }
            const V both = sums[0] + sums[1];
            add_exactly(total, lost, static_cast<double>(sum_of_lanes<T>(both)));
        }
        return total;
    }
};

template <class T>
struct softmax_finish_arguments {
    const T* x;
    T* y;
    index_t x_row, y_row;
    index_t rows, n;
    const T* first;   // per row of softmax
    const T* second;  // per row of softmax
};

/// y <- x first: exponentials times the factor of their row.
struct softmax_scale {
    template <class V>
    TENFOLD_BODY static void apply(V& v, const V& first, const V&) noexcept {
        v = v * first;
    }
};
/// y <- (x - first) - second: first the maximum, second the logarithm of the sum.
struct log_softmax_shift {
    template <class V>
    TENFOLD_BODY static void apply(V& v, const V& first, const V& second) noexcept {
        TENFOLD_STRICT
        v = (v - first) - second;
    }
};

template <class T, class Step>
struct softmax_row_finish {
    template <class Isa>
    TENFOLD_BODY static void run(const softmax_finish_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        const softmax_finish_arguments<T>& a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        for (index_t row = 0; row < a.rows; ++row) {
            const T* const x = a.x + row * a.x_row;
            T* const y = a.y + row * a.y_row;
            V first;
            V second;
            fill_lanes(a.first[row], first);
            fill_lanes(a.second[row], second);
            V last;
            load_vector(x + a.n - L, last);
            for (index_t i = 0; i + L <= a.n; i += L) {
                V v;
                load_vector(x + i, v);
                Step::apply(v, first, second);
                store_vector(y + i, v);
            }
            Step::apply(last, first, second);
            store_vector(y + a.n - L, last);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
