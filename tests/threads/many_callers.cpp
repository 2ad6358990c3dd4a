// SPDX-License-Identifier: Apache-2.0
// 1000 threads inside calls at the same time, of all ops; nothing in the library is sized by a number of callers.
#include <doctest/doctest.h>

#include <atomic>
#include <barrier>
#include <support/settings.hpp>
#include <thread>
#include <threads/op_calls.hpp>
#include <vector>

TEST_CASE("1000 callers at once, all ops mixed, serial and shared: each result is the serial one [T12][H21][H22]") {
    constexpr std::size_t callers = 1000;
    const std::vector<support::op_call> calls = support::op_calls();
    std::vector<std::uint64_t> expected;
    for (const auto& call : calls) expected.push_back(call.bits({.threads = 1}));
    std::barrier start(static_cast<std::ptrdiff_t>(callers));
    std::vector<std::atomic<int>> wrong(calls.size());
    std::vector<std::thread> threads;
    for (std::size_t caller = 0; caller < callers; ++caller) {
        threads.emplace_back([&, caller] {
            start.arrive_and_wait();
            for (std::size_t round = 0; round < 2; ++round) {
                const std::size_t at = (caller + 7 * round) % calls.size();
                if (calls[at].bits(support::cpu_with(1 + static_cast<int>(caller % 3))) != expected[at]) ++wrong[at];
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (std::size_t at = 0; at < calls.size(); ++at) {
        INFO(calls[at].name);
        CHECK(wrong[at] == 0);
    }
}
