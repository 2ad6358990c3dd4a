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

/// The vector of `Bytes` at p, to read or to write.
template <int Bytes, class T>
TENFOLD_BODY typename vec<T, Bytes>::memory& vector_at(T* p) noexcept {
    return *reinterpret_cast<typename vec<T, Bytes>::memory*>(p);
}
template <int Bytes, class T>
TENFOLD_BODY const typename vec<T, Bytes>::memory& vector_at(const T* p) noexcept {
    return *reinterpret_cast<const typename vec<T, Bytes>::memory*>(p);
}
TENFOLD_END
