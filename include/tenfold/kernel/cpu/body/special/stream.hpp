// SPDX-License-Identifier: Apache-2.0
// Stores past the caches, for results that would not stay in them: no line is read before it is overwritten.  [floor 4]
//
// The values are those of ordinary stores. What was streamed is seen by other threads after stream_fence() only. Where the
// compiler offers no such store, both are ordinary.
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// The vector at p, which has the alignment of a vector, <- value.
template <class T, class V>
TENFOLD_BODY void stream_vector(T* p, const V& value) noexcept {
#if TENFOLD_BODY_MAY_NAME_INSTRUCTIONS
    using memory = typename vec<T, static_cast<int>(sizeof(V))>::memory;
    if constexpr (sizeof(V) == 16) {
        __asm__("movntps {%1, %0|%0, %1}" : "=m"(*reinterpret_cast<memory*>(p)) : "x"(value));
    } else {
        __asm__("vmovntps {%1, %0|%0, %1}" : "=m"(*reinterpret_cast<memory*>(p)) : "v"(value));
    }
#elif __has_builtin(__builtin_nontemporal_store)
    __builtin_nontemporal_store(value, reinterpret_cast<V*>(p));
#else
    store_vector(p, value);
#endif
}

/// At the end of a task, before others may read what it streamed.
TENFOLD_INLINE void stream_fence() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("sfence" ::: "memory");
#endif
}
TENFOLD_END
TENFOLD_BODIES_END
