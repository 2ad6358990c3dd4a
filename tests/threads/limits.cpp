// SPDX-License-Identifier: Apache-2.0
// Thread limits are values of a call: concurrent calls with different limits each keep their own.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#if !TENFOLD_EXECUTOR_STD_THREADS
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#endif

#include <doctest/doctest.h>

#include <support/settings.hpp>
#include <support/watchers.hpp>
#include <thread>
#include <vector>

using tenfold::cpu;
using tenfold::index_t;
using tenfold::tensor;

namespace {
struct product {
    tensor<float, 2> a{{192, 100}}, b{{100, 192}}, expected{{192, 192}};  // 3.7 million multiply-adds: work for 12 threads
    product() {
        tenfold::testing::generator random(support::seed());
        tenfold::testing::fill_integers(a.view(), random, 30);
        tenfold::testing::fill_integers(b.view(), random, 30);
        tenfold::matmul(tenfold::reference{}, a, b, expected);
    }
    bool holds(const cpu& where, support::observation& seen) const {
        const auto c = tenfold::matmul(where, a, b, support::watching_epilogue{&seen});
        return tenfold::testing::compare_exact(c.view(), expected.view()).ok() && seen.calls == expected.size();
    }
};
}  // namespace

TEST_CASE("concurrent calls with limits 1, 2 and 4 never have more bodies active than their limit [T01][H25]") {
    const product x;
    const int limits[] = {1, 2, 4, 3};
    std::vector<support::observation> seen(4);
    std::atomic<int> wrong{0};
    std::vector<std::thread> callers;
    for (std::size_t i = 0; i < 4; ++i) {
        callers.emplace_back([&, i] {
            for (int round = 0; round < 5; ++round) {
                seen[i].calls = 0;
                if (!x.holds(support::cpu_with(limits[i]), seen[i])) ++wrong;
            }
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(wrong == 0);
    for (std::size_t i = 0; i < 4; ++i) {
        INFO("limit " << limits[i] << ", at most " << seen[i].most << " at a time");
        CHECK(seen[i].most >= 1);
        CHECK(seen[i].most <= limits[i]);
    }
    CHECK(seen[0].threads.size() == 1);  // the caller alone
}

#if !TENFOLD_EXECUTOR_STD_THREADS
TEST_CASE("the same among eight threads of oneTBB that share an arena [T01][T02][H25]") {
    const tbb::global_control workers(tbb::global_control::max_allowed_parallelism, 8);
    tbb::task_arena arena(8, 3);
    const product x;
    const int limits[] = {1, 2, 4};
    std::vector<support::observation> seen(3);
    std::atomic<int> wrong{0};
    // Threads come when they come; the limits are put to the test once four were there at a time.
    for (int round = 0; round < 100 && seen[2].most < 4; ++round) {
        std::vector<std::thread> callers;
        for (std::size_t i = 0; i < 3; ++i) {
            callers.emplace_back([&, i] {
                seen[i].calls = 0;
                if (!x.holds({.threads = limits[i], .arena = &arena}, seen[i])) ++wrong;
            });
        }
        for (auto& caller : callers) caller.join();
    }
    CHECK(wrong == 0);
    for (std::size_t i = 0; i < 3; ++i) {
        INFO("limit " << limits[i]);
        CHECK(seen[i].most == limits[i]);
    }
}
#endif

TEST_CASE("a limit of 1 runs on the caller and nowhere else [T01][T04]") {
    const product x;
    support::observation seen;
    CHECK(x.holds(cpu{.threads = 1}, seen));
    CHECK(seen.threads == std::set<std::thread::id>{std::this_thread::get_id()});
    CHECK(seen.most == 1);
}

TEST_CASE("results do not depend on the limit: 1, 2, 3, 5, 7, 16, 64 [H22][T01]") {
    const product x;
    for (const int threads : {1, 2, 3, 5, 7, 16, 64}) {
        INFO(threads);
        support::observation seen;
        CHECK(x.holds(support::cpu_with(threads), seen));
        CHECK(seen.most <= threads);
    }
}

TEST_CASE("any pool with execute() and max_concurrency() is an arena, and bounds the call [T02]") {
    struct counting_arena {
        int width;
        int entered = 0;
        void execute(tenfold::arena_task task) {
            ++entered;
            task();
        }
        int max_concurrency() const { return width; }
    };
    const product x;
    for (const int width : {1, 2, 3}) {
        counting_arena arena{width};
        support::observation seen;
        CHECK(x.holds(cpu{.threads = 8, .arena = &arena}, seen));
        CHECK(seen.most <= width);
        // A serial call needs no arena; every parallel region goes through it.
        CHECK((arena.entered > 0) == (width > 1));
    }
}
