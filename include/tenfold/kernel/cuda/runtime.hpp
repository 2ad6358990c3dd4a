// SPDX-License-Identifier: Apache-2.0
// What the drivers of this backend ask of a GPU runtime, real or emulated: launches, memory, and its answers.  [floor 4]
#pragma once

#include <tenfold/core/status.hpp>
#include <tenfold/kernel/cuda/simt/pack.hpp>

#include <cstddef>

TENFOLD_BEGIN
namespace gpu_kernels {
struct launch_shape {
    unsigned blocks = 1;
    unsigned threads = 32;   ///< per block
    std::size_t shared = 0;  ///< bytes of dynamic shared memory per block
};

/// What a runtime answers; the meanings of the CUDA errors of that name.
enum class runtime_answer { success, out_of_memory, launch_failure, invalid_value, context_lost };

/// `why` is the runtime's name of the error.
inline status answer_failure(const char* op, const char* call, runtime_answer answer, const char* why, index_t bytes = 0) noexcept {
    switch (answer) {
        case runtime_answer::success: return {};
        case runtime_answer::out_of_memory:
            return failure(status_code::out_of_memory, op) << call << ": no device memory for " << bytes << " bytes (" << why << ")";
        case runtime_answer::context_lost:
            return failure(status_code::device, op) << call << ": the device's context is lost (" << why
                                                    << "), by an earlier call or this one; end the process or reset the device";
        default:
            return failure(status_code::device, op) << call << ": the device refused it (" << why
                                                    << "); an error before this one, or the lack of a device, may be the cause";
    }
}

/// Device memory of one call, given back behind the work that uses it.
template <class Runtime>
class device_workspace {
public:
    device_workspace(Runtime& gpu, std::size_t bytes)
        : gpu_(&gpu), answer_(bytes > 0 ? gpu.allocate(&data_, bytes) : runtime_answer::success) {}
    ~device_workspace() {
        if (data_ != nullptr) gpu_->free(data_);
    }
    device_workspace(const device_workspace&) = delete;
    device_workspace& operator=(const device_workspace&) = delete;

    [[nodiscard]] runtime_answer answer() const noexcept { return answer_; }
    template <class T>
    [[nodiscard]] T* at(std::size_t offset) const noexcept {
        return data_ == nullptr ? nullptr : reinterpret_cast<T*>(static_cast<unsigned char*>(data_) + offset);
    }

private:
    Runtime* gpu_;
    void* data_ = nullptr;
    runtime_answer answer_;
};
}  // namespace gpu_kernels
TENFOLD_END
