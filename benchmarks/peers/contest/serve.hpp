// SPDX-License-Identifier: Apache-2.0
// The process of a contender: loads the module, and obeys until the contest hangs up.
#pragma once

#include <string>  // std::string

#include "peers/contest/subject.hpp"  // contest_subject

namespace tenfold::bench {

struct served_module {
    std::string path;
    const contest_subject* subject;
    const operand_pool* pool;  // filled; shared with all other contenders until somebody writes
    int threads;
};

/// Answers requests on `socket`. Returns when the other end is closed.
void serve(const served_module& module, int socket);

}  // namespace tenfold::bench
