// SPDX-License-Identifier: Apache-2.0
// The process of a contender: loads the module, and obeys until the contest hangs up.
#pragma once

#include <string>  // std::string
#include <vector>  // std::vector

#include "op/matmul_shape.hpp"       // matmul_shape
#include "support/operand_pool.hpp"  // operand_pool

namespace tenfold::bench {

struct served_module {
    std::string path;
    const std::vector<matmul_shape>* shapes;
    const operand_pool* pool;  // filled; shared with all other contenders until somebody writes
    int threads;
};

/// Answers requests on `socket`. Returns when the other end is closed.
void serve(const served_module& module, int socket);

}  // namespace tenfold::bench
