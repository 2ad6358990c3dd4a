// SPDX-License-Identifier: Apache-2.0
// Which NVIDIA GPUs this machine has, asked from the driver's management library (NVML) if there is one.
#include "instances/facts/gpu.hpp"

#include "instances/facts/nvml.hpp"  // library, device, memory

namespace tenfold::bench {
namespace nvml {

const char* error_name(result code) {
    switch (code) {
        case 0: return "ok";
        case 1: return "uninitialized";
        case 2: return "invalid_argument";
        case 3: return "not_supported";
        case 4: return "no_permission";
        case 6: return "not_found";
        case 9: return "driver_not_loaded";
        case 10: return "timeout";
        case 12: return "library_not_found";
        case 15: return "gpu_is_lost";
        case 16: return "reset_required";
        case 17: return "operating_system";
        case 18: return "driver_library_version_mismatch";
        default: return "error";
    }
}

}  // namespace nvml
namespace {

using nvml::device;
using nvml::library;

// CUDA cores per multiprocessor (CUDA C++ Programming Guide, arithmetic throughput of 32-bit floating point). NVML counts
// cores only; an architecture that is not in the list keeps its number of multiprocessors unknown.
std::optional<int> cores_per_multiprocessor(int major, int minor) {
    switch (major * 10 + minor) {
        case 60:
        case 70:
        case 75:
        case 80: return 64;
        case 61:
        case 86:
        case 87:
        case 89:
        case 90:
        case 100:
        case 103:
        case 120:
        case 121: return 128;
        default: return std::nullopt;
    }
}

std::optional<std::string> read_name(const library& nvml, device gpu) {
    char name[nvml::name_size] = {};
    if (!nvml.succeeds("nvmlDeviceGetName", gpu, static_cast<char*>(name), nvml::name_size)) return std::nullopt;
    name[sizeof name - 1] = '\0';
    return std::string(name);
}

std::optional<std::int64_t> read_memory(const library& nvml, device gpu) {
    nvml::memory memory = {};
    if (!nvml.succeeds("nvmlDeviceGetMemoryInfo", gpu, &memory)) return std::nullopt;
    return static_cast<std::int64_t>(memory.total);
}

std::optional<unsigned> read_number(const library& nvml, const char* symbol, device gpu) {
    unsigned value = 0;
    if (!nvml.succeeds(symbol, gpu, &value)) return std::nullopt;
    return value;
}

// Modes that can change at the next boot answer (current, pending).
std::optional<bool> read_current_mode(const library& nvml, const char* symbol, device gpu) {
    unsigned current = 0, pending = 0;
    if (!nvml.succeeds(symbol, gpu, &current, &pending)) return std::nullopt;
    return current != 0;
}

std::optional<std::string> read_virtualisation(const library& nvml, device gpu) {
    const auto mode = read_number(nvml, "nvmlDeviceGetVirtualizationMode", gpu);
    constexpr const char* names[] = {"none", "passthrough", "vgpu", "host_vgpu", "host_vsga"};
    if (!mode || *mode >= sizeof names / sizeof names[0]) return std::nullopt;
    return names[*mode];
}

std::vector<mig_facts> read_mig_slices(const library& nvml, device gpu) {
    std::vector<mig_facts> slices;
    constexpr unsigned most = 64;  // a GPU of today has at most 7
    const auto count = read_number(nvml, "nvmlDeviceGetMaxMigDeviceCount", gpu);
    for (unsigned index = 0; count && index < *count && index < most; ++index) {
        device slice = nullptr;
        if (!nvml.succeeds("nvmlDeviceGetMigDeviceHandleByIndex", gpu, index, &slice)) continue;  // a free place
        mig_facts facts;
        facts.name = read_name(nvml, slice);
        facts.memory_bytes = read_memory(nvml, slice);
        nvml::device_attributes attributes = {};
        if (nvml.succeeds("nvmlDeviceGetAttributes_v2", slice, &attributes))
            facts.multiprocessors = static_cast<int>(attributes.multiprocessor_count);
        slices.push_back(std::move(facts));
    }
    return slices;
}

gpu_facts read_gpu(const library& nvml, unsigned index) {
    gpu_facts facts;
    device gpu = nullptr;
    const auto opened = nvml.call("nvmlDeviceGetHandleByIndex_v2", index, &gpu);
    if (opened != std::optional<nvml::result>(nvml::success)) {
        facts.error = opened ? nvml::error_name(*opened) : "symbol_missing";
        return facts;
    }
    facts.name = read_name(nvml, gpu);
    facts.memory_bytes = read_memory(nvml, gpu);
    int major = 0, minor = 0;
    if (nvml.succeeds("nvmlDeviceGetCudaComputeCapability", gpu, &major, &minor)) {
        facts.compute_capability = std::to_string(major) + "." + std::to_string(minor);
        const auto cores = read_number(nvml, "nvmlDeviceGetNumGpuCores", gpu);
        const auto each = cores_per_multiprocessor(major, minor);
        if (cores && each && static_cast<int>(*cores) % *each == 0) facts.multiprocessors = static_cast<int>(*cores) / *each;
    }
    if (const auto milliwatt = read_number(nvml, "nvmlDeviceGetEnforcedPowerLimit", gpu)) facts.power_limit_w = *milliwatt / 1e3;
    facts.ecc = read_current_mode(nvml, "nvmlDeviceGetEccMode", gpu);
    facts.mig = read_current_mode(nvml, "nvmlDeviceGetMigMode", gpu);
    if (facts.mig.value_or(false)) facts.mig_slices = read_mig_slices(nvml, gpu);
    facts.virtualisation = read_virtualisation(nvml, gpu);
    return facts;
}

}  // namespace

gpu_inventory read_gpus(const char* library_name) {
    gpu_inventory inventory;
    const library nvml(library_name);
    if (!nvml.loaded()) {
        inventory.outcome = "no library";
        return inventory;
    }
    const auto started = nvml.call("nvmlInit_v2");
    if (started != std::optional<nvml::result>(nvml::success)) {
        inventory.outcome = started ? nvml::error_name(*started) : "symbol_missing";
        return inventory;
    }
    char version[nvml::driver_version_size] = {};
    if (nvml.succeeds("nvmlSystemGetDriverVersion", static_cast<char*>(version), nvml::driver_version_size)) {
        version[sizeof version - 1] = '\0';
        inventory.driver = version;
    }
    unsigned count = 0;
    const auto counted = nvml.call("nvmlDeviceGetCount_v2", &count);
    inventory.outcome = counted ? nvml::error_name(*counted) : "symbol_missing";
    constexpr unsigned most = 64;  // more than any machine holds: a broken library cannot keep us
    for (unsigned index = 0; inventory.outcome == "ok" && index < count && index < most; ++index)
        inventory.gpus.push_back(read_gpu(nvml, index));
    (void)nvml.call("nvmlShutdown");
    return inventory;
}

}  // namespace tenfold::bench
