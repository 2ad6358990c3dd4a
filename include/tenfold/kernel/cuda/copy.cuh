// SPDX-License-Identifier: Apache-2.0
// Device tensors, and copies between host and device.                                                       [floor 4]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/check.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/kernel/cuda/device_call.cuh>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Hands out the memory of the calling thread's current device. Giving it back waits for the work that may still use it; a tensor of
/// cuda{.memory} goes back in stream order, without waiting.
class device_resource final : public memory_resource {
public:
    void* allocate(std::size_t bytes, std::size_t) noexcept override {
        return memory_or_null([&](void** result) { return allocate_device_memory(result, bytes); });
    }
    void deallocate(void* pointer, std::size_t, std::size_t) noexcept override {
        const error_guard error;
        free_device_memory(pointer);
    }

    /// Never destroyed: tensors may outlive everything else.
    static device_resource& instance() noexcept {
        alignas(device_resource) static unsigned char memory[sizeof(device_resource)];
        static auto* const resource = new (memory) device_resource;
        return *resource;
    }
};

/// Of a legal shape with elements.
template <class T, std::size_t Rank>
status allocate_elements(stream_runtime& gpu, const cuda& where, const index_array<Rank>& extents,
                         tensor<T, Rank, device_space>& result) noexcept {
    if (gpu.ready() != runtime_answer::success) return answer_failure("tensor", "finding the device", gpu.ready(), gpu.why());
    if (status s = refuse_in_capture(gpu, "tensor"); !s.ok()) return s;
    const index_t bytes = element_count(extents) * static_cast<index_t>(sizeof(T));
    void* data = nullptr;
    // The device's own not through its resource, whose null does not tell a lost context from a lack of memory.
    const auto size = static_cast<std::size_t>(bytes);
    const runtime_answer allocated = where.memory != nullptr ? gpu.allocate(&data, size) : gpu.allocate_kept(&data, size);
    if (allocated != runtime_answer::success) return answer_failure("tensor", "allocating", allocated, gpu.why(), bytes);
    memory_resource* const resource = where.memory != nullptr ? where.memory : &device_resource::instance();
    result = tensor<T, Rank, device_space>::adopt({static_cast<T*>(data), extents}, resource);
    return {};
}
template <class T, std::size_t Rank>
status allocate_tensor(const cuda& where, const index_array<Rank>& extents, tensor<T, Rank, device_space>& result) noexcept {
    using result_tensor = tensor<T, Rank, device_space>;
    offset_range range{};
    const bool legal = check_shape(extents, row_major_strides(extents), sizeof(T), range) == shape_problem::none;
    if (!legal || element_count(extents) == 0) return result_tensor::allocate(extents, result);  // which needs no memory
    const auto allocate = [&](auto& gpu) { return allocate_elements(gpu, where, extents, result); };
    return call_on_stream(where, allocate, tensor_view<T, Rank, device_space>(nullptr, extents));
}
/// Between row-major views without gaps; an operand with no elements needs no device.
inline status copy_bytes(stream_runtime& gpu, void* to, const void* from, index_t bytes, cudaMemcpyKind kind) noexcept {
    if (bytes == 0) return {};
    if (gpu.ready() != runtime_answer::success) return answer_failure("copy", "finding the device", gpu.ready(), gpu.why());
    const runtime_answer enqueued = gpu.copy(to, from, static_cast<std::size_t>(bytes), kind);
    return answer_failure("copy", "enqueueing the copy", enqueued, gpu.why());
}
/// A legal operand, row-major without gaps.
template <class View>
status check_copied(const char* name, const View& view) noexcept {
    named_operand operand{name, view};
    if (status s = check_operand("copy", operand); !s.ok()) return s;
    if (view.contiguous()) return {};
    return failure(status_code::unsupported, "copy")
           << name << " has extents " << view.extents() << " and strides " << view.strides()
           << "; copies between host and device move row-major tensors without gaps. copy() it first";
}
}  // namespace gpu_kernels

