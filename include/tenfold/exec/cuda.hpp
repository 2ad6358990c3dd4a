// SPDX-License-Identifier: Apache-2.0
// cuda: a stream of a CUDA device, as plain data; no CUDA header.                                          [floor 2]
#pragma once

#include <tenfold/core/memory.hpp>  // device_space

struct CUstream_st;

TENFOLD_TYPES_BEGIN
/// Enqueues work on a stream and returns; the caller waits, with the stream's own means. Operands are in device memory. No global
/// state: calls with different streams and devices may run at the same time.
struct cuda {
    using space = device_space;
    static constexpr const char* name = "cuda";

    CUstream_st* stream = nullptr;  ///< a cudaStream_t of the caller's; null: the default stream
    int device = -1;                ///< the device of the stream; -1: the calling thread's current one
};
TENFOLD_TYPES_END
