// SPDX-License-Identifier: Apache-2.0
// Epilogues that see who calls them: how many at a time, on which threads, how often per element.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

namespace support {
/// Which threads called, and the largest number of them inside at one time. Shared by the copies of a functor.
struct observation {
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::atomic<long> calls{0};
    std::mutex guard;
    std::set<std::thread::id> threads;

    void enter() {
        const int now = ++inside;
        int seen = most.load();
        while (now > seen && !most.compare_exchange_weak(seen, now)) {}
        ++calls;
    }
};

/// Counts each call; every `pause_every`-th call lets other threads get inside too.
struct watching_epilogue {
    observation* seen;
    long pause_every = 64;

    template <class Value, class... Index>
    Value operator()(Value x, Index...) const {
        seen->enter();
        if (seen->calls.load(std::memory_order_relaxed) % pause_every == 0) {
            {
                const std::lock_guard lock(seen->guard);
                seen->threads.insert(std::this_thread::get_id());
            }
            std::this_thread::sleep_for(std::chrono::microseconds(20));
        }
        --seen->inside;
        return x;
    }
};
}  // namespace support