/// A tensor of device memory for a result.
template <class T, std::size_t Rank>
auto allocate_result(const cuda& where, const index_array<Rank>& extents) {
    tensor<T, Rank, device_space> result;
    [[maybe_unused]] const status s = gpu_kernels::allocate_tensor(where, extents, result);
#if TENFOLD_HAS_EXCEPTIONS
    if (!s.ok()) raise(s);
#endif
    return result;
}

/// A device tensor with the elements of x, which is on the host. The copy is enqueued: x must live, unchanged, until the stream has
/// come to it.
template <viewable X>
    requires std::is_same_v<space_of<X>, host_space>
[[nodiscard]] status copy_to(std::nothrow_t, const cuda& where, const X& x, tensor<value_of<X>, rank_of<X>, device_space>& y) noexcept {
    const auto view = input_view(x);
    if (status s = gpu_kernels::check_copied("x", view); !s.ok()) return s;
    tensor<value_of<X>, rank_of<X>, device_space> result;
    if (status s = gpu_kernels::allocate_tensor(where, view.extents(), result); !s.ok()) return s;
    const index_t bytes = view.size() * static_cast<index_t>(sizeof(value_of<X>));
    const status copied = gpu_kernels::call_on_stream(
        where, [&](auto& gpu) { return gpu_kernels::copy_bytes(gpu, result.data(), view.data(), bytes, cudaMemcpyHostToDevice); }, view);
    if (copied.ok()) y = std::move(result);
    return copied;
}
/// y <- x from the device to the host: enqueued, then waited for.
template <viewable X, writable Y>
    requires std::is_same_v<space_of<X>, device_space> && std::is_same_v<space_of<Y>, host_space> &&
             std::is_same_v<value_of<X>, value_of<Y>>
[[nodiscard]] status copy_from(std::nothrow_t, const cuda& where, const X& x, Y&& y) noexcept {
    const auto from = input_view(x);
    const auto to = y.view();
    if (status s = gpu_kernels::check_copied("x", from); !s.ok()) return s;
    if (status s = gpu_kernels::check_copied("y", to); !s.ok()) return s;
    if (from.extents() != to.extents()) {
        return failure(status_code::shape, "copy")
               << "x has extents " << from.extents() << ", y has " << to.extents() << "; give y those of x";
    }
    const index_t bytes = from.size() * static_cast<index_t>(sizeof(value_of<X>));
    if (bytes == 0) return {};
    const auto fetch = [&](auto& gpu) -> status {
        if (gpu.ready() == gpu_kernels::runtime_answer::success) {
            if (status s = gpu_kernels::refuse_in_capture(gpu, "copy"); !s.ok()) return s;
        }
        if (status s = gpu_kernels::copy_bytes(gpu, to.data(), from.data(), bytes, cudaMemcpyDeviceToHost); !s.ok()) return s;
        const gpu_kernels::runtime_answer waited = gpu.synchronise();
        return gpu_kernels::answer_failure("copy", "waiting for the stream", waited, gpu.why());
    };
    return gpu_kernels::call_on_stream(where, fetch, from);
}
#if TENFOLD_HAS_EXCEPTIONS
template <viewable X>
    requires std::is_same_v<space_of<X>, host_space>
[[nodiscard]] auto copy_to(const cuda& where, const X& x) {
    tensor<value_of<X>, rank_of<X>, device_space> y;
    if (const status s = copy_to(std::nothrow, where, x, y); !s.ok()) raise(s);
    return y;
}
template <viewable X, writable Y>
    requires std::is_same_v<space_of<X>, device_space> && std::is_same_v<space_of<Y>, host_space>
void copy_from(const cuda& where, const X& x, Y&& y) {
    if (const status s = copy_from(std::nothrow, where, x, y); !s.ok()) raise(s);
}
#endif
TENFOLD_END
