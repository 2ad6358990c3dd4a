// SPDX-License-Identifier: Apache-2.0
// Which process the executor's threads belong to: fork() copies the memory of a pool, not its threads.        [floor 4]
#pragma once

#include <tenfold/config/abi.hpp>

#include <atomic>

#include <unistd.h>  // getpid

TENFOLD_BEGIN
/// The process that ran the first parallel region; 0 before it. One per shared library, as the rest of the library.
TENFOLD_HIDDEN inline std::atomic<pid_t>& threads_process() noexcept {
    static constinit std::atomic<pid_t> process{0};
    return process;
}

/// To be called before a region gets threads that outlive it.
TENFOLD_HIDDEN inline void claim_threads_for_this_process() noexcept {
    std::atomic<pid_t>& process = threads_process();
    if (process.load(std::memory_order_relaxed) != 0) return;
    pid_t none = 0;
    process.compare_exchange_strong(none, getpid(), std::memory_order_relaxed);
}

/// True in a process that was forked from one with a parallel region behind it. A pool that the application itself used
/// before forking cannot be seen from here.
TENFOLD_HIDDEN inline bool is_forked_child() noexcept {
    const pid_t process = threads_process().load(std::memory_order_relaxed);
    return process != 0 && process != getpid();
}
TENFOLD_END
