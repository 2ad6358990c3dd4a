// SPDX-License-Identifier: Apache-2.0
// Many callers at once, equal and different shapes, shared read-only operands: every result is the serial one.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <barrier>
#include <support/settings.hpp>
#include <thread>
#include <vector>

using tenfold::index_t;
using tenfold::tensor;

TEST_CASE("64 callers meet at a barrier and make their first call ever, then 8 more [H22][T01][H18]") {
    constexpr int callers = 64;
    tensor<float, 2> a({80, 90}), b({90, 70});
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_random(a.view(), random);
    tenfold::testing::fill_random(b.view(), random);
    std::barrier start(callers);
    std::atomic<int> failures{0};
    std::vector<std::vector<tensor<float, 2>>> results(callers);
    std::vector<std::thread> threads;
    for (int caller = 0; caller < callers; ++caller) {
        threads.emplace_back([&, caller] {
            start.arrive_and_wait();
            for (int round = 0; round < 9; ++round) {
                const index_t rows = 80 - (caller % 4) * 13;  // four shapes
                tensor<float, 2> c({rows, 70});
                if (!tenfold::matmul(std::nothrow, support::cpu_with(1 + caller % 3), a.slice(0, 0, rows), b, c).ok()) ++failures;
                results[static_cast<std::size_t>(caller)].push_back(std::move(c));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failures == 0);
    int wrong = 0;
    for (int caller = 0; caller < callers; ++caller) {
        const index_t rows = 80 - (caller % 4) * 13;
        const auto expected = tenfold::matmul(tenfold::cpu{.threads = 1}, a.slice(0, 0, rows), b);
        for (const auto& c : results[static_cast<std::size_t>(caller)])
            wrong += !tenfold::testing::compare_exact(c.view(), expected.view()).ok();
    }
    CHECK(wrong == 0);
}

TEST_CASE("300 short-lived callers of small products [H22][H21]") {
    tensor<float, 2> a({9, 17}), b({17, 11});
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_random(a.view(), random);
    tenfold::testing::fill_random(b.view(), random);
    const auto expected = tenfold::matmul(tenfold::cpu{.threads = 1}, a, b);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 300; ++i) {
        threads.emplace_back(
            [&] { wrong += !tenfold::testing::compare_exact(tenfold::matmul(tenfold::cpu{}, a, b).view(), expected.view()).ok(); });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}
