// SPDX-License-Identifier: Apache-2.0
// The reductions, softmax and norms of a library, as a contender of tenfold-peers sees them. Each library is behind a module of its
// own, which only the process of that contender loads.
#pragma once

#include <memory>  // std::unique_ptr
#include <string>  // std::string
#include <vector>  // std::vector

#include "peers/axes/axis_shape.hpp"  // axis_shape
#include "peers/ready_call.hpp"       // ready_call

namespace tenfold::bench {

/// Without gaps, of the shape's type. scale and bias have a value for each element of the axis.
struct axis_operands {
    const void* x = nullptr;
    const void* scale = nullptr;
    const void* bias = nullptr;
    void* y = nullptr;
};

/// What norms add under the root, everywhere in the contest.
inline constexpr double contest_epsilon = 1e-5;

struct axis_peer {
    std::string suffix;   // to the name of the module
    std::string version;  // what the library says of itself
    /// Null: the library has no such op.
    std::unique_ptr<ready_call> (*prepare)(const axis_shape&, const axis_operands&, int threads) = nullptr;
};

/// What a module exports.
extern "C" void tenfold_axis_peers(std::vector<axis_peer>& peers);

}  // namespace tenfold::bench
