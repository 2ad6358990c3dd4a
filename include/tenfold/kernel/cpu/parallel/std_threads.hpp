// SPDX-License-Identifier: Apache-2.0
// The executor on std::thread: what race detectors can follow, and what runs where oneTBB is not.            [floor 4]
#pragma once

#include <tenfold/kernel/cpu/topology.hpp>  // usable_cpus

#include <thread>
#include <vector>

TENFOLD_BEGIN
struct std_thread_executor {
    static constexpr bool threads_outlive_a_region = false;

    static int concurrency() noexcept { return usable_cpus(); }

    /// Runs work(0) here and work(1) .. work(workers - 1) on threads of their own; a thread that cannot be started is
    /// not missed, since workers draw their items from one list.
    template <class Work>
    static void run(int workers, const Work& work) {
        std::vector<std::jthread> threads;
        threads.reserve(static_cast<std::size_t>(workers));
        for (int worker = 1; worker < workers; ++worker) threads.emplace_back([&work, worker] { work(worker); });
        work(0);
    }
};
TENFOLD_END
