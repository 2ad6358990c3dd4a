// SPDX-License-Identifier: Apache-2.0
// What a call of this backend puts back as the calling thread had it: device, unread error, capture mode.     [floor 4]
#pragma once

#include <tenfold/config/abi.hpp>

#include <cuda_runtime_api.h>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Makes a device current and puts back the one that was.
class device_guard {
public:
    explicit device_guard(int device) noexcept {
        answer_ = cudaGetDevice(&before_);
        device_ = device < 0 ? before_ : device;
        if (answer_ == cudaSuccess && device_ != before_) answer_ = cudaSetDevice(device_);
    }
    ~device_guard() {
        if (answer_ == cudaSuccess && device_ != before_) static_cast<void>(cudaSetDevice(before_));
    }
    device_guard(const device_guard&) = delete;
    device_guard& operator=(const device_guard&) = delete;
    [[nodiscard]] cudaError_t answer() const noexcept { return answer_; }
    [[nodiscard]] int device() const noexcept { return device_; }

private:
    int before_ = -1;
    int device_ = -1;
    cudaError_t answer_;
};

/// The error that the calling thread has not read yet stays as it was: none of this backend's is left where there was none. One that was
/// there is replaced by that of a call that fails, which the runtime lets nobody undo.
class error_guard {
public:
    error_guard() noexcept : before_(cudaPeekAtLastError()) {}
    ~error_guard() {
        if (!left_ && before_ == cudaSuccess && cudaPeekAtLastError() != cudaSuccess) static_cast<void>(cudaGetLastError());
    }
    error_guard(const error_guard&) = delete;
    error_guard& operator=(const error_guard&) = delete;
    /// For a guard around this one to read.
    void leave() noexcept { left_ = true; }

private:
    cudaError_t before_;
    bool left_ = false;
};

/// Lets the calling thread do what CUDA forbids it while a stream is captured, on whatever thread: calls that the capture does not see.
/// The forbidden call would fail, and end the capture with it.
class relaxed_capture {
public:
    relaxed_capture() noexcept : changed_(cudaThreadExchangeStreamCaptureMode(&mode_) == cudaSuccess) {}
    ~relaxed_capture() {
        if (changed_) static_cast<void>(cudaThreadExchangeStreamCaptureMode(&mode_));
    }
    relaxed_capture(const relaxed_capture&) = delete;
    relaxed_capture& operator=(const relaxed_capture&) = delete;

private:
    cudaStreamCaptureMode mode_ = cudaStreamCaptureModeRelaxed;  ///< then the thread's own
    bool changed_;
};
}  // namespace gpu_kernels
TENFOLD_END
