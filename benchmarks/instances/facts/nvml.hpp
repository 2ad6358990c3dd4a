// SPDX-License-Identifier: Apache-2.0
// The part of NVML's binary interface that is used here, loaded at run time. Numbers and layouts: NVIDIA's NVML API reference.
#pragma once

#include "instances/facts/loaded_library.hpp"

namespace tenfold::bench::nvml {

using device = struct opaque_device*;
using result = loaded_library::result;

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

using library = loaded_library;

}  // namespace tenfold::bench::nvml
