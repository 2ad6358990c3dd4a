// SPDX-License-Identifier: Apache-2.0
// stream_memory: a memory pool of one stream, for the results and the workspace of its calls.               [floor 4]
#pragma once

#include <tenfold/kernel/cuda/stream_runtime.cuh>

#include <atomic>
#include <limits>
#include <new>
#include <utility>

TENFOLD_BEGIN
/// Memory comes and goes in the order of the stream's work: no call that uses `on()` waits, and no tensor that was made by one does when
/// it ends. The pool keeps what is given back. Where the device has no pools the memory is the device's own, and giving it back waits.
///
/// It outlives its tensors, and ends outside a capture of its stream, which outlives it. A tensor that work of another stream still uses
/// must not end before that (gpu_event tells). Memory of one that ends while the stream is captured goes back at the next call after that.
class stream_memory final : public memory_resource {
public:
    stream_memory() noexcept = default;
    ~stream_memory() override {
        if (where_.memory == nullptr) return;
        const gpu_kernels::error_guard error;
        const gpu_kernels::device_guard device(where_.device);
        give_back_late();
        if (allocator_.pool != nullptr) static_cast<void>(cudaMemPoolDestroy(allocator_.pool));
    }
    stream_memory(const stream_memory&) = delete;
    stream_memory& operator=(const stream_memory&) = delete;

    /// Once per object, before it is used: makes the pool, for the stream of `where`.
    [[nodiscard]] status open(const cuda& where) noexcept {
        using gpu_kernels::runtime_answer;
        constexpr const char* op = "stream_memory";
        if (where_.memory != nullptr) return failure(status_code::shape, op) << "is open already; make another one";
        gpu_kernels::stream_runtime gpu(where);
        if (gpu.ready() != runtime_answer::success) return gpu_kernels::answer_failure(op, "finding the device", gpu.ready(), gpu.why());
        allocator_ = gpu.allocator();
        if (allocator_.has_pools) {
            cudaMemPoolProps properties{};
            properties.allocType = cudaMemAllocationTypePinned;
            properties.location.type = cudaMemLocationTypeDevice;
            properties.location.id = gpu.device();
            std::uint64_t kept = (std::numeric_limits<std::uint64_t>::max)();
            cudaError_t made = cudaMemPoolCreate(&allocator_.pool, &properties);
            if (made == cudaSuccess) {
                made = cudaMemPoolSetAttribute(allocator_.pool, cudaMemPoolAttrReleaseThreshold, &kept);
                if (made != cudaSuccess) static_cast<void>(cudaMemPoolDestroy(allocator_.pool));
            }
            if (made != cudaSuccess) {
                allocator_ = {};
                return gpu_kernels::answer_failure(op, "making a pool", gpu_kernels::answer_of(made), cudaGetErrorName(made));
            }
        }
        where_ = {where.stream, gpu.device(), where.workspace, this};
        return {};
    }
    /// The backend whose calls use this memory, and the `.workspace` that open() was given.
    [[nodiscard]] const cuda& on() const noexcept { return where_; }

    /// Null also while the stream is captured, or cannot be asked whether it is.
    void* allocate(std::size_t bytes, std::size_t) noexcept override {
        return gpu_kernels::memory_or_null([&](void** result) {
            const gpu_kernels::device_guard device(where_.device);
            if (where_.memory == nullptr) return cudaErrorInvalidValue;  // nobody has opened it
            if (captured()) return cudaErrorStreamCaptureUnsupported;
            give_back_late();
            return allocator_.allocate(result, bytes);
        });
    }
    void deallocate(void* pointer, std::size_t, std::size_t) noexcept override {
        const gpu_kernels::error_guard error;
        const gpu_kernels::device_guard device(where_.device);
        if (captured()) {
            keep_for_later(pointer);
        } else {
            give_back_late();
            allocator_.free(pointer);
        }
    }

private:
    /// What came back while CUDA took nothing back.
    struct late_memory {
        void* pointer;
        late_memory* next;
    };
    /// Or cannot be asked, as the default stream while another one is captured.
    [[nodiscard]] bool captured() const noexcept {
        cudaStreamCaptureStatus state = cudaStreamCaptureStatusNone;
        return cudaStreamIsCapturing(where_.stream, &state) != cudaSuccess || state != cudaStreamCaptureStatusNone;
    }
    void keep_for_later(void* pointer) noexcept {
        auto* const entry = new (std::nothrow) late_memory{pointer, late_.load(std::memory_order_relaxed)};
        if (entry == nullptr) return;  // the pool keeps it until it is destroyed
        while (!late_.compare_exchange_weak(entry->next, entry, std::memory_order_release, std::memory_order_relaxed)) {}
    }
    void give_back_late() noexcept {
        for (late_memory* entry = late_.exchange(nullptr, std::memory_order_acquire); entry != nullptr;) {
            allocator_.free(entry->pointer);
            delete std::exchange(entry, entry->next);
        }
    }

    cuda where_;
    gpu_kernels::stream_allocator allocator_;
    std::atomic<late_memory*> late_{nullptr};
};
TENFOLD_END
