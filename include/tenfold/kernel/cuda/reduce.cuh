// SPDX-License-Identifier: Apache-2.0
// Reductions of the cuda backend: driver/reduce.hpp on the CUDA runtime.                              [floor 4]
#pragma once

#include <tenfold/kernel/cuda/device_call.cuh>
#include <tenfold/kernel/cuda/driver/reduce.hpp>

TENFOLD_BEGIN
template <>
struct kernel<reduce_op, cuda> {
    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
    static status run(const cuda& where, const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) {
        return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::reduce_on(gpu, a); }, a.x, a.y);
    }
};
TENFOLD_END
