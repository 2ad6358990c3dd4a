// SPDX-License-Identifier: Apache-2.0
// matmul of the cuda backend: driver/matmul.hpp on the CUDA runtime.                                         [floor 4]
#pragma once

#include <tenfold/kernel/cuda/device_call.cuh>
#include <tenfold/kernel/cuda/driver/matmul.hpp>

TENFOLD_BEGIN
template <>
struct kernel<matmul_op, cuda> {
    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run(const cuda& where, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
        return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::matmul_on(gpu, x); }, x.a, x.b, x.c);
    }
};
TENFOLD_END
