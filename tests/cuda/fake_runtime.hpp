// SPDX-License-Identifier: Apache-2.0
// A CUDA runtime that only writes down what it is asked (fake_runtime.cpp).
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fake {
struct call {
    std::string name;
    int device;  ///< that was current
    cudaStream_t stream;  ///< null: the default one, or none
};
struct runtime {
    int device = 2;  ///< the calling thread's current one
    bool pools = true;
    bool capturing = false;
    cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;  ///< the calling thread's
    cudaError_t capture_query = cudaSuccess;
    cudaError_t pending = cudaErrorInvalidTexture;  ///< of a call of the user's, which nobody has read yet
    std::string failing;                            ///< the call that fails
    cudaError_t with = cudaErrorInvalidResourceHandle;  ///< after which the context still lives
    std::vector<call> calls;
    int captures_ended = 0;  ///< by calls that a capture does not allow

    int pool_device = -1;
    std::uint64_t kept_by_pool = 0;  ///< the release threshold that was set

    cudaError_t ask(const char* name, cudaStream_t stream = nullptr) {
        calls.push_back({name, device, stream});
        return answer(name == failing ? with : cudaSuccess);
    }
    /// Of a call that a capture neither sees nor allows.
    cudaError_t ask_outside_capture(const char* name, bool allowed, cudaStream_t stream = nullptr) {
        const cudaError_t done = ask(name, stream);
        if (!capturing || allowed) return done;
        ++captures_ended;
        return answer(cudaErrorStreamCaptureUnsupported);
    }
    /// What fails takes the place of what was pending.
    cudaError_t answer(cudaError_t error) {
        if (error != cudaSuccess) pending = error;
        return error;
    }
    [[nodiscard]] int count(const std::string& name) const {
        int n = 0;
        for (const call& c : calls) n += c.name == name ? 1 : 0;
        return n;
    }
};
extern runtime state;
}  // namespace fake
