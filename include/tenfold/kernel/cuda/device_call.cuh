// SPDX-License-Identifier: Apache-2.0
// One call of an op on a stream: its driver on the CUDA runtime, and in a failure the device, the stream and the operands. [floor 4]
#pragma once

#include <tenfold/core/dtype.hpp>
#include <tenfold/kernel/cuda/stream_runtime.cuh>

TENFOLD_BEGIN
namespace gpu_kernels {
template <class T>
constexpr const char* element_name() noexcept {
    if constexpr (element<T>) {
        return dtype_traits<std::remove_const_t<T>>::name;
    } else {
        return "elements";  // of a type of the caller's
    }
}
/// The message of `s` goes on with where it happened and with what: ". On device 1, stream 0x55..., with f32 (2, 3), f32 (2)".
template <class... Operand>
TENFOLD_COLD status with_circumstances(const status& s, int device, const void* stream, const Operand&... operand) noexcept {
    failure message(s);
    message << ". On ";
    if (device < 0) {
        message << "no device";
    } else {
        message << "device " << device << ", stream " << stream;
    }
    message << ", with";
    const char* separator = " ";
    ((message << separator << element_name<typename Operand::value_type>() << " " << operand.extents(), separator = ", "), ...);
    return message;
}

template <class Drive, class... Operand>
status call_on_stream(const cuda& where, const Drive& drive, const Operand&... operand) {
    stream_runtime gpu(where);
    const status s = drive(gpu);
    if (s.ok()) return s;
    return with_circumstances(s, gpu.device(), where.stream, operand...);
}
}  // namespace gpu_kernels
TENFOLD_END
