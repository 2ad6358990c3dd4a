// SPDX-License-Identifier: Apache-2.0
// Functions of the CUDA runtime that stand before those of the shared library. (nvcc has device versions of its own of some.)
#include "fake_runtime.hpp"

#include <cstring>
#include <utility>

namespace fake {
runtime state;
namespace {
alignas(256) unsigned char memory[1 << 20];
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
    return fake::state.ask_outside_capture("cudaMalloc", fake::state.mode == cudaStreamCaptureModeRelaxed);
}
cudaError_t CUDARTAPI cudaMallocAsync(void** result, size_t, cudaStream_t stream) {
    *result = fake::memory;
    return fake::state.ask("cudaMallocAsync", stream);
}
cudaError_t CUDARTAPI cudaMallocFromPoolAsync(void** result, size_t, cudaMemPool_t, cudaStream_t stream) {
    *result = fake::memory;
    return fake::state.ask("cudaMallocFromPoolAsync", stream);
}
cudaError_t CUDARTAPI cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
    std::swap(*mode, fake::state.mode);
    return cudaSuccess;
}
cudaError_t CUDARTAPI cudaFree(void*) {
    return fake::state.ask_outside_capture("cudaFree", fake::state.mode == cudaStreamCaptureModeRelaxed);
}
cudaError_t CUDARTAPI cudaFreeAsync(void*, cudaStream_t stream) { return fake::state.ask_outside_capture("cudaFreeAsync", false, stream); }
cudaError_t CUDARTAPI cudaMemPoolCreate(cudaMemPool_t* pool, const cudaMemPoolProps* properties) {
    *pool = reinterpret_cast<cudaMemPool_t>(fake::memory);
    fake::state.pool_device = properties->location.id;
    return fake::state.ask("cudaMemPoolCreate");
}
cudaError_t CUDARTAPI cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void* value) {
    fake::state.kept_by_pool = *static_cast<std::uint64_t*>(value);
    return fake::state.ask("cudaMemPoolSetAttribute");
}
cudaError_t CUDARTAPI cudaMemPoolDestroy(cudaMemPool_t) { return fake::state.ask("cudaMemPoolDestroy"); }
cudaError_t CUDARTAPI cudaMemsetAsync(void*, int, size_t, cudaStream_t stream) { return fake::state.ask("cudaMemsetAsync", stream); }
cudaError_t CUDARTAPI cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
    *stream = reinterpret_cast<cudaStream_t>(fake::memory + (flags == cudaStreamNonBlocking ? 1 : 2));
    return fake::state.ask("cudaStreamCreateWithFlags");
}
cudaError_t CUDARTAPI cudaStreamDestroy(cudaStream_t stream) { return fake::state.ask("cudaStreamDestroy", stream); }
cudaError_t CUDARTAPI cudaStreamSynchronize(cudaStream_t stream) { return fake::state.ask("cudaStreamSynchronize", stream); }
cudaError_t CUDARTAPI cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t, unsigned) {
    return fake::state.ask("cudaStreamWaitEvent", stream);
}
cudaError_t CUDARTAPI cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
    *event = reinterpret_cast<cudaEvent_t>(fake::memory);
    return fake::state.ask("cudaEventCreateWithFlags");
}
cudaError_t CUDARTAPI cudaEventRecord(cudaEvent_t, cudaStream_t stream) { return fake::state.ask("cudaEventRecord", stream); }
cudaError_t CUDARTAPI cudaEventSynchronize(cudaEvent_t) { return fake::state.ask("cudaEventSynchronize"); }
cudaError_t CUDARTAPI cudaEventDestroy(cudaEvent_t) { return fake::state.ask("cudaEventDestroy"); }
cudaError_t CUDARTAPI cudaStreamIsCapturing(cudaStream_t, cudaStreamCaptureStatus* status) {
    *status = fake::state.capturing ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
    return fake::state.answer(fake::state.capture_query);
}
cudaError_t CUDARTAPI cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void*, void**) {
    return fake::state.ask("cudaLaunchKernelExC", config->stream);
}
cudaError_t CUDARTAPI cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
    const cudaError_t answer = fake::state.ask("cudaMemcpyAsync", stream);
    if (answer == cudaSuccess && bytes <= sizeof fake::memory) std::memcpy(to, from, bytes);
    return answer;
}
// What waits for the device unasked, or asks whether it is done.
cudaError_t CUDARTAPI cudaDeviceSynchronize() { return fake::state.ask("cudaDeviceSynchronize"); }
cudaError_t CUDARTAPI cudaMemcpy(void*, const void*, size_t, cudaMemcpyKind) { return fake::state.ask("cudaMemcpy"); }
cudaError_t CUDARTAPI cudaMemset(void*, int, size_t) { return fake::state.ask("cudaMemset"); }
cudaError_t CUDARTAPI cudaStreamQuery(cudaStream_t stream) { return fake::state.ask("cudaStreamQuery", stream); }
cudaError_t CUDARTAPI cudaEventQuery(cudaEvent_t) { return fake::state.ask("cudaEventQuery"); }
cudaError_t CUDARTAPI cudaPeekAtLastError() { return fake::state.pending; }
cudaError_t CUDARTAPI cudaGetLastError() {
    fake::state.calls.push_back({"cudaGetLastError", fake::state.device, nullptr});
    return std::exchange(fake::state.pending, cudaSuccess);
}
}
