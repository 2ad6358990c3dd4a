// SPDX-License-Identifier: Apache-2.0
// Every allocation of a call fails once: the answer is bad_alloc or a status, outputs are untouched, nothing leaks.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <tbb/task_group.h>

#include <doctest/doctest.h>

#include <memory/countdown.hpp>
#include <new>
#include <support/settings.hpp>

namespace {
using support::watch;
using tenfold::index_t;
using tenfold::tensor;

/// Fails the first, second, ... allocation of `call` until none is left to fail; returns how many calls were refused. A
/// call may do without memory that only makes it faster (tasks); then its result has to be right.
template <class Call, class Reset, class Untouched, class Right>
long fail_each_allocation(const Call& call, const Reset& reset, const Untouched& untouched, const Right& right) {
    long refused = 0;
    for (long fail_at = 0; fail_at < 100; ++fail_at) {
        reset();
        watch = {};
        watch.fail_at = fail_at;
        watch.armed = true;
        const tenfold::status s = call();
        watch.armed = false;
        INFO("allocation " << fail_at);
        if (s.ok()) {
            CHECK(right());
            if (watch.made <= fail_at) return refused;
            continue;
        }
        ++refused;
        CHECK(s.code() == tenfold::status_code::out_of_memory);
        CHECK(std::string(s.message()).find("no memory for ") != std::string::npos);
        CHECK(untouched());
    }
    FAIL("there was always another allocation");
    return -1;
}
}  // namespace

TEST_CASE("each allocation of a call fails in turn: status out_of_memory, c as it was; then beta is applied once [E02][E31][H42]") {
    // oneTBB 2021.8 itself hangs if memory fails while it starts up: that is its affair, so it starts before the countdown.
    tbb::task_group().run_and_wait([] {});
    tenfold::testing::generator random(support::seed());
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        for (const bool large : {false, true}) {
            const index_t m = large ? 150 : 7, n = large ? 131 : 9, k = large ? 1100 : 5;  // deeper than products that need no scratch
            tensor<float, 3> a({3, m, k}), b({3, k, n}), c({3, m, n});
            for (auto* x : {&a, &b, &c}) tenfold::testing::fill_integers(x->view(), random, 20);
            const auto old = c.clone();
            auto expected = c.clone();
            tenfold::matmul(tenfold::reference{}, a, b, expected, {.beta = 1});
            const auto holds = [&](const auto& wanted) { return tenfold::testing::compare_exact(c.view(), wanted.view()).ok(); };
            const long refused = fail_each_allocation([&] { return tenfold::matmul(std::nothrow, where, a, b, c, {.beta = 1}); },
                                                      [&] { std::copy(old.data(), old.data() + old.size(), c.data()); },
                                                      [&] { return holds(old); }, [&] { return holds(expected); });
            if (large) CHECK(refused >= 1);  // there is scratch to refuse
        }
    });
}

TEST_CASE("the throwing overload throws bad_alloc; the returning one gives back what it had [E02]") {
    tensor<float, 2> a({40, 1100}), b({1100, 40}), c({40, 40});  // deeper than products that need no scratch
    for (auto* x : {&a, &b, &c}) std::fill(x->data(), x->data() + x->size(), 1.0f);
    watch = {};
    watch.fail_at = 0;
    watch.armed = true;
    bool caught = false;
    try {
        tenfold::matmul(tenfold::cpu{.threads = 1}, a, b, c);
    } catch (const std::bad_alloc&) { caught = true; }
    watch.armed = false;
    CHECK(caught);
    CHECK(c(39, 39) == 1);
    for (const long fail_at : {0, 1}) {  // the result, then the scratch
        watch = {};
        watch.fail_at = fail_at;
        watch.armed = true;
        caught = false;
        try {
            (void)tenfold::matmul(tenfold::cpu{.threads = 1}, a, b);
        } catch (const std::bad_alloc&) { caught = true; }
        watch.armed = false;
        CHECK(caught);
    }
}

TEST_CASE("refused calls and empty calls allocate nothing; a serial call takes its scratch in one piece [E18]") {
    tensor<float, 2> a({40, 1100}), b({1100, 50}), c({40, 50}), wrong({41, 50});
    std::fill(a.data(), a.data() + a.size(), 1.0f);
    std::fill(b.data(), b.data() + b.size(), 1.0f);
    const tenfold::cpu serial{.threads = 1};
    CHECK(support::allocations_of([&] { (void)tenfold::matmul(std::nothrow, serial, a, b, wrong); }) == 0);
    CHECK(support::allocations_of([&] { (void)tenfold::matmul(std::nothrow, serial, a.slice(0, 0, 0), b, c.slice(0, 0, 0)); }) == 0);
    CHECK(support::allocations_of([&] { (void)tenfold::matmul(std::nothrow, serial, a, b, c); }) == 1);
    CHECK(support::allocations_of([&] { (void)tenfold::matmul(std::nothrow, tenfold::reference{}, a, b, c); }) == 0);
}

TEST_CASE("scratch stays bounded: panels are packed, operands are never copied as a whole [E18][E06]") {
    // 2 x 16 MiB of operands with the strides that need packing most.
    constexpr index_t m = 2048, k = 2048, n = 16;
    tensor<float, 2> a({k, m}), b({n, k}), c({m, n});
    std::fill(a.data(), a.data() + a.size(), 1.0f);
    std::fill(b.data(), b.data() + b.size(), 1.0f);
    watch = {};
    watch.armed = true;
    tenfold::matmul(tenfold::cpu{.threads = 1}, a.transposed(), b.transposed(), c);
    watch.armed = false;
    INFO(watch.bytes << " bytes of scratch");
    CHECK(watch.bytes < static_cast<std::size_t>(m * k) * sizeof(float) / 4);
    CHECK(c(2047, 15) == 2048);
}
