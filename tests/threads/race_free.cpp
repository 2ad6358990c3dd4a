// SPDX-License-Identifier: Apache-2.0
// Two callers, all ops, three threads each, watched by ThreadSanitizer: a report makes the program exit with its error.
#include <doctest/doctest.h>

#include <atomic>
#include <support/settings.hpp>
#include <thread>
#include <threads/op_calls.hpp>

#if !defined(__SANITIZE_THREAD__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#if !defined(__SANITIZE_THREAD__)
#error "this program proves nothing without -fsanitize=thread"
#endif

TEST_CASE("two callers with three threads each, from the first call on: no race in any op [T15][H18][H22]") {
    const auto calls = support::op_calls();  // shared operands, read by both
    std::atomic<int> wrong{0};
    const auto caller = [&] {
        for (const auto& call : calls) {
            const std::uint64_t shared = call.bits(support::cpu_with(3));
            if (call.bits({.threads = 1}) != shared) ++wrong;
        }
    };
    std::thread other(caller);
    caller();
    other.join();
    CHECK(wrong == 0);
}
