// SPDX-License-Identifier: Apache-2.0
// softmax along contiguous rows of at least one vector.                                                    [floor 4]
//
// Between the bodies the driver turns sums into factors or logarithms; the scale of exp_scaled goes with them. NaN and Inf need no test: a row with +Inf or of
// -Inf alone has Inf - Inf = NaN in its sum, a row with NaN its NaN, and a sum of NaN makes the whole row NaN.
#pragma once

#include <tenfold/kernel/cpu/body/exp.hpp>
#include <tenfold/kernel/cpu/body/lane_sums.hpp>
#include <tenfold/kernel/cpu/body/row_vectors.hpp>
#include <tenfold/kernel/cpu/body/special/stream.hpp>

#include <type_traits>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Rows: `rows` of n elements, x_row and y_row apart. Columns: n rows of `rows` lanes each, x_row and y_row apart.
template <class T>
struct softmax_sums_arguments {
    const T* x;
    T* y;  // exponentials are written here; null: only maxima and sums are wanted
    index_t x_row, y_row;
    index_t rows, n;
    T* maximum;  // per row of softmax, in whole vectors
    T* sums;  // the same: of exponentials as exp_scaled gives them
    upcoming next;  // to be read: asked for meanwhile
    index_t ahead;  // elements to what will be written next
};

/// A batch of rows, as many as a vector has lanes, is folded at once: their maxima, then their sums.
template <class T>
struct softmax_row_sums {
    template <class Isa>
    TENFOLD_BODY static void run(const softmax_sums_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        const softmax_sums_arguments<T>& a = *arguments;
        using V = typename vec<T, Isa::bytes>::type;
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        for (index_t first = 0; first < a.rows; first += L) {
            const index_t rows = a.rows - first < L ? a.rows - first : L;
            const T* const x = a.x + first * a.x_row;
            V part[std::size_t{L}] = {};
            for (index_t row = 0; row < rows; ++row) maximum_of<Isa>(x + row * a.x_row, a.n, part[row]);
            fold_rows<larger_lanes>(part, rows, T{});
            store_vector(a.maximum + first, part[0]);
            for (index_t row = 0; row < rows; ++row) {
                const T maximum = a.maximum[first + row];
                if (a.y != nullptr) {
                    exponentials<Isa, true>(a, first + row, maximum, a.y + (first + row) * a.y_row, part[row]);
                } else {
                    exponentials<Isa, false>(a, first + row, maximum, nullptr, part[row]);
                }
            }
            fold_rows(part, rows, T{});
            store_vector(a.sums + first, part[0]);
        }
    }

private:
    /// In each lane, of the numbers in the row; NaN is passed over.
    template <class Isa, class V>
    TENFOLD_BODY static void maximum_of(const T* x, index_t n, V& out) noexcept {
        TENFOLD_STRICT
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        constexpr int streams = 4;
        V most[streams];
        fill_lanes(-static_cast<T>(__builtin_inf()), most[0]);
        TENFOLD_UNROLL
        for (int j = 1; j < streams; ++j) most[j] = most[0];
        V v;
        index_t i = 0;
        for (; i + streams * L <= n; i += streams * L) {
            TENFOLD_UNROLL
            for (int j = 0; j < streams; ++j) {
                load_vector(x + i + j * L, v);
                most[j] = v > most[j] ? v : most[j];
            }
        }
        for (; i + L <= n; i += L) {
            load_vector(x + i, v);
            most[0] = v > most[0] ? v : most[0];
        }
        load_vector(x + n - L, v);  // the last vector, seen already or not
        most[1] = v > most[1] ? v : most[1];
        larger_lanes::combine(most[0], most[1], most[0]);
        larger_lanes::combine(most[2], most[3], most[2]);
        larger_lanes::combine(most[0], most[2], out);
    }

    /// total <- in each lane, the sum of what exp_scaled gives.
    template <class Isa, bool Write, class V>
    TENFOLD_BODY static void exponentials(const softmax_sums_arguments<T>& a, index_t row, T maximum, [[maybe_unused]] T* y,
                                          V& total) noexcept {
        TENFOLD_STRICT
        constexpr index_t L = vec<T, Isa::bytes>::lanes;
        constexpr index_t block = 2 * vectors_per_block * L;
        const T* const x = a.x + row * a.x_row;
        const index_t n = a.n;
        const index_t ahead = a.ahead;
        upcoming_walk next = a.next.along(row, L);
        V last;
        load_vector(x + n - L, last);
        V v;
        V lost{};
        total = V{};
        for (index_t begin = 0; begin < n; begin += block) {
            const index_t end = begin + block < n ? begin + block : n;
            V sums[2] = {};
            index_t i = begin;
            for (; i + 2 * L <= end; i += 2 * L) {
                TENFOLD_UNROLL
                for (int j = 0; j < 2; ++j) {
                    load_vector(x + i + j * L, v);
                    next.ask();
                    v = v - maximum;
                    exp_scaled<T>(v);
                    sums[j] += v;
                    if constexpr (Write) {
                        __builtin_prefetch(y + i + j * L + ahead, 1, 2);
                        store_vector(y + i + j * L, v);
                    }
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
                exp_scaled<T>(v);
                if constexpr (Write) store_vector(y + (whole ? i : n - L), v);
                if (!whole) keep_last_lanes<T>(v, end - i, T{});
                sums[0] += v;
            }
            const V both = sums[0] + sums[1];
            if (n <= block) {
                total = both;
                return;
            }
            add_exactly(total, lost, both);
        }
    }
};

template <class T>
struct softmax_finish_arguments {
    const T* x;
    T* y;
    index_t x_row, y_row;
    index_t rows, n;
    const T* first;  // per row of softmax
    const T* second;  // per row of softmax
    upcoming next;  // to be read: asked for meanwhile
    bool streamed;  // rows: y is whole cache lines, and written past the caches
};

/// y <- x first: scaled exponentials times the factor of their row.
struct softmax_scale {
    template <class V>
    TENFOLD_BODY static void apply(V& v, const V& first, const V&) noexcept {
        v = v * first;
    }
};
/// y <- exp(x - first) second: first the maximum, second what takes the scale of exp_scaled away and divides by the sum.
struct softmax_quotient {
    template <class V>
    TENFOLD_BODY static void apply(V& v, const V& first, const V& second) noexcept {
        TENFOLD_STRICT
        v = v - first;
        exp_scaled<std::remove_cvref_t<decltype(v[0])>>(v);
        v = v * second;
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
            upcoming_walk next = a.next.along(row, L);
            V first;
            V second;
            fill_lanes(a.first[row], first);
            fill_lanes(a.second[row], second);
            index_t i = 0;
            if (a.streamed) {
                for (; i < a.n; i += L) {
                    V v;
                    load_vector(x + i, v);
                    next.ask();
                    Step::apply(v, first, second);
                    stream_vector(y + i, v);
                }
                continue;
            }
            V last;
            load_vector(x + a.n - L, last);
            for (; i + L <= a.n; i += L) {
                V v;
                load_vector(x + i, v);
                next.ask();
                Step::apply(v, first, second);
                store_vector(y + i, v);
            }
            if (i == a.n) continue;
            Step::apply(last, first, second);
            store_vector(y + a.n - L, last);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
