// SPDX-License-Identifier: Apache-2.0
// A child of a process that has used oneTBB: it computes, and it ends.
#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <support/settings.hpp>
#include <thread>
#include <threads/op_calls.hpp>

namespace {
/// What a child's `task` returned; -1 where it did not end within a minute.
template <class Task>
int result_in_child(const Task& task) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        alarm(60);
        _exit(task() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
}  // namespace

TEST_CASE("a child with threads = 1 computes what its parent did, the parent idle or busy [T10][H19]") {
    const auto calls = support::op_calls();
    std::vector<std::uint64_t> expected;
    for (const auto& call : calls) expected.push_back(call.bits(support::cpu_with(4)));
    const auto computes = [&] {
        bool right = true;
        for (std::size_t i = 0; i < calls.size(); ++i) right = calls[i].bits({.threads = 1}) == expected[i] && right;
        return right;
    };
    for (int round = 0; round < 3; ++round) CHECK(result_in_child(computes) == 0);

    std::atomic<bool> stop{false};
    std::thread busy([&] {
        while (!stop) (void)calls.front().bits(support::cpu_with(4));
    });
    for (int round = 0; round < 3; ++round) CHECK(result_in_child(computes) == 0);
    stop = true;
    busy.join();
    CHECK(calls.front().bits(support::cpu_with(4)) == expected.front());  // the parent goes on
}
