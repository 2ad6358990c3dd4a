// SPDX-License-Identifier: Apache-2.0
// parallel_for_items: the one way kernels use threads. Which item runs where never changes a result.         [floor 4]
#pragma once

#include <tenfold/core/index.hpp>
#include <tenfold/exec/cpu.hpp>
#include <tenfold/exec/fp_environment.hpp>
#include <tenfold/kernel/cpu/parallel/process.hpp>
#include <tenfold/kernel/cpu/topology.hpp>
#if TENFOLD_EXECUTOR_STD_THREADS
#include <tenfold/kernel/cpu/parallel/std_threads.hpp>
#else
#include <tenfold/kernel/cpu/parallel/tbb.hpp>
#endif

#include <atomic>
#include <exception>

TENFOLD_BEGIN
#if TENFOLD_EXECUTOR_STD_THREADS
using executor = std_thread_executor;
#else
using executor = tbb_executor;
#endif

// Hidden, as the state they read: a shared library that asked another's copy would not see its own regions.

/// True in a child of fork() whose parent had started threads of the executor: they are not there, so calls run serially.
TENFOLD_HIDDEN inline bool forked_child() noexcept { return executor::threads_outlive_a_region && is_forked_child(); }

/// Upper bound of the workers of a call: cpu{.threads} and the arena, or what the process may use. At least 1.
TENFOLD_HIDDEN inline int thread_limit(const cpu& where) noexcept {
    if (where.threads == 1 || forked_child()) return 1;
    int limit = where.arena ? where.arena.max_concurrency() : executor::concurrency();
    const int wanted = where.threads > 0 ? where.threads : usable_cpus();
    if (wanted < limit) limit = wanted;
    return limit > 1 ? limit : 1;
}

/// Workers that pay for `cost` units of work (multiply-adds, or bytes) when each needs `cost_per_worker` to be worth a
/// wake-up of some 5 us; 1 .. limit.
TENFOLD_INLINE int workers_for(index_t cost, index_t cost_per_worker, int limit) noexcept {
    const index_t paying = cost / cost_per_worker;
    return paying <= 1 ? 1 : paying < limit ? static_cast<int>(paying) : limit;
}
/// The same within thread_limit(). Small work asks neither oneTBB nor the system what that is. More than one worker means
/// that a region follows: from then on, the process has threads that its children will miss.
TENFOLD_HIDDEN inline int workers_for(const cpu& where, index_t cost, index_t cost_per_worker) noexcept {
    if (cost / cost_per_worker <= 1 || where.threads == 1) return 1;
    const int workers = workers_for(cost, cost_per_worker, thread_limit(where));
    if (executor::threads_outlive_a_region && workers > 1) claim_threads_for_this_process();
    return workers;
}

/// body(worker, item) without its type: the machinery below is compiled once per translation unit, not once per body.
struct item_body {
    void (*call)(const void* body, int worker, index_t item);
    const void* body;
    void operator()(int worker, index_t item) const { call(body, worker, item); }
};

/// The parallel case of parallel_for_items. The executor is a parameter for tests of executors that fail.
template <class Executor>
void run_items(const cpu& where, int workers, index_t items, const item_body& body) {
    struct region_state {
        std::atomic<index_t> next{0};
#if TENFOLD_HAS_EXCEPTIONS
        std::atomic<bool> failed{false};
        std::exception_ptr error;
#endif
    } state;
    const auto work = [&](int worker) {
        const fp_environment ieee_here_too;
        for (index_t item = state.next.fetch_add(1, std::memory_order_relaxed); item < items;
             item = state.next.fetch_add(1, std::memory_order_relaxed)) {
#if TENFOLD_HAS_EXCEPTIONS
            try {
                body(worker, item);
            } catch (...) {
                if (!state.failed.exchange(true)) state.error = std::current_exception();
                state.next.store(items, std::memory_order_relaxed);
            }
#else
            body(worker, item);
#endif
        }
    };
    const auto region = [&] { Executor::run(workers, work); };
    const auto run = [&] {
        if (where.arena) {
            where.arena.execute(
                {[](void* f) { (*static_cast<decltype(&region)>(f))(); }, const_cast<void*>(static_cast<const void*>(&region))});
        } else {
            region();
        }
    };
#if TENFOLD_HAS_EXCEPTIONS
    try {
        run();
    } catch (...) {
        work(0);  // work() throws nothing: the executor has no memory for its tasks, so the caller does what is left, alone
    }
    if (state.error) std::rethrow_exception(state.error);
#else
    run();
#endif
}

/// Calls body(worker, item) for each item in [0, items), items in increasing order per worker, worker < workers.
/// One worker: here, without a task or an atomic. Otherwise the caller works too and no item waits for another. The
/// first exception of a body stops the drawing of new items and is thrown from here.
template <class Executor = executor, class Body>
void parallel_for_items(const cpu& where, int workers, index_t items, const Body& body) {
    if (workers > items) workers = static_cast<int>(items);
    const fp_environment ieee;  // of the caller; also because oneTBB gives its register back without the sticky flags
    if (workers <= 1) {
        for (index_t item = 0; item < items; ++item) body(0, item);
        return;
    }
    run_items<Executor>(where, workers, items,
                        {[](const void* f, int worker, index_t item) { (*static_cast<const Body*>(f))(worker, item); }, &body});
}
TENFOLD_END
