// SPDX-License-Identifier: Apache-2.0
// A process with one module, and the contenders in it. Each library has its own process: no symbols, thread pools or
// settings of two libraries meet. While another one is timed the process is stopped, so threads that wait by spinning do not disturb.
#pragma once

#include <memory>  // std::shared_ptr
#include <string>  // std::string
#include <vector>  // std::vector

#include "peers/contest/messages.hpp"  // request, reply
#include "peers/contest/serve.hpp"     // served_module

namespace tenfold::bench {

class contender_process {
    int pid_ = -1;
    int socket_ = -1;
    std::string ended_;  // why it does not answer any more; empty: it does

    void stop();
    void go_on();
    void note_end(const std::string& why);

public:
    /// Forks. The process that calls has no other threads.
    explicit contender_process(const served_module& module);
    contender_process(const contender_process&) = delete;
    contender_process& operator=(const contender_process&) = delete;
    ~contender_process();

    /// Wakes the process, waits for its answer, and stops it again. A process that ends or does not answer within
    /// `patience_seconds` has failed, now and for all later requests.
    reply ask(const request& asked, int patience_seconds);
};

struct contender {
    std::string name;  // of the module, and what the peer adds: "mkl-jit"
    std::string version;
    std::shared_ptr<contender_process> process;
    int peer = 0;  // of the module
};

/// The contenders of one module, or why there are none.
struct introduction {
    std::vector<contender> contenders;
    std::string complaint;
};
introduction introduce(const std::string& name, const served_module& module);

}  // namespace tenfold::bench
