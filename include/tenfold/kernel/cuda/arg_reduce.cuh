// SPDX-License-Identifier: Apache-2.0
// Arg-reductions of the cuda backend: driver/reduce.hpp on the CUDA runtime.                                 [floor 4]
#pragma once

#include <tenfold/kernel/cuda/device_call.cuh>
#include <tenfold/kernel/cuda/driver/reduce.hpp>

TENFOLD_BEGIN
template <>
struct kernel<arg_reduce_op, cuda> {
    template <class T, std::size_t Rank, std::size_t OutRank, bool Largest, bool WithValue, class Space>
    static status run(const cuda& where, const arg_reduce_arguments<T, Rank, OutRank, Largest, WithValue, Space>& a) {
        return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::arg_reduce_on(gpu, a); }, a.x, a.index);
    }
};
TENFOLD_END
