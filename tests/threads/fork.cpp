// SPDX-License-Identifier: Apache-2.0
// Children of a process that has used oneTBB, idle and busy, and of one that has not: they compute, and they end.
#include <tenfold/kernel/cpu/parallel.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
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

/// All ops, and the bits that this process got for them.
struct computed_calls {
    std::vector<support::op_call> calls = support::op_calls();
    std::vector<std::uint64_t> expected;
    computed_calls() {
        for (const auto& call : calls) expected.push_back(call.bits({.threads = 1}));
    }
    bool hold(const tenfold::cpu& where) const {
        bool right = true;
        for (std::size_t i = 0; i < calls.size(); ++i) right = calls[i].bits(where) == expected[i] && right;
        return right;
    }
};

long process_threads() {
    long count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}

/// Whatever threads it asks for, the child computes alone.
bool computes_alone(const computed_calls& calls) {
    return tenfold::forked_child() && tenfold::thread_limit({}) == 1 && tenfold::thread_limit(support::cpu_with(4)) == 1 &&
           calls.hold({}) && calls.hold(support::cpu_with(4)) && calls.hold({.threads = 1}) && process_threads() == 1;
}
}  // namespace

// First, because only a process without a parallel region behind it has such children.
TEST_CASE("a child forked before the first parallel region uses threads like any process [T10][H19]") {
    REQUIRE_FALSE(tenfold::forked_child());
    const computed_calls calls;
    const int limit = tenfold::thread_limit({});
    const auto task = [&] {
        const bool right = calls.hold(support::cpu_with(4)) && calls.hold({});
        return right && !tenfold::forked_child() && tenfold::thread_limit({}) == limit;
    };
    for (int round = 0; round < 3; ++round) CHECK(result_in_child(task) == 0);
    CHECK_FALSE(tenfold::forked_child());
}

TEST_CASE("a child computes what its parent did and starts no thread, the parent idle or busy; so does its own child [T10][H19]") {
    const computed_calls calls;
    REQUIRE(calls.hold(support::cpu_with(4)));  // the parent has had threads from here on
    CHECK_FALSE(tenfold::forked_child());
    const auto task = [&] { return computes_alone(calls); };
    for (int round = 0; round < 4; ++round) CHECK(result_in_child(task) == 0);
    CHECK(result_in_child([&] { return result_in_child(task) == 0; }) == 0);

    std::atomic<bool> stop{false};
    std::thread busy([&] {
        while (!stop) (void)calls.calls.front().bits(support::cpu_with(4));
    });
    for (int round = 0; round < 4; ++round) CHECK(result_in_child(task) == 0);
    stop = true;
    busy.join();
    CHECK_FALSE(tenfold::forked_child());
    CHECK(calls.hold(support::cpu_with(4)));  // the parent goes on
}
