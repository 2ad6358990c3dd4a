// SPDX-License-Identifier: Apache-2.0
// softmax, log_softmax, layer_norm, rms_norm and cumulative_sum of the cuda backend, on the CUDA runtime.     [floor 4]
#pragma once

#include <tenfold/kernel/cuda/device_call.cuh>
#include <tenfold/kernel/cuda/driver/rows.hpp>
#include <tenfold/kernel/cuda/driver/scan.hpp>

TENFOLD_BEGIN
template <>
struct kernel<softmax_op, cuda> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cuda& where, const softmax_arguments<X, Y, Rank, Space>& a) {
        return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::softmax_on<false>(gpu, a); }, a.x, a.y);
    }
};
template <>
struct kernel<log_softmax_op, cuda> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cuda& where, const softmax_arguments<X, Y, Rank, Space>& a) {
        return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::softmax_on<true>(gpu, a); }, a.x, a.y);
    }
};
template <>
struct kernel<layer_norm_op, cuda> {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const cuda& where, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
        return gpu_kernels::call_on_stream(
            where, [&](auto& gpu) { return gpu_kernels::normalise_on<true>(gpu, a); }, a.x, a.scale, a.bias, a.y);
    }
};
template <>
struct kernel<rms_norm_op, cuda> {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const cuda& where, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
        return gpu_kernels::call_on_stream(
            where, [&](auto& gpu) { return gpu_kernels::normalise_on<false>(gpu, a); }, a.x, a.scale, a.bias, a.y);
    }
};
template <>
struct kernel<scan_op, cuda> {
    template <class T, class Y, std::size_t Rank, class Space>
    static status run(const cuda& where, const scan_arguments<T, Y, Rank, Space>& a) {
        return gpu_kernels::call_on_stream(where, [&](auto& gpu) { return gpu_kernels::scan_on(gpu, a); }, a.x, a.y);
    }
};
TENFOLD_END
