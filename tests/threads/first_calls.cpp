// SPDX-License-Identifier: Apache-2.0
// 10 000 processes, each of which meets the library for the first time on four threads at once.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <barrier>
#include <support/settings.hpp>
#include <thread>
#include <vector>

namespace {
/// Four threads meet and call. 0: all are right.
int first_calls(const tenfold::tensor<float, 2>& a, const tenfold::tensor<float, 2>& b, const tenfold::tensor<float, 2>& expected) {
    constexpr int callers = 4;
    std::barrier start(callers);
    std::atomic<int> wrong{0};
    const auto call = [&](int caller) {
        start.arrive_and_wait();
        // Two of them with threads, so that oneTBB starts in the race as well.
        const auto c = tenfold::matmul(caller % 2 == 0 ? tenfold::cpu{} : support::cpu_with(3), a, b);
        wrong += !tenfold::testing::compare_exact(c.view(), expected.view()).ok();
    };
    std::vector<std::thread> threads;
    for (int caller = 1; caller < callers; ++caller) threads.emplace_back(call, caller);
    call(0);
    for (auto& thread : threads) thread.join();
    return wrong;
}
}  // namespace

TEST_CASE("the first call of a process, made on four threads at once, in 10 000 processes [H18][T09]") {
    // Nothing here calls the cpu backend before the fork: to a child, everything about it is new.
    tenfold::tensor<float, 2> a({96, 100}), b({100, 90});
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_integers(a.view(), random, 30);
    tenfold::testing::fill_integers(b.view(), random, 30);
    const auto expected = tenfold::matmul(tenfold::reference{}, a, b);
    int failed = 0;
    for (int process = 0; process < 10'000; ++process) {
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            alarm(60);
            _exit(first_calls(a, b, expected) == 0 ? 0 : 1);
        }
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        failed += !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    CHECK(failed == 0);
}
