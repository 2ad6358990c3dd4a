// SPDX-License-Identifier: Apache-2.0
// A process bound to one CPU before its first call; and a thread that is bound while the process is not.
#include <tenfold/kernel/cpu/parallel.hpp>

#include <doctest/doctest.h>

#include <sched.h>

#include <support/settings.hpp>
#include <thread>
#include <threads/op_calls.hpp>

namespace {
/// Binds this thread to the first CPU it may use, for the object's lifetime.
class one_cpu_affinity {
public:
    one_cpu_affinity() {
        REQUIRE(sched_getaffinity(0, sizeof before_, &before_) == 0);
        std::size_t first = 0;
        while (!CPU_ISSET(first, &before_)) ++first;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(first, &one);
        REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
    }
    ~one_cpu_affinity() { sched_setaffinity(0, sizeof before_, &before_); }
    one_cpu_affinity(const one_cpu_affinity&) = delete;
    one_cpu_affinity& operator=(const one_cpu_affinity&) = delete;

private:
    cpu_set_t before_;
};
}  // namespace

TEST_CASE("a caller bound to one CPU has a limit of 1, which is its own: others keep theirs [T03][T01]") {
    const int unbound = tenfold::affinity_cpu_count();
    std::thread([&] {
        const one_cpu_affinity bound;
        CHECK(tenfold::affinity_cpu_count() == 1);
        CHECK(tenfold::thread_limit({}) == 1);
    }).join();
    CHECK(tenfold::affinity_cpu_count() == unbound);
    const int quota = tenfold::cgroup_cpu_limit();
    CHECK(tenfold::usable_cpus() == (quota > 0 && quota < unbound ? quota : unbound));
}

TEST_CASE("on one CPU, calls cut for 4 workers end and are right [T03][T05][H20b]") {
    const auto calls = support::op_calls();
    const one_cpu_affinity bound;
    for (const auto& call : calls) {
        INFO(call.name);
        const std::uint64_t expected = call.bits({.threads = 1});
        CHECK(call.bits({}) == expected);
        CHECK(call.bits(support::cpu_with(4)) == expected);
    }
}
