// SPDX-License-Identifier: Apache-2.0
// Matmul through the C interface to the BLAS, for every library that has one. The library's cblas.h is included before.
#pragma once

#include "peers/repeated_call.hpp"  // repeat_over_batch

namespace tenfold::bench {

/// The parameters of a cblas gemm for a shape.
template <class Integer>
struct cblas_parameters {
    CBLAS_TRANSPOSE a_form, b_form;
    Integer m, n, k, lda, ldb, ldc;

    explicit cblas_parameters(const matmul_shape& s)
        : a_form(s.a_transposed ? CblasTrans : CblasNoTrans),
          b_form(s.b_transposed ? CblasTrans : CblasNoTrans),
          m(static_cast<Integer>(s.m)),
          n(static_cast<Integer>(s.n)),
          k(static_cast<Integer>(s.k)),
          lda(static_cast<Integer>(s.lda())),
          ldb(static_cast<Integer>(s.ldb())),
          ldc(static_cast<Integer>(s.ldc())) {}
};

/// sgemm, or dgemm, of the library: called for each matrix of a batch.
template <class T, class Integer, class Gemm>
std::unique_ptr<ready_matmul> repeat_cblas(const matmul_shape& s, const matmul_operands& operands, Gemm* gemm) {
    return repeat_over_batch<T, T, T>(s, operands, [p = cblas_parameters<Integer>(s), gemm](const T* a, const T* b, T* c) {
        gemm(CblasRowMajor, p.a_form, p.b_form, p.m, p.n, p.k, T{1}, a, p.lda, b, p.ldb, T{0}, c, p.ldc);
    });
}

}  // namespace tenfold::bench
