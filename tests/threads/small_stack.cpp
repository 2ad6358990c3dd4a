// SPDX-License-Identifier: Apache-2.0
// Callers with the 128 KiB stack that musl gives its threads: every op runs on it, and uses at most 48 KiB of it.
#include <tenfold/kernel/cpu/dispatch.hpp>

#include <doctest/doctest.h>

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <support/settings.hpp>
#include <threads/op_calls.hpp>

namespace {
/// A stack that is painted before use, below it a page that may not be touched.
class painted_stack {
public:
    painted_stack() {
        void* const memory = mmap(nullptr, guard + bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        REQUIRE(memory != MAP_FAILED);
        REQUIRE(mprotect(memory, guard, PROT_NONE) == 0);
        stack_ = static_cast<unsigned char*>(memory) + guard;
    }
    ~painted_stack() { munmap(stack_ - guard, guard + bytes); }
    painted_stack(const painted_stack&) = delete;
    painted_stack& operator=(const painted_stack&) = delete;

    /// Runs `task` on a thread with this stack; the bytes it reached down to, with the thread's own start and end.
    template <class Task>
    std::size_t depth(Task task) {
        std::memset(stack_, paint, bytes);
        pthread_attr_t attributes;
        REQUIRE(pthread_attr_init(&attributes) == 0);
        REQUIRE(pthread_attr_setstack(&attributes, stack_, bytes) == 0);
        pthread_t thread;
        const auto call = [](void* context) -> void* {
            (*static_cast<Task*>(context))();
            return nullptr;
        };
        REQUIRE(pthread_create(&thread, &attributes, call, &task) == 0);
        REQUIRE(pthread_join(thread, nullptr) == 0);
        pthread_attr_destroy(&attributes);
        const auto touched = std::find_if(stack_, stack_ + bytes, [](unsigned char byte) { return byte != paint; });
        return static_cast<std::size_t>(stack_ + bytes - touched);
    }

private:
    static constexpr std::size_t bytes = 128 * 1024, guard = 64 * 1024;
    static constexpr unsigned char paint = 0xa5;
    unsigned char* stack_ = nullptr;
};
}  // namespace

TEST_CASE("the measure: a frame of 20 000 bytes is seen as that") {
    painted_stack stack;
    CHECK(stack.depth([] {}) < 8 * 1024);
    const std::size_t large = stack.depth([] {
        volatile unsigned char frame[20'000];
        for (auto& byte : frame) byte = 1;
    });
    CHECK(large > 20'000);
    CHECK(large < 28'000);
}

TEST_CASE("a caller with a stack of 128 KiB, op by op, serial and shared: right, and 48 KiB deep at most [H33][T11]") {
    painted_stack stack;
    std::size_t deepest = 0;
    std::string deepest_name;
    for (const support::op_call& call : support::op_calls()) {
        for (const char* isa : tenfold::available_isas()) {
            const std::uint64_t expected = call.bits({.threads = 1, .isa = isa});
            for (const int threads : {1, 3}) {
                std::uint64_t bits = 0;
                const std::size_t depth = stack.depth([&] { bits = call.bits(support::cpu_with(threads, isa)); });
                INFO(call.name << ", " << isa << ", threads " << threads);
                CHECK(bits == expected);
                CHECK(depth <= 48 * 1024);
                if (depth > deepest) {
                    deepest = depth;
                    deepest_name = call.name + ", " + isa + ", threads " + std::to_string(threads);
                }
            }
        }
    }
    MESSAGE("deepest: " << deepest << " bytes, " << deepest_name);
}
