// SPDX-License-Identifier: Apache-2.0
// What threads leave behind: nothing that grows with their number; and calls made while the process ends.
#include <tenfold/kernel/cpu/matmul.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <support/settings.hpp>
#include <thread>
#include <vector>

namespace {
/// 64 x 80 times 80 x 64, all ones.
bool product_holds(const tenfold::cpu& where) {
    tenfold::tensor<float, 2> a({64, 80}), b({80, 64}), c({64, 64});
    std::fill(a.data(), a.data() + a.size(), 1.0f);
    std::fill(b.data(), b.data() + b.size(), 1.0f);
    tenfold::matmul(where, a, b, c);
    return std::count(c.data(), c.data() + c.size(), 80.0f) == c.size();
}

/// Ends the process with an error if a call from its destructor is wrong.
struct calls_when_destroyed {
    const char* when;
    ~calls_when_destroyed() {
        if (product_holds({}) && product_holds(support::cpu_with(3)) && product_holds({.threads = 1})) return;
        std::fprintf(stderr, "a call %s is wrong\n", when);
        _exit(1);
    }
};
const calls_when_destroyed at_exit{"from a destructor at exit"};

long resident_kib() {
    long pages = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    if (file == nullptr || std::fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    if (file != nullptr) std::fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/// Calls of `count` threads, one after the other: serial and shared, and once more while the thread ends.
bool short_threads(int count) {
    bool right = true;
    for (int i = 0; i < count; ++i) {
        std::thread([&] {
            thread_local const calls_when_destroyed at_thread_exit{"from a destructor at the end of a thread"};
            right = at_thread_exit.when != nullptr && product_holds({}) && product_holds(support::cpu_with(3)) && right;
        }).join();
    }
    return right;
}
}  // namespace

TEST_CASE("10 000 threads that came, called and went leave no memory behind [T13][H27]") {
    REQUIRE(short_threads(1000));
    const long before = resident_kib();
    CHECK(short_threads(10'000));
    const long after = resident_kib();
    MESSAGE("resident after 1000 threads: " << before << " KiB, after 11 000: " << after << " KiB");
    // A single page of each thread would be 40 000 KiB.
    CHECK(before > 0);
    CHECK(after <= before + 1024);
}

TEST_CASE("calls from destructors at the end of threads and at exit are right, or the process ends with an error [T13]") {
    CHECK(short_threads(1));
    CHECK(at_exit.when != nullptr);  // its destructor comes after this
}
