// SPDX-License-Identifier: Apache-2.0
// What a matrix product is to the drivers: operands with any strides, and where the sums go.                [floor 4]
#pragma once

#include <tenfold/core/index.hpp>

TENFOLD_BEGIN
/// C (m, n) = A (m, k) B (k, n), any strides in elements.
template <class A, class B>
struct gemm_problem {
    index_t m, n, k;
    const A* a;
    index_t a_row, a_k;
    const B* b;
    index_t b_k, b_column;
    const void* panels = nullptr;  // B packed as a whole by pack(); then b is not read
};

/// Where sums go. In place: C has unit column steps and the type of the sums. With `finish`, each finished block of
/// rows x columns is handed to it, once, from any thread: in place if the sums are there, else in scratch.
template <class Sum>
struct gemm_target {
    Sum* in_place = nullptr;
    index_t row = 0;          // elements between rows of in_place
    bool accumulate = false;  // add to what is in place; otherwise it is never read
    void (*finish)(const void* context, const Sum* block, index_t pitch, index_t i, index_t j, index_t rows, index_t columns) = nullptr;
    const void* context = nullptr;
};
TENFOLD_END
