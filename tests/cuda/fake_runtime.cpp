// SPDX-License-Identifier: Apache-2.0
// Functions of the CUDA runtime that stand before those of the shared library. (nvcc has device versions of its own of some.)
#include "fake_runtime.hpp"

#include <utility>

namespace fake {
runtime state;
namespace {
unsigned char memory[1 << 20];
}
}  // namespace fake

extern "C" {
cudaError_t CUDARTAPI cudaGetDevice(int* device) {
    *device = fake::state.device;
    return cudaSuccess;
}
cudaError_t CUDARTAPI cudaSetDevice(int device) {
    fake::state.device = device;
    return cudaSuccess;
}
cudaError_t CUDARTAPI cudaDeviceGetAttribute(int* value, cudaDeviceAttr, int) {
    *value = fake::state.pools ? 1 : 0;
    return cudaSuccess;
}
cudaError_t CUDARTAPI cudaMalloc(void** result, size_t) {
    *result = fake::memory;
    return fake::state.ask("cudaMalloc");
}
cudaError_t CUDARTAPI cudaMallocAsync(void** result, size_t, cudaStream_t) {
    *result = fake::memory;
    return fake::state.ask("cudaMallocAsync");
}
cudaError_t CUDARTAPI cudaFree(void*) { return fake::state.ask("cudaFree"); }
cudaError_t CUDARTAPI cudaFreeAsync(void*, cudaStream_t) { return fake::state.ask("cudaFreeAsync"); }
cudaError_t CUDARTAPI cudaMemsetAsync(void*, int, size_t, cudaStream_t) { return fake::state.ask("cudaMemsetAsync"); }
cudaError_t CUDARTAPI cudaStreamSynchronize(cudaStream_t) { return fake::state.ask("cudaStreamSynchronize"); }
cudaError_t CUDARTAPI cudaStreamIsCapturing(cudaStream_t, cudaStreamCaptureStatus* status) {
    *status = fake::state.capturing ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
    return fake::state.answer(fake::state.capture_query);
}
cudaError_t CUDARTAPI cudaLaunchKernelExC(const cudaLaunchConfig_t*, const void*, void**) { return fake::state.ask("cudaLaunchKernelExC"); }
cudaError_t CUDARTAPI cudaMemcpyAsync(void*, const void*, size_t, cudaMemcpyKind, cudaStream_t) {
    return fake::state.ask("cudaMemcpyAsync");
}
cudaError_t CUDARTAPI cudaPeekAtLastError() { return fake::state.pending; }
cudaError_t CUDARTAPI cudaGetLastError() {
    fake::state.calls.push_back({"cudaGetLastError", fake::state.device});
    return std::exchange(fake::state.pending, cudaSuccess);
}
}
