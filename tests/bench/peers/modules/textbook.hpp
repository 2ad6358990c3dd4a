// SPDX-License-Identifier: Apache-2.0
// A library with one matmul of float and double: three loops.
#pragma once

#include "peers/repeated_call.hpp"

namespace tenfold::bench {

/// Adds `error` to the last element.
template <class T>
std::unique_ptr<ready_matmul> repeat_textbook(const matmul_shape& s, const matmul_operands& operands, T error) {
    return repeat_over_batch<T, T, T>(s, operands, [s, error](const T* a, const T* b, T* c) {
        const std::int64_t a_row = s.a_transposed ? 1 : s.lda(), a_column = s.a_transposed ? s.lda() : 1;
        const std::int64_t b_row = s.b_transposed ? 1 : s.ldb(), b_column = s.b_transposed ? s.ldb() : 1;
        for (std::int64_t i = 0; i < s.m; ++i) {
            for (std::int64_t j = 0; j < s.n; ++j) {
                T sum = 0;
                for (std::int64_t l = 0; l < s.k; ++l) sum += a[i * a_row + l * a_column] * b[l * b_row + j * b_column];
                c[i * s.ldc() + j] = sum;
            }
        }
        c[(s.m - 1) * s.ldc() + s.n - 1] += error;
    });
}

template <int Error>
std::unique_ptr<ready_matmul> prepare_textbook(const matmul_shape& s, const matmul_operands& operands, int) {
    if (s.types == matmul_types::f32) return repeat_textbook<float>(s, operands, Error);
    if (s.types == matmul_types::f64) return repeat_textbook<double>(s, operands, Error);
    return nullptr;
}

}  // namespace tenfold::bench
