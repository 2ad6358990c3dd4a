// SPDX-License-Identifier: Apache-2.0
// The part of NVML's binary interface that is used here, loaded at run time. Numbers and layouts: NVIDIA's NVML API reference.
#pragma once

#include <dlfcn.h>  // dlopen, dlsym

#include <optional>  // std::optional

namespace tenfold::bench::nvml {

using device = struct opaque_device*;
using result = int;  // an enumeration in C

inline constexpr result success = 0;

struct memory {
    unsigned long long total, free, used;
};

struct device_attributes {  // nvmlDeviceGetAttributes_v2; for MIG slices only
    unsigned multiprocessor_count;
    unsigned shared_engines[5];  // copy, decoder, encoder, jpeg, optical flow
    unsigned gpu_slices, compute_slices;
    unsigned long long memory_mib;
};

inline constexpr unsigned name_size = 96;            // NVML_DEVICE_NAME_V2_BUFFER_SIZE
inline constexpr unsigned driver_version_size = 80;  // NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE

const char* error_name(result code);

/// An open library. Every symbol is optional: call() answers nothing if it is absent.
class library {
    void* handle_;

public:
    explicit library(const char* name) : handle_(dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}
    ~library() {
        if (handle_ != nullptr) dlclose(handle_);
    }
    library(const library&) = delete;
    library& operator=(const library&) = delete;

    [[nodiscard]] bool loaded() const { return handle_ != nullptr; }

    // NVML is C: its declarations spell the types otherwise, which is no error in the calling convention.
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
        return call(symbol, arguments...) == std::optional<result>(success);
    }
};

}  // namespace tenfold::bench::nvml
