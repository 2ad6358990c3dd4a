// SPDX-License-Identifier: Apache-2.0
// A matmul of tenfold as its user writes it: views over the operands, and one call that checks, chooses and computes.
#pragma once

#include <tenfold/op/matmul.hpp>

#include "op/matmul_elements.hpp"   // elements_of
#include "peers/repeated_call.hpp"  // repeat

namespace tenfold::bench {

/// A stored matrix as the product sees it.
template <class T>
tensor_view<T, 2> matrix(T* p, index_t rows, index_t columns, bool transposed, index_t leading) {
    return {p, {rows, columns}, {transposed ? 1 : leading, transposed ? leading : 1}};
}

template <class T>
tensor_view<T, 3> matrices(T* p, index_t batch, index_t step, index_t rows, index_t columns, bool transposed, index_t leading) {
    return {p, {batch, rows, columns}, {step, transposed ? 1 : leading, transposed ? leading : 1}};
}

template <class A, class B, class C, class Backend>
std::unique_ptr<ready_matmul> repeat_tenfold(const matmul_shape& s, const matmul_operands& operands, const Backend& where) {
    if (s.batch > 1) {
        return repeat<A, B, C>(operands, [s, where](const A* a, const B* b, C* c) {
            matmul(where, matrices(a, s.batch, s.a_elements(), s.m, s.k, s.a_transposed, s.lda()),
                   matrices(b, s.batch, s.b_elements(), s.k, s.n, s.b_transposed, s.ldb()),
                   matrices(c, s.batch, s.c_elements(), s.m, s.n, false, s.ldc()));
        });
    }
    return repeat<A, B, C>(operands, [s, where](const A* a, const B* b, C* c) {
        matmul(where, matrix(a, s.m, s.k, s.a_transposed, s.lda()), matrix(b, s.k, s.n, s.b_transposed, s.ldb()),
               matrix(c, s.m, s.n, false, s.ldc()));
    });
}

/// On the CPU backend. Defined where peers/tenfold_types.cpp was compiled for these types.
template <matmul_types Types>
std::unique_ptr<ready_matmul> prepare_tenfold(const matmul_shape& s, const matmul_operands& operands, int threads);

}  // namespace tenfold::bench
