// SPDX-License-Identifier: Apache-2.0
// The C library's aligned_alloc and free, and operator new, seen from the library under test.
#include <memory/countdown.hpp>

#include <dlfcn.h>

#include <cstdlib>
#include <new>

namespace support {
thread_local countdown watch;
}  // namespace support

namespace {
using support::watch;

template <class Function>
Function next_symbol(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}
}  // namespace

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    static const auto real = next_symbol<void* (*)(std::size_t, std::size_t)>("aligned_alloc");
    if (watch.fails(size)) return nullptr;
    if (watch.armed) ++watch.live;
    return real(alignment, size);
}
void* operator new(std::size_t size) {
    if (watch.fails(size)) throw std::bad_alloc();
    if (watch.armed) ++watch.live;
    if (void* const p = std::malloc(size > 0 ? size : 1)) return p;
    throw std::bad_alloc();
}
void operator delete(void* p) noexcept {
    if (watch.armed && p != nullptr) --watch.live;
    std::free(p);
}
void operator delete(void* p, std::size_t) noexcept { operator delete(p); }
