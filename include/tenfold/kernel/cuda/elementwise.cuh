// SPDX-License-Identifier: Apache-2.0
// transform, copy and convert of the cuda backend: driver/elementwise.hpp on the CUDA runtime.                [floor 4]
#pragma once

#include <tenfold/kernel/cuda/device_call.cuh>
#include <tenfold/kernel/cuda/driver/elementwise.hpp>

TENFOLD_BEGIN
template <>
struct kernel<transform_op, cuda> {
    template <class F, class Y, std::size_t Rank, class Space, class... X>
    static status run(const cuda& where, const transform_arguments<F, Y, Rank, Space, X...>& t) {
        return std::apply(
            [&](const auto&... x) {
                return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::transform_on(gpu, t); }, x..., t.y);
            },
            t.inputs);
    }
};
template <>
struct kernel<copy_op, cuda> {
    template <class T, std::size_t Rank, class Space>
    static status run(const cuda& where, const movement_arguments<T, T, Rank, Space>& m) {
        return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::convert_on(gpu, copy_op::name, m); }, m.x, m.y);
    }
};
template <>
struct kernel<convert_op, cuda> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cuda& where, const movement_arguments<X, Y, Rank, Space>& m) {
        return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::convert_on(gpu, convert_op::name, m); }, m.x, m.y);
    }
};
TENFOLD_END
