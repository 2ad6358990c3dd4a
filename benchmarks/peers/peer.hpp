// SPDX-License-Identifier: Apache-2.0
// A library that tenfold is compared with: plain functions behind one struct, so that its flags stay in its own file.
#pragma once

#include <cstdint>  // std::int64_t

namespace tenfold::bench {

/// C (m, n) <- A (m, k) B (k, n), row-major without gaps; with b_transposed B is stored as (n, k).
template <class T>
struct matmul_call {
    std::int64_t m, n, k;
    const T* a;
    const T* b;
    T* c;
    bool b_transposed;
    int threads;
};

/// y (outer, inner) <- sum over the middle axis of x (outer, reduced, inner), row-major without gaps.
template <class T>
struct sum_call {
    std::int64_t outer, reduced, inner;
    const T* x;
    T* y;
    int threads;
};

/// What a peer offers; null: not this. The text fields live as long as the program.
struct peer {
    const char* name;     // as in the record: "eigen"
    const char* version;
    const char* isa;      // what its code was compiled for: "avx512", "avx2", "baseline"
    void (*matmul_f32)(const matmul_call<float>&);
    void (*matmul_f64)(const matmul_call<double>&);
    void (*sum_f32)(const sum_call<float>&);
    void (*sum_f64)(const sum_call<double>&);
    bool parallel_sums;   // sums use the threads of the call

    [[nodiscard]] auto matmul(float) const { return matmul_f32; }
    [[nodiscard]] auto matmul(double) const { return matmul_f64; }
    [[nodiscard]] auto sum(float) const { return sum_f32; }
    [[nodiscard]] auto sum(double) const { return sum_f64; }
};

}  // namespace tenfold::bench
