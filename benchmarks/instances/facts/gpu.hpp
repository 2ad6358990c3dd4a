// SPDX-License-Identifier: Apache-2.0
// Which NVIDIA GPUs this machine has, asked from the driver's management library (NVML) if there is one.
#pragma once

#include <cstdint>   // std::int64_t
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

namespace tenfold::bench {

struct mig_facts {  // one slice of a GPU in multi-instance mode
    std::optional<std::string> name;
    std::optional<std::int64_t> memory_bytes;
    std::optional<int> multiprocessors;
};

struct gpu_facts {
    std::optional<std::string> name;
    std::optional<std::int64_t> memory_bytes;       // what the driver offers, less than the nominal size
    std::optional<std::string> compute_capability;  // "9.0"
    std::optional<int> multiprocessors;
    std::optional<double> power_limit_w;            // enforced
    std::optional<bool> ecc;
    std::optional<bool> mig;
    std::vector<mig_facts> mig_slices;
    std::optional<std::string> virtualisation;      // none, passthrough, vgpu, host_vgpu, host_vsga
    std::optional<std::string> error;               // why the GPU does not answer: "gpu_is_lost"
};

struct gpu_inventory {
    std::vector<gpu_facts> gpus;
    std::optional<std::string> driver;
    std::string outcome;  // "ok", "no library", or the name of NVML's error
};

/// Asks the NVML library of that name. A missing library, symbol or answer leaves the fact out; nothing is required.
gpu_inventory read_gpus(const char* library_name = "libnvidia-ml.so.1");

}  // namespace tenfold::bench
