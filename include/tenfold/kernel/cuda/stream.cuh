// SPDX-License-Identifier: Apache-2.0
// gpu_stream and gpu_event: streams that are owned, and one stream's work ordered after another's.           [floor 4]
#pragma once

#include <tenfold/kernel/cuda/stream_runtime.cuh>

TENFOLD_BEGIN
namespace gpu_kernels {
/// `call(device)` on the device of `where`, once that is known.
template <class Call>
status ask_device(const cuda& where, const char* op, const char* what, const Call& call) noexcept {
    const stream_runtime gpu(where);
    if (gpu.ready() != runtime_answer::success) return answer_failure(op, "finding the device", gpu.ready(), gpu.why());
    const cudaError_t answer = call(gpu.device());
    return answer_failure(op, what, answer_of(answer), cudaGetErrorName(answer));
}
}  // namespace gpu_kernels

/// Owns a stream that does not wait for the default stream. Destroyed, it ends when its work is done, without anybody waiting.
class gpu_stream {
public:
    gpu_stream() noexcept = default;
    ~gpu_stream() {
        if (where_.stream == nullptr) return;
        const gpu_kernels::error_guard error;
        static_cast<void>(cudaStreamDestroy(where_.stream));
    }
    gpu_stream(const gpu_stream&) = delete;
    gpu_stream& operator=(const gpu_stream&) = delete;

    /// Once per object; -1: on the calling thread's current device.
    [[nodiscard]] status create(int device = -1) noexcept {
        if (where_.stream != nullptr) return failure(status_code::shape, "gpu_stream") << "has a stream already; make another one";
        return gpu_kernels::ask_device({.device = device}, "gpu_stream", "making a stream", [&](int found) {
            cudaStream_t made = nullptr;
            const cudaError_t answer = cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking);
            if (answer == cudaSuccess) where_ = {.stream = made, .device = found};
            return answer;
        });
    }
    /// The backend whose calls enqueue here.
    [[nodiscard]] const cuda& on() const noexcept { return where_; }
    /// The calling thread waits until all work so far is done. Failures of that work show here.
    [[nodiscard]] status wait() noexcept {
        return gpu_kernels::ask_device(where_, "gpu_stream", "waiting for the stream",
                                       [&](int) { return cudaStreamSynchronize(where_.stream); });
    }

private:
    cuda where_;
};

/// A place in the work of a stream, for others to wait for.
class gpu_event {
public:
    gpu_event() noexcept = default;
    ~gpu_event() {
        if (event_ == nullptr) return;
        const gpu_kernels::error_guard error;
        static_cast<void>(cudaEventDestroy(event_));
    }
    gpu_event(const gpu_event&) = delete;
    gpu_event& operator=(const gpu_event&) = delete;

    /// The event is all work of that stream so far.
    [[nodiscard]] status record(const cuda& where) noexcept {
        return gpu_kernels::ask_device(where, "gpu_event", "recording an event", [&](int device) {
            const bool first = event_ == nullptr;
            cudaError_t answer = first ? cudaEventCreateWithFlags(&event_, cudaEventDisableTiming) : cudaSuccess;
            if (answer != cudaSuccess) return answer;
            answer = cudaEventRecord(event_, where.stream);
            if (answer == cudaSuccess) {
                device_ = device;
            } else if (first) {  // an event that was never recorded would hold nobody
                static_cast<void>(cudaEventDestroy(event_));
                event_ = nullptr;
            }
            return answer;
        });
    }
    /// Later work of that stream comes after the event; nobody waits here.
    [[nodiscard]] status hold(const cuda& where) const noexcept {
        if (event_ == nullptr) return nothing_recorded();
        return gpu_kernels::ask_device(where, "gpu_event", "holding a stream",
                                       [&](int) { return cudaStreamWaitEvent(where.stream, event_, 0); });
    }
    /// The calling thread waits for the event.
    [[nodiscard]] status wait() const noexcept {
        if (event_ == nullptr) return nothing_recorded();
        return gpu_kernels::ask_device({.device = device_}, "gpu_event", "waiting for an event",
                                       [&](int) { return cudaEventSynchronize(event_); });
    }

private:
    static status nothing_recorded() noexcept {
        return failure(status_code::shape, "gpu_event") << "nothing was recorded; call record() first";
    }

    cudaEvent_t event_ = nullptr;
    int device_ = -1;
};
TENFOLD_END
