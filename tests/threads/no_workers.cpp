// SPDX-License-Identifier: Apache-2.0
// oneTBB without a single worker: the caller does all the work of every region, and no call waits for help.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <tbb/global_control.h>

#include <doctest/doctest.h>

#include <support/settings.hpp>
#include <thread>

TEST_CASE("with max_allowed_parallelism 1 calls cut for 4 workers end, and are right [T05][H20b]") {
    const tbb::global_control alone(tbb::global_control::max_allowed_parallelism, 1);
    tenfold::testing::generator random(support::seed());
    tenfold::tensor<float, 2> a({150, 67}), b({67, 131});
    tenfold::testing::fill_integers(a.view(), random, 20);
    tenfold::testing::fill_integers(b.view(), random, 20);
    const auto expected = tenfold::matmul(tenfold::reference{}, a, b);
    const auto holds = [&](const tenfold::cpu& where) {
        return tenfold::testing::compare_exact(tenfold::matmul(where, a, b).view(), expected.view()).ok();
    };
    for (int round = 0; round < 50; ++round) {
        CHECK(holds(support::cpu_with(4)));
        CHECK(holds(tenfold::cpu{}));
    }
    tbb::task_arena arena(4);
    CHECK(holds({.threads = 4, .arena = &arena}));
    tbb::task_arena one(1);
    CHECK(holds({.threads = 4, .arena = &one}));
    one.execute([&] {
        CHECK(holds(tenfold::cpu{}));
        CHECK(holds(support::cpu_with(4)));
    });
    // From threads that are strangers to oneTBB, too: a foreign wait() sleeps forever there (oneTBB #2056).
    std::atomic<int> right{0};
    std::thread first([&] { right += holds(support::cpu_with(4)); });
    std::thread second([&] { right += holds(support::cpu_with(3)); });
    first.join();
    second.join();
    CHECK(right == 2);
}
