// SPDX-License-Identifier: Apache-2.0
// Names and signatures: NVIDIA's CUDA Driver API reference.
#include "modes/gpu_task.hpp"

#include <fmt/format.h>

#include <chrono>   // std::chrono::steady_clock
#include <cstddef>  // std::size_t
#include <cstdint>  // std::uint32_t
#include <vector>   // std::vector

#include "instances/errors.hpp"  // data_error

namespace tenfold::bench {
namespace {

constexpr unsigned blocks = 1024, threads_per_block = 256, rounds = 4096;
constexpr std::size_t results = std::size_t{blocks} * threads_per_block;

// Each thread applies x -> 1664525 x + 1013904223 so often to its number: integers, so that every result can be checked. In
// the oldest form that the drivers in use compile for all their GPUs.
constexpr const char* kernel_text = R"(.version 6.4
.target sm_50
.address_size 64
.visible .entry tenfold_rounds(.param .u64 results, .param .u32 rounds)
{
    .reg .pred %again;
    .reg .b32 %block, %size, %thread, %index, %value, %left;
    .reg .b64 %base, %offset, %address;
    ld.param.u64 %base, [results];
    ld.param.u32 %left, [rounds];
    mov.u32 %block, %ctaid.x;
    mov.u32 %size, %ntid.x;
    mov.u32 %thread, %tid.x;
    mad.lo.u32 %index, %block, %size, %thread;
    mov.u32 %value, %index;
next_round:
    mad.lo.u32 %value, %value, 1664525, 1013904223;
    sub.u32 %left, %left, 1;
    setp.ne.u32 %again, %left, 0;
    @%again bra next_round;
    cvta.to.global.u64 %base, %base;
    mul.wide.u32 %offset, %index, 4;
    add.s64 %address, %base, %offset;
    st.global.u32 [%address], %value;
    ret;
}
)";

}  // namespace

template <class... Arguments>
void gpu_task::require(const char* symbol, Arguments... arguments) const {
    const auto answer = driver_.call(symbol, arguments...);
    if (answer == std::optional<loaded_library::result>(0)) return;
    if (!answer) throw data_error(fmt::format("{} has no {}: it is no CUDA driver, or too old a one", driver_library, symbol));
    const char* name_of_answer = nullptr;
    const bool known = driver_.succeeds("cuGetErrorName", *answer, &name_of_answer) && name_of_answer != nullptr;
    throw data_error(fmt::format("the CUDA driver's {} answers {}{}", symbol, *answer, known ? fmt::format(" ({})", name_of_answer) : ""));
}

void gpu_task::initialise() { require("cuInit", 0U); }

void gpu_task::make_context() {
    int device = 0;
    void* context = nullptr;
    require("cuDeviceGet", &device, 0);
    char text[256] = {};
    require("cuDeviceGetName", static_cast<char*>(text), static_cast<int>(sizeof text) - 1, device);
    device_name_ = text;
    require("cuDevicePrimaryCtxRetain", &context, device);
    require("cuCtxSetCurrent", context);
}

void gpu_task::load_kernel() {
    void* module = nullptr;
    require("cuModuleLoadData", &module, static_cast<const void*>(kernel_text));
    require("cuModuleGetFunction", &function_, module, "tenfold_rounds");
    require("cuMemAlloc_v2", &memory_, results * sizeof(std::uint32_t));
}

double gpu_task::call() {
    using clock = std::chrono::steady_clock;
    unsigned count = rounds;
    void* arguments[] = {&memory_, &count};
    const auto begin = clock::now();
    require("cuLaunchKernel", function_, blocks, 1U, 1U, threads_per_block, 1U, 1U, 0U, static_cast<void*>(nullptr),
            static_cast<void**>(arguments), static_cast<void**>(nullptr));
    require("cuCtxSynchronize");
    return std::chrono::duration<double>(clock::now() - begin).count();
}

void gpu_task::verify() const {
    std::vector<std::uint32_t> found(results);
    require("cuMemcpyDtoH_v2", static_cast<void*>(found.data()), memory_, results * sizeof(std::uint32_t));
    std::uint32_t factor = 1, summand = 0;  // all rounds at once
    for (unsigned round = 0; round < rounds; ++round) {
        factor *= 1664525U;
        summand = 1664525U * summand + 1013904223U;
    }
    for (std::size_t i = 0; i < results; ++i)
        if (const auto right = factor * static_cast<std::uint32_t>(i) + summand; found[i] != right)
            throw data_error(fmt::format("the GPU ({}) computed {} where {} is right, in thread {}", device_name_, found[i], right, i));
}

}  // namespace tenfold::bench
