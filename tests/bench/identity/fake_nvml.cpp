// SPDX-License-Identifier: Apache-2.0
// A management library of made-up GPUs, with the binary interface of NVML's API reference. FAKE_NVML_SPARSE leaves out
// every symbol that an old or partial library may lack.
#include <unistd.h>  // pause

#include <cstdio>   // std::fopen
#include <cstdlib>  // std::getenv
#include <cstring>  // std::strcmp, std::strncpy

namespace {

// Handles are addresses of these: a whole GPU and a slice of it.
int whole_gpu;
[[maybe_unused]] int slice_of_gpu;
const char* scenario = "plain";

bool is(const char* name) { return std::strcmp(scenario, name) == 0; }

[[maybe_unused]] void copy(char* to, unsigned size, const char* from) {
    if (size == 0) return;
    std::strncpy(to, from, size - 1);
    to[size - 1] = '\0';
}

[[maybe_unused]] constexpr int ok = 0, not_supported = 3, not_found = 6, driver_not_loaded = 9, gpu_is_lost = 15, version_mismatch = 18;

}  // namespace

extern "C" {

void fake_nvml_scenario(const char* name) { scenario = name; }

/// A driver whose GPU does not answer any more: makes the file that FAKE_NVML_STUCK names, and never returns.
void hang_if_told() {
    const char* const file = std::getenv("FAKE_NVML_STUCK");
    if (file == nullptr) return;
    if (std::FILE* const made = std::fopen(file, "w")) std::fclose(made);
    for (;;) ::pause();
}

int nvmlInit_v2() {
    hang_if_told();
    return is("mismatch") ? version_mismatch : is("no driver") ? driver_not_loaded : ok;
}
int nvmlShutdown() { return ok; }

int nvmlDeviceGetCount_v2(unsigned* count) {
    *count = is("none") ? 0 : 1;
    return ok;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
    if (is("lost")) return gpu_is_lost;
    if (index != 0) return not_found;
    *device = &whole_gpu;
    return ok;
}

#ifndef FAKE_NVML_SPARSE

int nvmlSystemGetDriverVersion(char* version, unsigned size) {
    copy(version, size, "580.65.06");
    return ok;
}

int nvmlDeviceGetName(void* device, char* name, unsigned size) {
    copy(name, size, device == &slice_of_gpu ? "NVIDIA A100-SXM4-40GB MIG 1g.5gb" : is("vgpu") ? "NVIDIA A10-8Q" : "NVIDIA A100-SXM4-40GB");
    return ok;
}

int nvmlDeviceGetUUID(void*, char* uuid, unsigned size) {
    copy(uuid, size, "GPU-canary");
    return ok;
}

struct memory_info {
    unsigned long long total, free, used;
};
int nvmlDeviceGetMemoryInfo(void* device, memory_info* memory) {
    memory->total = device == &slice_of_gpu ? 5100273664ull : 42949672960ull;
    memory->free = memory->total;
    memory->used = 0;
    return ok;
}

int nvmlDeviceGetCudaComputeCapability(void*, int* major, int* minor) {
    *major = is("future") ? 99 : 8;
    *minor = is("vgpu") ? 6 : 0;
    return ok;
}

int nvmlDeviceGetNumGpuCores(void*, unsigned* cores) {
    *cores = is("vgpu") ? 9216 : 6912;
    return ok;
}

int nvmlDeviceGetEnforcedPowerLimit(void*, unsigned* milliwatts) {
    *milliwatts = 400000;
    return is("vgpu") ? not_supported : ok;
}

int nvmlDeviceGetEccMode(void*, int* current, int* pending) {
    *current = is("ecc off") ? 0 : 1;
    *pending = 1;
    return is("vgpu") ? not_supported : ok;
}

int nvmlDeviceGetMigMode(void*, unsigned* current, unsigned* pending) {
    *current = *pending = is("mig") ? 1 : 0;
    return is("vgpu") ? not_supported : ok;
}

int nvmlDeviceGetMaxMigDeviceCount(void*, unsigned* count) {
    *count = 7;
    return ok;
}

int nvmlDeviceGetMigDeviceHandleByIndex(void*, unsigned index, void** slice) {
    if (index != 0 && index != 3) return not_found;
    *slice = &slice_of_gpu;
    return ok;
}

struct attributes {
    unsigned multiprocessors, copy, decoder, encoder, jpeg, flow, gpu_slices, compute_slices;
    unsigned long long memory_mib;
};
int nvmlDeviceGetAttributes_v2(void* device, attributes* result) {
    if (device != &slice_of_gpu) return not_supported;
    *result = {14, 1, 0, 0, 0, 0, 1, 1, 4864};
    return ok;
}

int nvmlDeviceGetVirtualizationMode(void*, unsigned* mode) {
    *mode = is("vgpu") ? 2 : is("passthrough") ? 1 : is("future") ? 77 : 0;
    return ok;
}

#endif
}
