// SPDX-License-Identifier: Apache-2.0
// stream_workspace: device memory that the calls of one stream share, so that they allocate and clear nothing. [floor 4]
#pragma once

#include <tenfold/core/error.hpp>
#include <tenfold/kernel/cuda/stream_runtime.cuh>

#include <limits>

TENFOLD_BEGIN
/// Owns the workspace of one stream: make it before a capture, pass `on()` to calls, keep it until their work is done, that of
/// graphs included. Calls on other streams must not use it. The destructor waits for the device, as cudaFree() does.
class stream_workspace {
public:
    stream_workspace() noexcept = default;
    ~stream_workspace() {
        if (where_.workspace.data == nullptr) return;
        const gpu_kernels::error_guard error;
        const gpu_kernels::device_guard device(where_.device);
        gpu_kernels::free_device_memory(where_.workspace.data);
    }
    stream_workspace(const stream_workspace&) = delete;
    stream_workspace& operator=(const stream_workspace&) = delete;

    /// Once per object: `bytes` and the counters, for the stream of `where`.
    [[nodiscard]] status allocate(const cuda& where, std::size_t bytes) noexcept {
        using gpu_kernels::runtime_answer;
        constexpr const char* op = "stream_workspace";
        if (where_.workspace.data != nullptr) return failure(status_code::shape, op) << "has memory already; make another one";
        constexpr std::size_t most = (std::numeric_limits<index_t>::max)() - gpu_kernels::counter_bytes;
        if (bytes > most) {
            return failure(status_code::out_of_memory, op)
                   << bytes << " bytes are more than any device has; a call that lacks workspace says how many it needs";
        }
        gpu_kernels::stream_runtime gpu(where);
        if (gpu.ready() != runtime_answer::success) return gpu_kernels::answer_failure(op, "finding the device", gpu.ready(), gpu.why());
        if (status s = gpu_kernels::refuse_in_capture(gpu, op); !s.ok()) return s;
        const std::size_t need = bytes + gpu_kernels::counter_bytes;
        void* data = nullptr;
        runtime_answer answer = gpu.allocate_kept(&data, need);
        if (answer == runtime_answer::success) {
            answer = gpu.clear(data, gpu_kernels::counter_bytes);
            if (answer != runtime_answer::success) gpu_kernels::free_device_memory(data);
        }
        if (answer == runtime_answer::success) where_ = {where.stream, gpu.device(), {data, need}, where.memory};
        return gpu_kernels::answer_failure(op, "allocating", answer, gpu.why(), static_cast<index_t>(need));
    }
    /// The backend whose calls use this memory; results come from the `.memory` that allocate() was given.
    [[nodiscard]] const cuda& on() const noexcept { return where_; }

private:
    cuda where_;
};
TENFOLD_END
