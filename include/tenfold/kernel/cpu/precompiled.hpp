// SPDX-License-Identifier: Apache-2.0
// THE list of kernels that tenfold/kernels.cpp holds precompiled: an op with its element types joins with one line. [floor 4]
//
// The instances are those of exec/invoke.hpp's run_kernel: all of a call behind its checks. What is not in the list is
// compiled where it is called, as without precompiled kernels.
#pragma once

#include <tenfold/kernel/cpu/conv.hpp>
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/kernel/cpu/normalise.hpp>
#include <tenfold/kernel/cpu/reduce.hpp>
#include <tenfold/kernel/cpu/softmax.hpp>

/// X(op, arguments), once per kernel; the arguments are those that the op's make_..._arguments() returns.
#define TENFOLD_PRECOMPILED_LIST(X)                                                                  \
    X(matmul_op, matmul_arguments<float, float, float, 2, identity, host_space>)                     \
    X(matmul_op, matmul_arguments<float, float, float, 3, identity, host_space>)                     \
    X(matmul_op, matmul_arguments<double, double, double, 2, identity, host_space>)                  \
    X(matmul_op, matmul_arguments<bfloat16, bfloat16, bfloat16, 2, identity, host_space>)            \
    X(matmul_op, matmul_arguments<bfloat16, bfloat16, float, 2, identity, host_space>)               \
    X(matmul_op, matmul_arguments<half, half, half, 2, identity, host_space>)                        \
    X(matmul_op, matmul_arguments<half, half, float, 2, identity, host_space>)                       \
    X(matmul_op, matmul_arguments<std::int8_t, std::int8_t, std::int32_t, 2, identity, host_space>)  \
    X(matmul_op, matmul_arguments<std::uint8_t, std::int8_t, std::int32_t, 2, identity, host_space>) \
    X(conv_op, conv_arguments<float, float, float, 4, identity, host_space>)                         \
    X(reduce_op, reduce_arguments<float, 2, float, 1, sum_reducer, host_space>)                      \
    X(reduce_op, reduce_arguments<float, 2, float, 1, mean_reducer, host_space>)                     \
    X(softmax_op, softmax_arguments<float, float, 2, host_space>)                                    \
    X(softmax_op, softmax_arguments<float, float, 3, host_space>)                                    \
    X(layer_norm_op, normalise_arguments<float, float, float, float, 2, host_space>)                 \
    X(layer_norm_op, normalise_arguments<float, float, float, float, 3, host_space>)                 \
    X(rms_norm_op, normalise_arguments<float, float, float, float, 2, host_space>)                   \
    X(rms_norm_op, normalise_arguments<float, float, float, float, 3, host_space>)

#if TENFOLD_PRECOMPILED_KERNELS && !TENFOLD_TAG_CUDA
TENFOLD_BEGIN
/// Lives in tenfold/kernels.cpp. Where the linker misses it, that file was compiled with other flags than this one or is not
/// linked; its name is the message. nvcc's translation units compile their kernels themselves.
extern const char precompiled_kernels_with_the_flags_of_this_file;
[[maybe_unused]] __attribute__((used)) static const char* const wants_precompiled_kernels =
    &precompiled_kernels_with_the_flags_of_this_file;

#define TENFOLD_DECLARE_PRECOMPILED(op, ...) extern template status run_kernel<op, cpu, __VA_ARGS__>(const cpu&, const __VA_ARGS__&);
TENFOLD_PRECOMPILED_LIST(TENFOLD_DECLARE_PRECOMPILED)
#undef TENFOLD_DECLARE_PRECOMPILED
TENFOLD_END
#endif
