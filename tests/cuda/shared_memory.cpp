// SPDX-License-Identifier: Apache-2.0
// The shared memory of a block of every kernel that nvcc compiles in every_kernel.cu: one line each, "<bytes> <kernel>".
//
// The drivers are instantiated on a runtime that notes each body it could launch. Nothing is called and no kernel compiled.
#include "every_op.hpp"

#include <tenfold/exec/cuda.hpp>  // gpu_workspace
#include <tenfold/kernel/cuda/driver/elementwise.hpp>
#include <tenfold/kernel/cuda/driver/matmul.hpp>
#include <tenfold/kernel/cuda/driver/reduce.hpp>
#include <tenfold/kernel/cuda/driver/rows.hpp>
#include <tenfold/kernel/cuda/driver/scan.hpp>

#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <typeinfo>

namespace {
namespace tf = tenfold;
namespace gk = tenfold::gpu_kernels;

std::map<std::string, std::size_t>& bodies() {
    static std::map<std::string, std::size_t> noted;
    return noted;
}
/// Named as the kernel of that body.
template <class Body>
struct run_body {};
template <class Body>
bool note() {
    std::size_t bytes = 0;
    if constexpr (requires { Body::shared_bytes; }) bytes = Body::shared_bytes;
    char* const name = abi::__cxa_demangle(typeid(run_body<Body>).name(), nullptr, nullptr, nullptr);
    bodies()[name] = bytes;
    std::free(name);
    return true;
}
template <class Body>
const bool noted = note<Body>();  ///< before main, for every body that a launch names

struct noting_runtime {
    [[nodiscard]] static gk::runtime_answer ready() noexcept { return gk::runtime_answer::success; }
    [[nodiscard]] static const char* why() noexcept { return ""; }
    [[nodiscard]] static const tf::gpu_workspace& workspace() noexcept {
        static constexpr tf::gpu_workspace none;
        return none;
    }
    [[nodiscard]] static gk::runtime_answer capture_state() noexcept { return gk::runtime_answer::success; }
    static gk::runtime_answer allocate(void**, std::size_t) noexcept { return gk::runtime_answer::success; }
    static void free(void*, std::size_t) noexcept {}
    static gk::runtime_answer clear(void*, std::size_t) noexcept { return gk::runtime_answer::success; }
    template <class Body>
    static gk::runtime_answer launch(const gk::launch_shape&, const typename Body::arguments&) noexcept {
        static_cast<void>(&noted<Body>);
        return gk::runtime_answer::success;
    }
};
struct noting_backend {
    using space = tf::host_space;
    static constexpr const char* name = "noting_backend";
};
}  // namespace

TENFOLD_BEGIN
template <class Op>
struct kernel<Op, noting_backend> {
    template <class Arguments>
    static status run(const noting_backend&, const Arguments& a) {
        noting_runtime gpu;
        if constexpr (std::is_same_v<Op, reduce_op>) {
            return gpu_kernels::reduce_on(gpu, a);
        } else if constexpr (std::is_same_v<Op, arg_reduce_op>) {
            return gpu_kernels::arg_reduce_on(gpu, a);
        } else if constexpr (std::is_same_v<Op, transform_op>) {
            return gpu_kernels::transform_on(gpu, a);
        } else if constexpr (std::is_same_v<Op, copy_op> || std::is_same_v<Op, convert_op>) {
            return gpu_kernels::convert_on(gpu, Op::name, a);
        } else if constexpr (std::is_same_v<Op, softmax_op> || std::is_same_v<Op, log_softmax_op>) {
            return gpu_kernels::softmax_on<std::is_same_v<Op, log_softmax_op>>(gpu, a);
        } else if constexpr (std::is_same_v<Op, layer_norm_op> || std::is_same_v<Op, rms_norm_op>) {
            return gpu_kernels::normalise_on<std::is_same_v<Op, layer_norm_op>>(gpu, a);
        } else if constexpr (std::is_same_v<Op, scan_op>) {
            return gpu_kernels::scan_on(gpu, a);
        } else {
            return gpu_kernels::matmul_on(gpu, a);
        }
    }
};
TENFOLD_END

template void every_op::all<float>(const noting_backend&);
template void every_op::all<double>(const noting_backend&);
template void every_op::all<tenfold::half>(const noting_backend&);
template void every_op::all<tenfold::bfloat16>(const noting_backend&);
template void every_op::all<std::int8_t>(const noting_backend&);
template void every_op::all<std::uint8_t>(const noting_backend&);
template void every_op::all<std::int32_t>(const noting_backend&);

int main() {
    for (const auto& [name, bytes] : bodies()) std::printf("%zu %s\n", bytes, name.c_str());
}
