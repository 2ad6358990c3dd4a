// SPDX-License-Identifier: Apache-2.0
// cuda: a stream of a CUDA device, as plain data; no CUDA header.                                          [floor 2]
#pragma once

#include <tenfold/core/memory.hpp>  // device_space

#include <cstddef>

struct CUstream_st;

TENFOLD_TYPES_BEGIN
/// Device memory that calls of one stream use in turn for partial results; its first 2048 bytes are zero before and after each. A call
/// that finds it too small, or none, takes memory from the device's pool, except while its stream is captured.
struct gpu_workspace {
    void* data = nullptr;
    std::size_t bytes = 0;
};

/// Enqueues work on a stream and returns; the caller waits, with the stream's own means. Operands are in device memory. No global
/// state: calls with different streams and devices may run at the same time.
struct cuda {
    using space = device_space;
    static constexpr const char* name = "cuda";

    CUstream_st* stream = nullptr;  ///< a cudaStream_t of the caller's; null: the default stream
    int device = -1;                ///< the device of the stream; -1: the calling thread's current one
    gpu_workspace workspace{};      ///< of this stream alone: a stream_workspace's
    memory_resource* memory = nullptr;  ///< of this stream, for results and workspace: a stream_memory, or one of yours; null: the device's
};
TENFOLD_TYPES_END
