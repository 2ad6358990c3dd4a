// SPDX-License-Identifier: Apache-2.0
// A CUDA driver of one made-up GPU, with the binary interface of the driver API's reference: steps out of their order are
// refused, and the kernel of modes/gpu_task.cpp is computed here. FAKE_CUDA chooses what goes wrong.
#include <cstdint>  // std::uint32_t
#include <cstdlib>  // std::getenv, std::malloc
#include <cstring>  // std::memcpy, std::strcmp, std::strstr

namespace {

bool is(const char* scenario) {
    const char* chosen = std::getenv("FAKE_CUDA");
    return chosen != nullptr && std::strcmp(chosen, scenario) == 0;
}

constexpr int ok = 0, invalid_value = 1, out_of_memory = 2, not_initialized = 3, no_device = 100, invalid_ptx = 218;

bool initialised = false, context_made = false, launched = false;
int context, module, function;

}  // namespace

extern "C" {

int cuInit(unsigned flags) {
    if (is("no device")) return no_device;
    initialised = flags == 0;
    return initialised ? ok : invalid_value;
}

int cuGetErrorName(int error, const char** name) {
    *name = error == no_device ? "CUDA_ERROR_NO_DEVICE" : error == out_of_memory ? "CUDA_ERROR_OUT_OF_MEMORY" : nullptr;
    return *name == nullptr ? invalid_value : ok;
}

int cuDeviceGet(int* device, int ordinal) {
    *device = ordinal;
    return initialised && ordinal == 0 ? ok : not_initialized;
}

int cuDeviceGetName(char* name, int size, int) {
    std::strncpy(name, "Made-up GPU", static_cast<std::size_t>(size));
    return ok;
}

int cuDevicePrimaryCtxRetain(void** made, int) {
    *made = &context;
    return ok;
}

int cuCtxSetCurrent(void* chosen) {
    context_made = chosen == &context;
    return context_made ? ok : invalid_value;
}

int cuModuleLoadData(void** loaded, const void* image) {
    *loaded = &module;
    const char* text = static_cast<const char*>(image);
    return context_made && std::strstr(text, ".entry tenfold_rounds(") != nullptr ? ok : invalid_ptx;
}

int cuModuleGetFunction(void** found, void* from, const char* name) {
    *found = &function;
    return from == &module && std::strcmp(name, "tenfold_rounds") == 0 ? ok : invalid_value;
}

int cuMemAlloc_v2(unsigned long long* address, std::size_t bytes) {
    *address = reinterpret_cast<std::uintptr_t>(std::malloc(bytes));
    return is("full") ? out_of_memory : ok;
}

int cuLaunchKernel(void* launch, unsigned blocks, unsigned, unsigned, unsigned threads, unsigned, unsigned, unsigned, void*,
                   void** arguments, void**) {
    if (launch != &function) return invalid_value;
    auto* results = reinterpret_cast<std::uint32_t*>(*static_cast<unsigned long long*>(arguments[0]));
    const unsigned rounds = *static_cast<unsigned*>(arguments[1]);
    for (std::uint32_t i = 0; i < 2; ++i) {  // the rounds are linear in the thread's number
        results[i] = i;
        for (unsigned round = 0; round < rounds; ++round) results[i] = 1664525U * results[i] + 1013904223U;
    }
    for (std::uint32_t i = 2; i < blocks * threads; ++i) results[i] = results[i - 1] + (results[1] - results[0]);
    if (is("wrong")) ++results[blocks * threads - 1];
    launched = true;
    return ok;
}

#ifndef FAKE_CUDA_SPARSE
int cuCtxSynchronize() { return launched ? ok : invalid_value; }
#endif

int cuMemcpyDtoH_v2(void* to, unsigned long long from, std::size_t bytes) {
    std::memcpy(to, reinterpret_cast<const void*>(from), bytes);
    return ok;
}
}
