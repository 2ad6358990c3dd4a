// SPDX-License-Identifier: Apache-2.0
// A process that has only multiplied small matrices has one thread; large work starts others, small work never.
#include <tenfold/kernel/cpu/matmul.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <support/watchers.hpp>

using tenfold::tensor;

namespace {
long process_threads() {
    long count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}
void multiply(tenfold::index_t n, support::observation& seen, const tenfold::cpu& where = {}) {
    tensor<float, 2> a({n, n}), b({n, n}), c({n, n});
    std::fill(a.data(), a.data() + n * n, 1.0f);
    std::fill(b.data(), b.data() + n * n, 1.0f);
    tenfold::matmul(where, a, b, c, support::watching_epilogue{&seen});
}
}  // namespace

TEST_CASE("no thread exists before the first parallel call, and small work starts none [T02][T04]") {
    REQUIRE(process_threads() == 1);
    support::observation seen;
    for (const tenfold::index_t n : {1, 8, 16, 32, 64}) {
        for (int round = 0; round < 20; ++round) multiply(n, seen);
    }
    CHECK(process_threads() == 1);
    CHECK(seen.most == 1);
    CHECK(seen.threads == std::set<std::thread::id>{std::this_thread::get_id()});
    multiply(300, seen, {.threads = 1});
    CHECK(process_threads() == 1);
    // The counter-proof, where there is more than one CPU: large work does come to other threads.
    if (tenfold::thread_limit({}) > 1) {
        for (int round = 0; round < 20 && seen.threads.size() == 1; ++round) multiply(300, seen);
        CHECK(process_threads() > 1);
    }
}
