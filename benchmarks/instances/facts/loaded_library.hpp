// SPDX-License-Identifier: Apache-2.0
// A C library that may be there or not: opened at run time, so that the program runs without it.
#pragma once

#include <dlfcn.h>  // dlopen, dlsym

#include <optional>  // std::optional

namespace tenfold::bench {

/// An open library whose functions return a status, 0 for success. Every symbol is optional: call() answers nothing if it is
/// absent.
class loaded_library {
    void* handle_;

public:
    using result = int;  // an enumeration in C

    /// `more`: further flags of dlopen.
    explicit loaded_library(const char* name, int more = 0) : handle_(dlopen(name, RTLD_NOW | RTLD_LOCAL | more)) {}
    ~loaded_library() {
        if (handle_ != nullptr) dlclose(handle_);
    }
    loaded_library(const loaded_library&) = delete;
    loaded_library& operator=(const loaded_library&) = delete;

    [[nodiscard]] bool loaded() const { return handle_ != nullptr; }

    // The libraries are C: their declarations spell the types otherwise, which is no error in the calling convention.
    template <typename... Arguments>
#if defined(__clang__)
    [[clang::no_sanitize("function")]]
#endif
    [[nodiscard]] std::optional<result>
    call(const char* symbol, Arguments... arguments) const {
        void* const address = dlsym(handle_, symbol);
        if (address == nullptr) return std::nullopt;
        return reinterpret_cast<result (*)(Arguments...)>(address)(arguments...);
    }

    template <typename... Arguments>
    [[nodiscard]] bool succeeds(const char* symbol, Arguments... arguments) const {
        return call(symbol, arguments...) == std::optional<result>(0);
    }
};

}  // namespace tenfold::bench
