// SPDX-License-Identifier: Apache-2.0
// The only door to a launch: a kernel body as a kernel, enqueued by the runtime's own call.                   [floor 4]
#pragma once

#include <tenfold/kernel/cuda/runtime.hpp>
#include <tenfold/kernel/cuda/simt/device.cuh>

#include <cuda_runtime_api.h>

TENFOLD_BEGIN
namespace gpu_kernels {
/// At least one block per multiprocessor: without that word ptxas aims at 64 registers or fewer, and rather spills than takes one more.
template <class Body>
__global__ void __launch_bounds__(Body::threads, 1) run_body(const __grid_constant__ typename Body::arguments arguments) {
    Body::run(device_thread{}, arguments);
}

/// The call's own answer: whatever error the caller left pending stays there.
template <class Body>
cudaError_t launch_body(const launch_shape& shape, const typename Body::arguments& arguments, cudaStream_t stream) noexcept {
    cudaLaunchConfig_t config{};
    config.gridDim = dim3(shape.blocks);
    config.blockDim = dim3(shape.threads);
    config.dynamicSmemBytes = shape.shared;
    config.stream = stream;
    void* parameters[] = {const_cast<void*>(static_cast<const void*>(&arguments))};
    return cudaLaunchKernelExC(&config, reinterpret_cast<const void*>(&run_body<Body>), parameters);
}
}  // namespace gpu_kernels
TENFOLD_END
