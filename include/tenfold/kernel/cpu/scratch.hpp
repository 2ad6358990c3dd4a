// SPDX-License-Identifier: Apache-2.0
// Scratch memory of one call: taken before the first store, given back at its end, never thread-local.      [floor 4]
//
// Large blocks go back to a shelf of a few places instead of the system: fresh pages cost a large product 4 % of its time
// (2048^3 f32 takes 8 MiB, 2100 page faults). The shelf is lock-free and bounded; a call that finds nothing allocates.
#pragma once

#include <tenfold/core/memory.hpp>  // allocate_host
#include <tenfold/core/status.hpp>  // failure

#include <atomic>
#if defined(__linux__)
#include <sys/mman.h>  // madvise
#endif

TENFOLD_BEGIN
/// Blocks of [smallest, largest] bytes, at most `places` of them: 128 MiB in all if every place holds the largest.
struct scratch_shelf {
    static constexpr index_t smallest = index_t{1} << 20;
    static constexpr index_t largest = index_t{1} << 25;
    static constexpr int places = 4;

    struct block {
        index_t bytes;  // usable, behind these 64
    };
    std::atomic<block*> place[places];
};
TENFOLD_HIDDEN inline scratch_shelf& shelf() noexcept {
    static constinit scratch_shelf one{};
    return one;
}
/// Asks for huge pages where there are any in [memory, memory + bytes). A hint: refused, everything works the same.
inline void prefer_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] index_t bytes) noexcept {
#if defined(__linux__)
    constexpr std::uintptr_t page = 4096;
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t last = (begin + static_cast<std::uintptr_t>(bytes)) / page * page;
    if (first < last) (void)madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}
/// A block of at least `bytes`, from the shelf or new; null: no memory.
TENFOLD_HIDDEN inline scratch_shelf::block* take_block(index_t bytes) noexcept {
    for (auto& place : shelf().place) {
        scratch_shelf::block* const found = place.exchange(nullptr, std::memory_order_acquire);
        if (found == nullptr) continue;
        if (found->bytes >= bytes) return found;
        std::free(found);  // too small now; the new one takes its place
        break;
    }
    constexpr index_t page = index_t{1} << 21;  // where the system has huge pages, a panel then takes one entry of the TLB
    const index_t whole = round_up(bytes + 64, page);
    void* const memory = allocate_host(nullptr, static_cast<std::size_t>(whole), static_cast<std::size_t>(page));
    if (memory == nullptr) return nullptr;
    prefer_huge_pages(memory, whole);
    auto* const made = static_cast<scratch_shelf::block*>(memory);
    made->bytes = whole - 64;
    return made;
}
TENFOLD_HIDDEN inline void return_block(scratch_shelf::block* returned) noexcept {
    if (returned->bytes <= scratch_shelf::largest) {
        for (auto& place : shelf().place) {
            scratch_shelf::block* empty = nullptr;
            if (place.compare_exchange_strong(empty, returned, std::memory_order_release, std::memory_order_relaxed)) return;
        }
    }
    std::free(returned);
}

/// Gives the scratch that is kept between calls back to the system. Any time, from any thread.
TENFOLD_HIDDEN inline void release_scratch() noexcept {
    for (auto& place : shelf().place) std::free(place.exchange(nullptr, std::memory_order_acquire));
}

/// 64-byte aligned, uninitialised, never thrown for: test it like a pointer.
class scratch_buffer {
public:
    scratch_buffer() = default;
    TENFOLD_INLINE explicit scratch_buffer(index_t bytes) noexcept {
        if (bytes >= scratch_shelf::smallest) {
            shelved_ = take_block(bytes);
            data_ = shelved_ == nullptr ? nullptr : reinterpret_cast<unsigned char*>(shelved_) + 64;
        } else if (bytes > 0) {
            data_ = allocate_host(nullptr, static_cast<std::size_t>(bytes), tensor_alignment);
        }
    }
    TENFOLD_INLINE ~scratch_buffer() {
        if (shelved_ != nullptr) {
            return_block(shelved_);
        } else {
            deallocate_host(nullptr, data_, 0, tensor_alignment);
        }
    }
    scratch_buffer(const scratch_buffer&) = delete;
    scratch_buffer& operator=(const scratch_buffer&) = delete;

    [[nodiscard]] TENFOLD_INLINE explicit operator bool() const noexcept { return data_ != nullptr; }
    template <class T>
    [[nodiscard]] TENFOLD_INLINE T* at(index_t byte_offset) const noexcept {
        return reinterpret_cast<T*>(static_cast<unsigned char*>(data_) + byte_offset);
    }

private:
    void* data_ = nullptr;
    scratch_shelf::block* shelved_ = nullptr;
};

/// The same with room for `Room` bytes on the stack, for calls so short that an allocation would be a good part of them.
template <std::size_t Room>
class near_scratch {
public:
    TENFOLD_INLINE explicit near_scratch(index_t bytes) noexcept
        : far_(bytes > index_t{Room} ? bytes : 0), data_(bytes > index_t{Room} ? far_.template at<unsigned char>(0) : room_) {}
    near_scratch(const near_scratch&) = delete;
    near_scratch& operator=(const near_scratch&) = delete;

    [[nodiscard]] TENFOLD_INLINE explicit operator bool() const noexcept { return data_ != nullptr; }
    template <class T>
    [[nodiscard]] TENFOLD_INLINE T* at(index_t byte_offset) const noexcept {
        return reinterpret_cast<T*>(data_ + byte_offset);
    }

private:
    alignas(tensor_alignment) unsigned char room_[Room];
    scratch_buffer far_;
    unsigned char* data_;
};

TENFOLD_COLD inline status scratch_failure(const char* op, index_t bytes) noexcept {
    return failure(status_code::out_of_memory, op) << "no memory for " << bytes << " bytes of scratch; nothing was written";
}
TENFOLD_END
