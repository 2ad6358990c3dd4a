// SPDX-License-Identifier: Apache-2.0
// combine_rows: rows that are sums of other rows with a few constant factors, a small matrix times a matrix. [floor 4]
//
// y(r, i) <- sum over j < Terms of factor(r, j) x(j, i), in order of j. The transforms of Winograd's convolution.
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T>
struct combine_arguments {
    const T* x;
    index_t x_row;     // elements between rows
    const T* factors;  // (rows, Terms)
    T* y;
    index_t y_row;
    index_t rows;      // of y
    index_t elements;  // of a row
};

template <class T, int Terms>
struct combine_rows {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const combine_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        constexpr int L = vec<T, Isa::bytes>::lanes;
        const combine_arguments<T>& a = *arguments;
        index_t i = 0;
        for (; i + L <= a.elements; i += L) {
            V x[std::size_t{Terms}];
            TENFOLD_UNROLL
            for (int j = 0; j < Terms; ++j) load_vector(a.x + j * a.x_row + i, x[j]);
            for (index_t r = 0; r < a.rows; ++r) {
                V sum{};
                TENFOLD_UNROLL
                for (int j = 0; j < Terms; ++j) sum += a.factors[r * Terms + j] * x[j];
                store_vector(a.y + r * a.y_row + i, sum);
            }
        }
        for (; i < a.elements; ++i) {
            for (index_t r = 0; r < a.rows; ++r) {
                T sum = 0;
                TENFOLD_UNROLL
                for (int j = 0; j < Terms; ++j) sum += a.factors[r * Terms + j] * a.x[j * a.x_row + i];
                a.y[r * a.y_row + i] = sum;
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
