// SPDX-License-Identifier: Apache-2.0
// transform, copy and convert of the cuda backend: driver/elementwise.hpp on the CUDA runtime.                [floor 4]
#pragma once

#include <tenfold/kernel/cuda/driver/elementwise.hpp>
#include <tenfold/kernel/cuda/stream_runtime.cuh>

TENFOLD_BEGIN
template <>
struct kernel<transform_op, cuda> {
    template <class F, class Y, std::size_t Rank, class Space, class... X>
    static status run(const cuda& where, const transform_arguments<F, Y, Rank, Space, X...>& t) {
        gpu_kernels::stream_runtime gpu(where);
        return gpu_kernels::transform_on(gpu, t);
    }
};
template <>
struct kernel<copy_op, cuda> {
    template <class T, std::size_t Rank, class Space>
    static status run(const cuda& where, const movement_arguments<T, T, Rank, Space>& m) {
        gpu_kernels::stream_runtime gpu(where);
        return gpu_kernels::convert_on(gpu, copy_op::name, m);
    }
};
template <>
struct kernel<convert_op, cuda> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cuda& where, const movement_arguments<X, Y, Rank, Space>& m) {
        gpu_kernels::stream_runtime gpu(where);
        return gpu_kernels::convert_on(gpu, convert_op::name, m);
    }
};
TENFOLD_END
