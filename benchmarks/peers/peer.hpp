// SPDX-License-Identifier: Apache-2.0
// A library that tenfold-bench itself compares with: plain functions behind one struct, so that its flags stay in its own file.
#pragma once

#include <cstdint>  // std::int64_t

#include "peers/matmul_peer.hpp"  // matmul_shape, matmul_operands, ready_matmul

namespace tenfold::bench {

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
    std::unique_ptr<ready_matmul> (*prepare_matmul)(const matmul_shape&, const matmul_operands&, int threads);
    void (*sum_f32)(const sum_call<float>&);
    void (*sum_f64)(const sum_call<double>&);
    bool parallel_sums;   // sums use the threads of the call

    [[nodiscard]] auto sum(float) const { return sum_f32; }
    [[nodiscard]] auto sum(double) const { return sum_f64; }
};

}  // namespace tenfold::bench
