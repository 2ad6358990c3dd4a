// SPDX-License-Identifier: Apache-2.0
// Runs a function on so many threads at once, all of them started before the first begins.
#pragma once

#include <barrier>  // std::barrier
#include <chrono>   // std::chrono::steady_clock
#include <cstdint>  // std::int64_t
#include <thread>   // std::thread
#include <utility>  // std::pair
#include <vector>   // std::vector

namespace tenfold::bench {

/// Part `worker` of `count` items split evenly: [begin, end).
inline std::pair<std::int64_t, std::int64_t> share_of(std::int64_t count, int worker, int workers) {
    const std::int64_t part = count / workers;
    const std::int64_t rest = count % workers;
    const std::int64_t begin = part * worker + (worker < rest ? worker : rest);
    return {begin, begin + part + (worker < rest ? 1 : 0)};
}

/// Calls work(worker) on each of `threads` threads; seconds from when all are ready to when all are done.
template <class Work>
double on_threads(int threads, const Work& work) {
    using clock = std::chrono::steady_clock;
    if (threads <= 1) {
        const auto start = clock::now();
        work(0);
        return std::chrono::duration<double>(clock::now() - start).count();
    }
    std::barrier<> gate(threads);
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(threads) - 1);
    clock::time_point start;
    for (int worker = 1; worker < threads; ++worker) {
        others.emplace_back([&gate, &work, worker] {
            gate.arrive_and_wait();
            work(worker);
        });
    }
    gate.arrive_and_wait();
    start = clock::now();
    work(0);
    for (std::thread& other : others) other.join();
    return std::chrono::duration<double>(clock::now() - start).count();
}

}  // namespace tenfold::bench
