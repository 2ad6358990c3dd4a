// SPDX-License-Identifier: Apache-2.0
// Where memory is (part of every view's type) and who hands it out.                                        [floor 1]
#pragma once

#include <tenfold/core/index.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

TENFOLD_TYPES_BEGIN
/// Memory that the CPU may touch.
struct host_space {
    static constexpr const char* name = "host";
};
/// Memory of a GPU; its elements cannot be read through operator().
struct device_space {
    static constexpr const char* name = "device";
};

/// Hands out memory without throwing: nullptr means that there is none.
class memory_resource {
public:
    memory_resource() = default;
    memory_resource(const memory_resource&) = default;
    memory_resource& operator=(const memory_resource&) = default;
    virtual ~memory_resource() = default;

    /// `bytes` > 0, `alignment` a power of two; nullptr if the memory cannot be had.
    [[nodiscard]] virtual void* allocate(std::size_t bytes, std::size_t alignment) noexcept = 0;
    virtual void deallocate(void* pointer, std::size_t bytes, std::size_t alignment) noexcept = 0;
};

/// Alignment of owning tensors and scratch in bytes: one cache line, one AVX-512 vector.
inline constexpr std::size_t tensor_alignment = 64;
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// `bytes` of host memory aligned to `alignment`, from `resource` or, where that is null, from the C library.
TENFOLD_INLINE void* allocate_host(memory_resource* resource, std::size_t bytes, std::size_t alignment) noexcept {
    if (bytes > static_cast<std::size_t>(INT64_MAX) - alignment) return nullptr;
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    return resource != nullptr ? resource->allocate(rounded, alignment) : std::aligned_alloc(alignment, rounded);
}

TENFOLD_INLINE void deallocate_host(memory_resource* resource, void* pointer, std::size_t bytes, std::size_t alignment) noexcept {
    if (pointer == nullptr) return;
    if (resource == nullptr) {
        std::free(pointer);
    } else {
        resource->deallocate(pointer, (bytes + alignment - 1) / alignment * alignment, alignment);
    }
}
TENFOLD_END
