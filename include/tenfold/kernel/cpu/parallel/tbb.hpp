// SPDX-License-Identifier: Apache-2.0
// oneTBB's one door. task_group and task_arena only: with parallel_for every g++ -O0 program needs -ltbb, used or not.
// [floor 4]
#pragma once

#include <tenfold/config/abi.hpp>

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

TENFOLD_BEGIN
struct tbb_executor {
    static constexpr bool threads_outlive_a_region = true;

    /// Threads of the arena the caller is in.
    static int concurrency() noexcept { return tbb::this_task_arena::max_concurrency(); }

    /// Runs work(0) here and work(1) .. work(workers - 1) on whichever workers come; returns when all have returned.
    /// Correct with no worker at all: wait() runs what nobody took. The context is isolated, so an outer group that is
    /// cancelled cannot leave the output incomplete, and the region is isolated, so waiting never picks up outer tasks.
    template <class Work>
    static void run(int workers, const Work& work) {
        tbb::this_task_arena::isolate([&] {
            tbb::task_group_context context(tbb::task_group_context::isolated);
            tbb::task_group group(context);
            for (int worker = 1; worker < workers; ++worker) group.run([&work, worker] { work(worker); });
            work(0);
            group.wait();
        });
    }
};
TENFOLD_END
