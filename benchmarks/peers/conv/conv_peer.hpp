// SPDX-License-Identifier: Apache-2.0
// The convolutions of a library, as a contender of tenfold-peers sees them. Each library is behind a module of its own, which only the
// process of that contender loads.
#pragma once

#include <memory>  // std::unique_ptr
#include <string>  // std::string
#include <vector>  // std::vector

#include "peers/conv/layer.hpp"  // contest_layer
#include "peers/ready_call.hpp"  // ready_call

namespace tenfold::bench {

/// Without gaps, float. nchw: x (n, c, h, w), w (oc, c / groups, kh, kw), y as x; nhwc: x (n, h, w, c), w (oc, kh, kw, c / groups). The
/// bias has a value for each output channel, and is used by layers with an epilogue.
struct conv_operands {
    const float* x = nullptr;
    const float* w = nullptr;
    const float* bias = nullptr;
    float* y = nullptr;
};

struct conv_peer {
    std::string suffix;   // to the name of the module
    std::string version;  // what the library says of itself
    /// Null: the library has no such convolution.
    std::unique_ptr<ready_call> (*prepare)(const contest_layer&, const conv_operands&, int threads) = nullptr;
};

/// What a module exports.
extern "C" void tenfold_conv_peers(std::vector<conv_peer>& peers);

}  // namespace tenfold::bench
