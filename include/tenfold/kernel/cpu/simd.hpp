// SPDX-License-Identifier: Apache-2.0
// Vectors of the compiler (GCC and Clang vector extensions): no intrinsics, any width, any target.          [floor 4]
//
// A wide vector passed or returned by value has a calling convention that depends on flags (-Wpsabi): functions of
// bodies take and give vectors by reference; all are inlined, so it costs nothing.
#pragma once

#include <tenfold/core/index.hpp>

TENFOLD_BEGIN
/// `type` is a register of `Bytes`; `memory` is the same at any element-aligned address.
template <class T, int Bytes>
struct vec {
    typedef T type __attribute__((vector_size(Bytes)));
    typedef T memory __attribute__((vector_size(Bytes), aligned(alignof(T)), may_alias));
    static constexpr int lanes = Bytes / static_cast<int>(sizeof(T));
};

/// out <- the vector at p, which needs the alignment of T only. (No function may return a reference to `memory`: clang
/// drops the alignment of a typedef in a reference type and emits aligned moves.)
template <class T, class V>
TENFOLD_BODY void load_vector(const T* p, V& out) noexcept {
    using memory = typename vec<T, static_cast<int>(sizeof(V))>::memory;
    out = *reinterpret_cast<const memory*>(p);
}
/// out <- the bytes at p, whatever they are and however aligned.
template <class V>
TENFOLD_BODY void load_bytes(const void* p, V& out) noexcept {
    typename vec<unsigned char, static_cast<int>(sizeof(V))>::type bytes;
    load_vector(static_cast<const unsigned char*>(p), bytes);
    out = reinterpret_cast<V>(bytes);
}
/// The vector at p <- value.
template <class T, class V>
TENFOLD_BODY void store_vector(T* p, const V& value) noexcept {
    using memory = typename vec<T, static_cast<int>(sizeof(V))>::memory;
    *reinterpret_cast<memory*>(p) = value;
}
TENFOLD_END
