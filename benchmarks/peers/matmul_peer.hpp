// SPDX-License-Identifier: Apache-2.0
// The matmul of a library, as a contender of tenfold-peers sees it. Each library is behind a module of its own, which only the
// process of that contender loads: no two libraries, nor their threads, meet in one process.
#pragma once

#include <cstdint>  // std::int64_t
#include <memory>   // std::unique_ptr
#include <string>   // std::string
#include <vector>   // std::vector

#include "op/matmul_shape.hpp"   // matmul_shape
#include "peers/ready_call.hpp"  // ready_call

namespace tenfold::bench {

/// Where the operands of a shape are: `sets` of them, the same number of bytes apart. A batch lies within its set.
struct matmul_operands {
    const char* a = nullptr;
    const char* b = nullptr;
    char* c = nullptr;
    std::int64_t a_step = 0, b_step = 0, c_step = 0;
    std::int64_t sets = 1;
};

/// A matmul of one shape on given operands.
using ready_matmul = ready_call;

struct matmul_peer {
    std::string suffix;   // to the name of the module: "", "-jit"
    std::string version;  // what the library says of itself
    /// Null: the library has no such matmul.
    std::unique_ptr<ready_matmul> (*prepare)(const matmul_shape&, const matmul_operands&, int threads) = nullptr;
};

/// What a module exports: the ways in which its library multiplies.
extern "C" void tenfold_matmul_peers(std::vector<matmul_peer>& peers);

}  // namespace tenfold::bench
