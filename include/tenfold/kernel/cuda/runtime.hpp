// SPDX-License-Identifier: Apache-2.0
// What the drivers of this backend ask of a GPU runtime, real or emulated: launches, memory, and its answers.  [floor 4]
#pragma once

#include <tenfold/core/status.hpp>
#include <tenfold/kernel/cuda/simt/pack.hpp>

#include <cstddef>
#include <cstdint>

TENFOLD_BEGIN
namespace gpu_kernels {
struct launch_shape {
    unsigned blocks = 1;
    unsigned threads = 32;   ///< per block
    std::size_t shared = 0;  ///< bytes of dynamic shared memory per block
};

/// What a runtime answers; the meanings of the CUDA errors of that name. `capturing`: memory is needed and none may be allocated.
enum class runtime_answer { success, out_of_memory, launch_failure, invalid_value, context_lost, capturing };

/// `why` is the runtime's name of the error.
inline status answer_failure(const char* op, const char* call, runtime_answer answer, const char* why, index_t bytes = 0) noexcept {
    switch (answer) {
        case runtime_answer::success: return {};
        case runtime_answer::out_of_memory:
            return failure(status_code::out_of_memory, op) << call << ": no device memory for " << bytes << " bytes (" << why << ")";
        case runtime_answer::context_lost:
            return failure(status_code::device_lost, op) << call << ": the device's context is lost (" << why
                                                         << "), by an earlier call or this one; end the process or reset the device";
        case runtime_answer::capturing:
            return failure(status_code::device, op)
                   << call << ": the stream is being captured, when nothing may be allocated. Give the backend a workspace of at least "
                   << bytes << " bytes (stream_workspace)";
        default:
            return failure(status_code::device, op) << call << ": the device refused it (" << why
                                                    << "); an error before this one, or the lack of a device, may be the cause";
    }
}

/// Results that blocks may share in one launch: one counter each.
inline constexpr index_t most_shared_results = 512;
inline constexpr std::size_t counter_bytes = most_shared_results * sizeof(std::uint32_t);

/// Counters, which are zero, and `bytes` of device memory for one call: of the stream's workspace where that is large enough, else
/// allocated, and given back behind the work that uses it. Nothing at all for 0 bytes.
template <class Runtime>
class call_workspace {
public:
    call_workspace(Runtime& gpu, const char* op, std::size_t bytes) : gpu_(&gpu) {
        if (bytes == 0) return;
        const std::size_t need = counter_bytes + bytes;
        bytes_ = need;
        if (gpu.workspace().data != nullptr && gpu.workspace().bytes >= need) {
            data_ = gpu.workspace().data;
            return;
        }
        runtime_answer answer = gpu.capture_state();
        if (answer == runtime_answer::success) answer = gpu.allocate(&data_, need);
        owned_ = answer == runtime_answer::success;
        state_ = answer_failure(op, "allocating workspace", answer, gpu.why(), static_cast<index_t>(need));
        if (!owned_) return;
        answer = gpu.clear(data_, counter_bytes);
        state_ = answer_failure(op, "clearing counters", answer, gpu.why());
    }
    ~call_workspace() {
        if (owned_) gpu_->free(data_, bytes_);
    }
    call_workspace(const call_workspace&) = delete;
    call_workspace& operator=(const call_workspace&) = delete;

    [[nodiscard]] const status& state() const noexcept { return state_; }
    [[nodiscard]] std::uint32_t* counters() const noexcept { return static_cast<std::uint32_t*>(data_); }
    template <class T>
    [[nodiscard]] T* memory() const noexcept {
        return data_ == nullptr ? nullptr : reinterpret_cast<T*>(static_cast<unsigned char*>(data_) + counter_bytes);
    }

private:
    Runtime* gpu_;
    void* data_ = nullptr;
    std::size_t bytes_ = 0;
    bool owned_ = false;
    status state_;
};
}  // namespace gpu_kernels
TENFOLD_END
