// SPDX-License-Identifier: Apache-2.0
// Calls from inside other parallel work: tasks, futures, arenas of any width, cancelled groups, our own epilogue.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <doctest/doctest.h>

#include <sched.h>

#include <array>
#include <future>
#include <support/settings.hpp>
#include <support/watchers.hpp>

using tenfold::cpu;
using tenfold::index_t;
using tenfold::tensor;

namespace {
struct product {
    tensor<float, 2> a{{96, 130}}, b{{130, 100}}, expected{{96, 100}};
    product() {
        tenfold::testing::generator random(support::seed());
        tenfold::testing::fill_integers(a.view(), random, 30);
        tenfold::testing::fill_integers(b.view(), random, 30);
        tenfold::matmul(tenfold::reference{}, a, b, expected);
    }
    bool holds(const cpu& where) const {
        return tenfold::testing::compare_exact(tenfold::matmul(where, a, b).view(), expected.view()).ok();
    }
};
}  // namespace

TEST_CASE("calls from oneTBB tasks and from std::async are right and end [T06][H20]") {
    const product x;
    std::atomic<int> wrong{0};
    tbb::parallel_for(0, 40, [&](int) { wrong += !x.holds(support::cpu_with(4)); });
    CHECK(wrong == 0);
    std::vector<std::future<bool>> calls;
    for (int i = 0; i < 8; ++i)
        calls.push_back(std::async(std::launch::async, [&] { return x.holds(support::cpu_with(4)) && x.holds(cpu{}); }));
    for (auto& call : calls) CHECK(call.get());
}

TEST_CASE("the caller's arena is used and never exceeded; an arena of 1 is serial [T02][T06]") {
    const product x;
    for (const int width : {1, 2, 3}) {
        tbb::task_arena arena(width);
        support::observation seen;
        struct in_arena {
            support::observation* seen;
            int width;
            std::atomic<int>* foreign;
            float operator()(float value, index_t, index_t) const {
                if (tbb::this_task_arena::max_concurrency() != width) ++*foreign;
                return support::watching_epilogue{seen}(value);
            }
        };
        std::atomic<int> foreign{0};
        // Given as a value, and found because the caller is in it.
        const auto given = tenfold::matmul(cpu{.threads = 4, .arena = &arena}, x.a, x.b, in_arena{&seen, width, &foreign});
        CHECK(tenfold::testing::compare_exact(given.view(), x.expected.view()).ok());
        // An arena of 1 is no reason to enter it: the call then runs on the caller.
        if (width > 1) CHECK(foreign == 0);
        CHECK(seen.most <= width);
        arena.execute([&] {
            CHECK(tenfold::thread_limit({}) <= width);
            CHECK(x.holds(cpu{}));
            CHECK(x.holds(cpu{.threads = 4}));
        });
    }
}

TEST_CASE("a call inside our own epilogue [T06][H20]") {
    const product x;
    struct nested_call {
        const product* x;
        std::atomic<int>* wrong;
        float operator()(float value, index_t i, index_t j) const {
            if (i % 32 == 0 && j % 50 == 0 && !x->holds(support::cpu_with(2))) ++*wrong;
            return value;
        }
    };
    std::atomic<int> wrong{0};
    const auto c = tenfold::matmul(support::cpu_with(3), x.a, x.b, nested_call{&x, &wrong});
    CHECK(tenfold::testing::compare_exact(c.view(), x.expected.view()).ok());
    CHECK(wrong == 0);
}

TEST_CASE("a call in a cancelled group is complete [T08][H49]") {
    const product x;
    int right = 0;
    tbb::task_group_context context;
    tbb::task_group group(context);
    group.run_and_wait([&] {
        context.cancel_group_execution();
        for (int i = 0; i < 10; ++i) right += x.holds(support::cpu_with(4));
    });
    CHECK(right == 10);
}

TEST_CASE("calls that run while the group around them is cancelled are complete [T08][H49][H20]") {
    const product x;
    std::atomic<int> started{0}, wrong{0};
    tbb::task_group_context context;
    tbb::task_group group(context);
    for (int i = 0; i < 40; ++i) {
        group.run([&] {
            const int number = ++started;
            // The third task cancels from inside its own call: its first rows are done, its last are not.
            const auto c = tenfold::matmul(support::cpu_with(4), x.a, x.b, [&](float value, index_t row, index_t column) {
                if (number == 3 && row == 48 && column == 0) context.cancel_group_execution();
                return value;
            });
            wrong += !tenfold::testing::compare_exact(c.view(), x.expected.view()).ok();
            wrong += !x.holds(support::cpu_with(4));
        });
    }
    CHECK(group.wait() == tbb::canceled);
    CHECK(started >= 3);
    CHECK(started < 40);  // the rest was cancelled before it began
    CHECK(wrong == 0);
}

TEST_CASE("calls with arenas and limits change nothing outside themselves [T02][T01]") {
    using control = tbb::global_control;
    const product x;
    const auto state = [] {
        cpu_set_t affinity;
        CPU_ZERO(&affinity);
        sched_getaffinity(0, sizeof affinity, &affinity);
        return std::array<std::size_t, 4>{
            static_cast<std::size_t>(tbb::this_task_arena::max_concurrency()), control::active_value(control::max_allowed_parallelism),
            static_cast<std::size_t>(CPU_COUNT(&affinity)), static_cast<std::size_t>(tenfold::thread_limit({}))};
    };
    const auto before = state();
    for (const int width : {1, 2, 4}) {
        tbb::task_arena arena(width);
        for (const int threads : {0, 1, 2, 3, 64}) {
            CHECK(x.holds(cpu{.threads = threads, .arena = &arena}));
            CHECK(x.holds(cpu{.threads = threads}));
            CHECK(arena.max_concurrency() == width);
            CHECK(state() == before);
        }
    }
}

TEST_CASE("waiting inside a call takes up no foreign task: a lock the caller holds cannot be asked for again [T06]") {
    // 64 tasks each hold a non-recursive lock around a call; a stolen outer task would try to lock twice on one thread.
    const product x;
    std::mutex lock;
    std::atomic<bool> reentered{false};
    std::atomic<int> wrong{0};
    thread_local bool holding = false;
    tbb::parallel_for(0, 64, [&](int) {
        if (holding) {
            reentered = true;
            return;
        }
        const std::lock_guard guard(lock);
        holding = true;
        wrong += !x.holds(support::cpu_with(4));
        holding = false;
    });
    CHECK_FALSE(reentered);
    CHECK(wrong == 0);
}
