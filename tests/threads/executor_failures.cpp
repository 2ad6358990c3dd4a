// SPDX-License-Identifier: Apache-2.0
// Executors and arenas that fail at any point, and workers that never come or stall: every item runs once all the same.
#include <tenfold/kernel/cpu/parallel.hpp>
#include <tenfold/kernel/cpu/parallel/std_threads.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using tenfold::index_t;

namespace {
/// Throws as oneTBB does without memory for a task: `started` workers run, then the start of the next one fails.
template <int started>
struct failing_executor {
    template <class Work>
    static void run(int workers, const Work& work) {
        std::vector<std::jthread> threads;
        for (int worker = 1; worker < workers; ++worker) {
            if (worker > started) throw std::bad_alloc();
            threads.emplace_back([&work, worker] { work(worker); });
        }
        work(0);
    }
};

/// Fails after all the work is done.
struct late_executor {
    template <class Work>
    static void run(int workers, const Work& work) {
        for (int worker = 0; worker < workers; ++worker) work(worker);
        throw std::bad_alloc();
    }
};

/// A pool of the caller that is shut down.
struct closed_arena {
    template <class Task>
    void execute(Task) const {
        throw std::runtime_error("closed");
    }
    [[nodiscard]] int max_concurrency() const { return 8; }
};

constexpr index_t items = 500;

template <class Executor>
void every_item_once(const tenfold::cpu& where) {
    for (const int workers : {2, 3, 8}) {
        std::vector<std::atomic<int>> runs(items);
        std::atomic<int> foreign_worker{0};
        tenfold::parallel_for_items<Executor>(where, workers, items, [&](int worker, index_t item) {
            if (worker < 0 || worker >= workers) ++foreign_worker;
            ++runs[static_cast<std::size_t>(item)];
        });
        int not_once = 0;
        for (const auto& count : runs) not_once += count != 1;
        INFO(workers << " workers");
        CHECK(not_once == 0);
        CHECK(foreign_worker == 0);
    }
}
}  // namespace

TEST_CASE("an executor without memory for its tasks, at once or midway: the caller does what is left, every item once [T05][E02]") {
    every_item_once<failing_executor<0>>({});
    every_item_once<failing_executor<1>>({});
    every_item_once<failing_executor<4>>({});
    every_item_once<late_executor>({});
    every_item_once<tenfold::executor>({});
    closed_arena closed;
    every_item_once<tenfold::executor>({.arena = &closed});
}

TEST_CASE("what a body throws arrives, not what the executor threw after it; later items are not begun [T08]") {
    const auto numbers_run = [](auto executor, index_t throwing) {
        std::set<index_t> begun;
        std::mutex guard;
        const auto body = [&](int, index_t item) {
            const std::lock_guard lock(guard);
            begun.insert(item);
            if (item == throwing) throw std::domain_error("item");
        };
        CHECK_THROWS_WITH_AS(tenfold::parallel_for_items<decltype(executor)>({}, 4, items, body), "item", std::domain_error);
        return begun;
    };
    for (const index_t throwing : {index_t{0}, index_t{17}, items - 1}) {
        const std::set<index_t> late = numbers_run(late_executor{}, throwing);
        CHECK(late.size() == static_cast<std::size_t>(throwing) + 1);  // one worker after the other: none begins behind the failure
        CHECK(numbers_run(failing_executor<2>{}, throwing).count(throwing) == 1);
        CHECK(numbers_run(tenfold::executor{}, throwing).count(throwing) == 1);
    }
}

TEST_CASE("a worker that stalls in its first item holds up nobody: the others run all the rest [T05][T14]") {
    std::atomic<index_t> finished{0};
    std::atomic<bool> stalled{false}, gave_up{false};
    tenfold::parallel_for_items<tenfold::std_thread_executor>({}, 3, items, [&](int worker, index_t) {
        if (worker != 0 && !stalled.exchange(true)) {
            const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
            while (finished < items - 1 && !gave_up) {
                gave_up = std::chrono::steady_clock::now() > deadline;
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        } else if (!stalled) {
            // The caller waits for the stall to begin, or it would do all the work before.
            while (!stalled) std::this_thread::yield();
        }
        ++finished;
    });
    CHECK(finished == items);
    CHECK(stalled);
    CHECK_FALSE(gave_up);
}
