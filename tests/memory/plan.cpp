// SPDX-License-Identifier: Apache-2.0
// A plan allocates when it is made and never when it runs; pack takes one block and leaves nothing behind when it fails.
#include <tenfold/exec/plan.hpp>
#include <tenfold/kernel/cpu/pack.hpp>
#include <tenfold/kernel/cpu/pack_conv.hpp>

#include <tbb/task_group.h>

#include <doctest/doctest.h>

#include <memory/countdown.hpp>
#include <support/settings.hpp>

namespace {
using support::allocations_of;
using support::watch;
using tenfold::index_t;
using tenfold::matmul_op;
using tenfold::tensor;

struct shape {
    index_t m, n, k;
    bool transposed;
};
constexpr shape shapes[] = {{7, 9, 5, false},      {64, 64, 64, false},   {1, 600, 300, true},    {3, 600, 300, false},
                            {40, 300, 500, false}, {200, 300, 500, true}, {16, 16, 20000, false}, {300, 3, 500, false}};
}  // namespace

TEST_CASE(
    "run() of a plan allocates nothing, in any form, serial and not, on "
    "its operands and on others [E18]") {
    tbb::task_group().run_and_wait([] {});  // oneTBB's own start
    for (const int threads : {1, 3}) {
        for (const shape& s : shapes) {
            INFO("threads " << threads << ", m " << s.m << ", n " << s.n << ", k " << s.k);
            tensor<float, 2> a({s.m, s.k}), b(s.transposed ? tenfold::index_array<2>{s.n, s.k} : tenfold::index_array<2>{s.k, s.n}),
                c({s.m, s.n});
            std::fill(a.data(), a.data() + a.size(), 1.0f);
            std::fill(b.data(), b.data() + b.size(), 1.0f);
            const auto right = s.transposed ? b.transposed() : b.view();
            const tenfold::cpu where = support::cpu_with(threads);
            auto plan = tenfold::plan(where, matmul_op{}, a, right, c, tenfold::relu{});
            const auto packed = tenfold::pack(where, right);
            auto with_packed = tenfold::plan(where, matmul_op{}, a, packed, c);
            const auto run_all = [&] {
                plan.run();
                plan.run(a, right, c);
                with_packed.run();
                with_packed.run(a, packed, c);
            };
            run_all();  // what the executor makes once for its threads is its own
            CHECK(allocations_of(run_all) == 0);
            CHECK(c(s.m - 1, s.n - 1) == static_cast<float>(s.k));
            CHECK(allocations_of([&] { (void)tenfold::explain(where, matmul_op{}, a, right, c); }) == 0);
        }
    }
}

TEST_CASE(
    "run() of a planned convolution allocates nothing, with weights as "
    "they are and packed, in either kernel [E18]") {
    tbb::task_group().run_and_wait([] {});  // oneTBB's own start
    for (const int threads : {1, 3}) {
        for (const index_t groups : {1, 48}) {
            INFO("threads " << threads << ", groups " << groups);
            tensor<float, 4> x({1, 30, 30, 48}), w({48, 3, 3, 48 / groups}), y({1, 30, 30, 48});
            std::fill(x.data(), x.data() + x.size(), 1.0f);
            std::fill(w.data(), w.data() + w.size(), 1.0f);
            const tenfold::cpu where = support::cpu_with(threads);
            const tenfold::conv_options<2> options{.padding = {{1, 1}, {1, 1}}, .groups = groups, .layout = tenfold::layout::nhwc};
            const auto packed = tenfold::pack_conv(where, w, options);
            auto plan = tenfold::plan(where, tenfold::conv_op{}, x, w, y, options, tenfold::relu{});
            auto with_packed = tenfold::plan(where, tenfold::conv_op{}, x, packed, y, options, tenfold::relu{});
            const auto run_all = [&] {
                plan.run();
                plan.run(x, w, y);
                with_packed.run();
                with_packed.run(x, packed, y);
            };
            run_all();  // what the executor makes once for its threads is its own
            CHECK(allocations_of(run_all) == 0);
            CHECK(y(0, 15, 15, 47) == static_cast<float>(9 * (48 / groups)));
            CHECK(allocations_of([&] { (void)tenfold::pack_conv(where, w, options); }) == 1);
        }
    }
}

TEST_CASE(
    "plan and pack take one block each; without it they say so and "
    "nothing is lost [E02][E18]") {
    tensor<float, 2> a({40, 300}), b({300, 500}), c({40, 500});
    std::fill(a.data(), a.data() + a.size(), 1.0f);
    std::fill(b.data(), b.data() + b.size(), 1.0f);
    const tenfold::cpu serial{.threads = 1};
    const auto without_memory = [](const auto& call) {
        watch = {};
        watch.fail_at = 0;
        watch.armed = true;
        call();
        watch.armed = false;
        CHECK(watch.made == 1);
        CHECK(watch.live == 0);
    };
    without_memory([&] {
        auto plan = tenfold::plan(std::nothrow, serial, matmul_op{}, a, b, c);
        watch.armed = false;
        CHECK(plan.state().code() == tenfold::status_code::out_of_memory);
        CHECK(plan.run(std::nothrow).code() == tenfold::status_code::out_of_memory);
        watch.armed = true;
    });
    tenfold::packed_matrix<float> packed;
    without_memory([&] {
        const tenfold::status s = tenfold::pack(std::nothrow, serial, b, packed);
        watch.armed = false;
        CHECK(s.code() == tenfold::status_code::out_of_memory);
        watch.armed = true;
    });
    CHECK(packed.extents() == tenfold::index_array<2>{0, 0});
    CHECK(allocations_of([&] { packed = tenfold::pack(serial, b); }) == 1);
}
