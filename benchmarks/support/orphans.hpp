// SPDX-License-Identifier: Apache-2.0
// A duty of the first process of a container: whose parent has ended becomes its child, and stays in the table of processes as
// a zombie until somebody waits for it.
#pragma once

#include <sys/types.h>  // pid_t

#include <condition_variable>  // std::condition_variable
#include <mutex>               // std::mutex
#include <thread>              // std::thread

namespace tenfold::bench {

/// Waits for such children once a second, from a thread, until it is destroyed. In any other process there is no thread.
class orphan_reaper {
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;
    std::thread thread_;

public:
    orphan_reaper();
    orphan_reaper(const orphan_reaper&) = delete;
    orphan_reaper& operator=(const orphan_reaper&) = delete;
    ~orphan_reaper();
};

/// To be held by who starts a child and wants its exit code, until it has it: the reaper would take it away.
std::unique_lock<std::mutex> children_are_waited_for();

/// Has this child ended? Like waitpid with WNOHANG; the first process waits for those of others on the way.
pid_t poll_child(pid_t child, int& status);

}  // namespace tenfold::bench
