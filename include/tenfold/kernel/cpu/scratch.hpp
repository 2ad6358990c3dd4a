// SPDX-License-Identifier: Apache-2.0
// Scratch memory of one call: taken before the first store, given back at its end, never thread-local.      [floor 4]
#pragma once

#include <tenfold/core/memory.hpp>  // allocate_host
#include <tenfold/core/status.hpp>  // failure

TENFOLD_BEGIN
/// 64-byte aligned, uninitialised, never thrown for: test it like a pointer.
class scratch_buffer {
public:
    scratch_buffer() = default;
    TENFOLD_INLINE explicit scratch_buffer(index_t bytes) noexcept
        : data_(bytes > 0 ? allocate_host(nullptr, static_cast<std::size_t>(bytes), tensor_alignment) : nullptr) {}
    TENFOLD_INLINE ~scratch_buffer() { deallocate_host(nullptr, data_, 0, tensor_alignment); }
    scratch_buffer(const scratch_buffer&) = delete;
    scratch_buffer& operator=(const scratch_buffer&) = delete;

    [[nodiscard]] TENFOLD_INLINE explicit operator bool() const noexcept { return data_ != nullptr; }
    template <class T>
    [[nodiscard]] TENFOLD_INLINE T* at(index_t byte_offset) const noexcept {
        return reinterpret_cast<T*>(static_cast<unsigned char*>(data_) + byte_offset);
    }

private:
    void* data_ = nullptr;
};

TENFOLD_COLD inline status scratch_failure(const char* op, index_t bytes) noexcept {
    return failure(status_code::out_of_memory, op) << "no memory for " << bytes << " bytes of scratch; nothing was written";
}
TENFOLD_END
