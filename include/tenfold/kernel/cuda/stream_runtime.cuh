// SPDX-License-Identifier: Apache-2.0
// stream_runtime: what drivers ask of a GPU, answered by the CUDA runtime on one stream of one device.        [floor 4]
#pragma once

#include <tenfold/exec/cuda.hpp>
#include <tenfold/kernel/cuda/caller_state.cuh>
#include <tenfold/kernel/cuda/launch.cuh>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Errors after which every call on the context fails.
inline bool context_is_lost(cudaError_t error) noexcept {
    switch (error) {
        case cudaErrorECCUncorrectable:
        case cudaErrorIllegalAddress:
        case cudaErrorLaunchTimeout:
        case cudaErrorAssert:
        case cudaErrorHardwareStackError:
        case cudaErrorIllegalInstruction:
        case cudaErrorMisalignedAddress:
        case cudaErrorInvalidAddressSpace:
        case cudaErrorInvalidPc:
        case cudaErrorLaunchFailure:
        case cudaErrorContained:
        case cudaErrorTensorMemoryLeak:
        case cudaErrorMpsClientTerminated:
        case cudaErrorExternalDevice: return true;
        default: return false;
    }
}

inline runtime_answer answer_of(cudaError_t error) noexcept {
    if (error == cudaSuccess) return runtime_answer::success;
    if (error == cudaErrorMemoryAllocation) return runtime_answer::out_of_memory;
    if (error == cudaErrorInvalidValue || error == cudaErrorInvalidConfiguration) return runtime_answer::invalid_value;
    return context_is_lost(error) ? runtime_answer::context_lost : runtime_answer::launch_failure;
}

/// Memory of the current device's own. No graph allocates it, so a capture, of whatever stream, sees neither this nor its end.
inline cudaError_t allocate_device_memory(void** result, std::size_t bytes) noexcept {
    const relaxed_capture anywhere;
    return cudaMalloc(result, bytes);
}
inline void free_device_memory(void* pointer) noexcept {
    const relaxed_capture anywhere;
    static_cast<void>(cudaFree(pointer));
}

/// Memory in stream order: of a pool, where the device has any. Some virtual GPUs have none: there it is the device's own, and giving
/// it back waits for the stream.
struct stream_allocator {
    cudaStream_t stream = nullptr;
    bool has_pools = false;
    cudaMemPool_t pool = nullptr;  ///< null: the device's current one

    cudaError_t allocate(void** result, std::size_t bytes) const noexcept {
        if (!has_pools) return allocate_device_memory(result, bytes);
        return pool == nullptr ? cudaMallocAsync(result, bytes, stream) : cudaMallocFromPoolAsync(result, bytes, pool, stream);
    }
    void free(void* pointer) const noexcept {
        if (has_pools) {
            static_cast<void>(cudaFreeAsync(pointer, stream));
        } else if (cudaStreamSynchronize(stream) == cudaSuccess) {
            free_device_memory(pointer);
        }
    }
};

/// What a memory_resource of CUDA's memory answers: null where `allocate` fails. Of that no error is left, but that of a lost context, which
/// nothing clears, and by which stream_runtime tells it from a lack of memory.
template <class Allocate>
void* memory_or_null(const Allocate& allocate) noexcept {
    error_guard error;
    void* result = nullptr;
    const cudaError_t done = allocate(&result);
    if (context_is_lost(done)) error.leave();
    return done == cudaSuccess ? result : nullptr;
}

class stream_runtime {
public:
    explicit stream_runtime(const cuda& where) noexcept
        : device_(where.device), stream_(where.stream), workspace_(where.workspace), memory_(where.memory), last_(device_.answer()) {
        int pools = 0;
        if (last_ == cudaSuccess) last_ = cudaDeviceGetAttribute(&pools, cudaDevAttrMemoryPoolsSupported, device_.device());
        allocator_ = {stream_, pools != 0};
    }

    /// Why nothing can be done here at all, such as no device; success otherwise.
    [[nodiscard]] runtime_answer ready() const noexcept { return answer_of(last_); }
    /// The name of the last error.
    [[nodiscard]] const char* why() const noexcept { return cudaGetErrorName(last_); }

    [[nodiscard]] int device() const noexcept { return device_.device(); }
    /// Memory of the caller's for calls of this stream.
    [[nodiscard]] const gpu_workspace& workspace() const noexcept { return workspace_; }
    /// `capturing` where the stream's work is recorded, not run: then nothing may be allocated or waited for. The default stream cannot
    /// even be asked while another one is captured: then the runtime's answer.
    [[nodiscard]] runtime_answer capture_state() noexcept {
        cudaStreamCaptureStatus state = cudaStreamCaptureStatusNone;
        const runtime_answer asked = answer(cudaStreamIsCapturing(stream_, &state));
        return asked == runtime_answer::success && state != cudaStreamCaptureStatusNone ? runtime_answer::capturing : asked;
    }

    [[nodiscard]] const stream_allocator& allocator() const noexcept { return allocator_; }
    /// In stream order, from the caller's resource where there is one.
    runtime_answer allocate(void** result, std::size_t bytes) noexcept {
        if (memory_ == nullptr) return answer(allocator_.allocate(result, bytes));
        *result = allocate_host(memory_, bytes, tensor_alignment);
        if (*result != nullptr) return answer(cudaSuccess);
        const cudaError_t pending = cudaPeekAtLastError();  // null alone does not tell a lost context from a lack of memory
        return answer(context_is_lost(pending) ? pending : cudaErrorMemoryAllocation);
    }
    /// Memory that outlives the call and its stream; cudaFree() gives it back.
    runtime_answer allocate_kept(void** result, std::size_t bytes) noexcept { return answer(allocate_device_memory(result, bytes)); }
    void free(void* pointer, std::size_t bytes) noexcept {
        if (memory_ == nullptr) {
            allocator_.free(pointer);
        } else {
            deallocate_host(memory_, pointer, bytes, tensor_alignment);
        }
    }
    runtime_answer clear(void* to, std::size_t bytes) noexcept { return answer(cudaMemsetAsync(to, 0, bytes, stream_)); }
    runtime_answer copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) noexcept {
        return answer(cudaMemcpyAsync(to, from, bytes, kind, stream_));
    }
    runtime_answer synchronise() noexcept { return answer(cudaStreamSynchronize(stream_)); }
    template <class Body>
    runtime_answer launch(const launch_shape& shape, const typename Body::arguments& arguments) noexcept {
        return answer(launch_body<Body>(shape, arguments, stream_));
    }

private:
    runtime_answer answer(cudaError_t error) noexcept {
        last_ = error;
        return answer_of(error);
    }

    error_guard error_;  // first, so that it outlives all other calls
    device_guard device_;
    cudaStream_t stream_;
    gpu_workspace workspace_;
    memory_resource* memory_;
    cudaError_t last_;
    stream_allocator allocator_;
};

/// A failure where the stream is captured, or cannot be asked, for what no workspace makes legal there.
inline status refuse_in_capture(stream_runtime& gpu, const char* op) noexcept {
    const runtime_answer state = gpu.capture_state();
    if (state != runtime_answer::capturing) return answer_failure(op, "asking whether the stream is captured", state, gpu.why());
    return failure(status_code::device, op) << "the stream is being captured, when nothing may be allocated or waited for; call it before "
                                               "or after the capture";
}
}  // namespace gpu_kernels
TENFOLD_END
