// SPDX-License-Identifier: Apache-2.0
// plan and explain of matmul: the same results, other operands of the same shape, refusals, and what is told.
#include <tenfold/exec/plan.hpp>
#include <tenfold/kernel/cpu/pack.hpp>
#include <tenfold/kernel/reference/pack.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <sstream>
#include <string>
#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::matmul_op;
using tenfold::reference;
using tenfold::tensor;
using tenfold::tensor_view;

namespace {
/// Operands with integer values: all sums are exact.
struct operands {
    tensor<float, 3> a, c, expected;
    tensor<float, 2> b;
    operands(index_t batch, index_t m, index_t n, index_t k, std::uint64_t seed = 1)
        : a({batch, m, k}), c({batch, m, n}), expected({batch, m, n}), b({k, n}) {
        tenfold::testing::generator random(seed);
        for (auto* x : {&a, &c}) tenfold::testing::fill_integers(x->view(), random, 20);
        tenfold::testing::fill_integers(b.view(), random, 20);
        std::copy(c.data(), c.data() + c.size(), expected.data());
    }
    bool right() const { return tenfold::testing::compare_exact(c.view(), expected.view()).ok(); }
};
}  // namespace

TEST_CASE("a plan runs on its operands, again and again, and on others of the same shape and strides [E18]") {
    const auto runs = [&](const auto& where, const std::string& name) {
        struct product {
            index_t batch, m, k;
        };
        for (const product p : {product{5, 1, 3}, product{1, 7, 6000}, product{1, 40, 500}, product{5, 150, 3}}) {
            operands x(p.batch, p.m, 33, p.k), y(p.batch, p.m, 33, p.k, 2);
            INFO(name << ": m " << p.m << ", k " << p.k);
            auto plan = tenfold::plan(where, matmul_op{}, x.a, x.b, x.c, tenfold::matmul_options{.beta = 1}, tenfold::relu{});
            for (int i = 0; i < 2; ++i) {
                plan.run();
                tenfold::matmul(reference{}, x.a, x.b, x.expected, {.beta = 1}, tenfold::relu{});
                CHECK(x.right());
            }
            plan.run(y.a, y.b, y.c);
            tenfold::matmul(reference{}, y.a, y.b, y.expected, {.beta = 1}, tenfold::relu{});
            CHECK(y.right());
            CHECK(plan.run(std::nothrow, x.a, x.b, y.c, tenfold::relu{}).ok());
        }
    };
    runs(reference{}, "reference");
    support::for_each_setting(tenfold::cpu{}, runs);
}

TEST_CASE("a plan takes a packed b, and another one of the same layout") {
    operands x(2, 30, 50, 70), y(2, 30, 50, 70, 2);
    const tenfold::cpu where{.threads = 2};
    const auto first = tenfold::pack(where, x.b), second = tenfold::pack(where, y.b);
    auto plan = tenfold::plan(where, matmul_op{}, x.a, first, x.c);
    plan.run();
    tenfold::matmul(reference{}, x.a, x.b, x.expected);
    CHECK(x.right());
    plan.run(y.a, second, y.c);
    tenfold::matmul(reference{}, y.a, y.b, y.expected);
    CHECK(y.right());
    CHECK_THROWS_AS(plan.run(y.a, tenfold::pack(reference{}, y.b), y.c), tenfold::unsupported_error);
}

TEST_CASE("operands without elements have no strides to differ in [E18]") {
    tensor<float, 2> a({4, 0}), b({0, 8}), c({4, 8}), pitched({4, 9});
    std::fill(c.data(), c.data() + c.size(), 1.0f);
    auto plan = tenfold::plan(tenfold::cpu{}, matmul_op{}, a, b, c);
    CHECK(plan.run(std::nothrow, pitched.slice(1, 0, 0), b, c).ok());
    CHECK(c(3, 7) == 0);
}

TEST_CASE("other extents, strides and broken operands are refused before anything is written [E01][E31]") {
    tensor<float, 2> a({4, 6}), b({6, 8}), c({4, 8}), wide({4, 9}), longer({5, 6}), taller({5, 8});
    for (auto* x : {&a, &b, &c, &wide, &longer, &taller}) std::fill(x->data(), x->data() + x->size(), 1.0f);
    auto plan = tenfold::plan(tenfold::cpu{}, matmul_op{}, a, b, c);
    CHECK(
        plan.run(std::nothrow, a, b, wide.slice(1, 0, 8)).message() ==
        "matmul: the plan is for c of extents (4, 8) and strides (8, 1); this c has extents (4, 8) and strides (9, 1). Make a plan for it");
    CHECK(
        plan.run(std::nothrow, longer, b, taller).message() ==
        "matmul: the plan is for a of extents (4, 6) and strides (6, 1); this a has extents (5, 6) and strides (6, 1). Make a plan for it");
    CHECK(plan.run(std::nothrow, a, b, taller).message().find("c.extent(0) = 5 must equal a.extent(0) = 4") != std::string_view::npos);
    CHECK(plan.run(std::nothrow, a, tensor_view<float, 2>(c.data(), {6, 8}), c).message().find("c overlaps b") != std::string_view::npos);
    CHECK_THROWS_AS(plan.run(a, b, wide.slice(1, 0, 8)), tenfold::shape_error);
    CHECK(wide(3, 7) == 1);
    CHECK(taller(4, 7) == 1);
}

TEST_CASE("a plan that cannot be made throws, or says so in state() and at every run [E01][E02]") {
    tensor<float, 2> a({4, 6}), b({5, 8}), c({4, 8});
    CHECK_THROWS_AS((void)tenfold::plan(tenfold::cpu{}, matmul_op{}, a, b, c), tenfold::shape_error);
    CHECK_THROWS_AS((void)tenfold::plan(tenfold::cpu{.isa = "none"}, matmul_op{}, a, a.transposed(), tensor<float, 2>({4, 4})),
                    tenfold::unsupported_error);
    auto plan = tenfold::plan(std::nothrow, tenfold::cpu{}, matmul_op{}, a, b, c);
    CHECK(plan.state().message().find("inner extents differ") != std::string_view::npos);
    CHECK(plan.run(std::nothrow).message() == plan.state().message());
}

TEST_CASE("scratch per thread is bounded where sums wait for a conversion, however wide the result") {
    tensor<tenfold::bfloat16, 2> a({256, 4}), b({4, 65536}), c({256, 65536});
    for (const int threads : {1, 3}) {
        const auto e = tenfold::explain(support::cpu_with(threads), matmul_op{}, a, b, c);
        CHECK(std::string(e.kernel) == "rows");
        CHECK(e.workspace_bytes <= (index_t{6} + threads) << 20);  // at most 4.5 MiB of b, and 0.6 MiB for each thread
    }
}

TEST_CASE("explain tells the form, the instruction set, tile, threads, scratch and costs; nothing is computed [D04]") {
    tensor<float, 2> a({1, 4096}), weights({512, 4096}), c({1, 512});
    std::fill(c.data(), c.data() + c.size(), 3.0f);
    for (const char* isa : tenfold::available_isas()) {
        const tenfold::cpu where{.threads = 1, .isa = isa};
        const auto e = tenfold::explain(where, matmul_op{}, a, weights.transposed(), c);
        CHECK(std::string(e.op) == "matmul");
        CHECK(std::string(e.backend) == "cpu");
        CHECK(std::string(e.kernel) == "dot");
        CHECK(std::string(e.isa) == tenfold::active_isa(where));
        CHECK(e.threads == 1);
        CHECK(e.tile_rows > 0);
        CHECK(e.tile_columns > 0);
        CHECK(e.flops == 2 * 4096 * 512);
        CHECK(e.bytes == 4 * (4096 + 4096 * 512 + 512));
        CHECK(e.workspace_bytes == tenfold::plan(where, matmul_op{}, a, weights.transposed(), c).workspace_bytes());
        const auto packed = tenfold::pack(where, weights.transposed());
        const auto p = tenfold::explain(where, matmul_op{}, a, packed, c, tenfold::matmul_options{.beta = 1});
        CHECK(std::string(p.kernel) == "columns");
        CHECK(p.bytes == e.bytes + 4 * 512);
    }
    CHECK(c(0, 511) == 3);
    CHECK(tenfold::explain(support::cpu_with(3), matmul_op{}, a, weights.transposed(), c).threads == 3);
    CHECK(
        std::string(tenfold::explain(tenfold::cpu{}, matmul_op{}, a, weights.transposed(), c, tenfold::matmul_options{.alpha = 0}).note) ==
        "there is no product to sum");
}

TEST_CASE("an explanation is one line of text, for to_string and for streams") {
    tensor<float, 2> a({2, 3}), b({3, 4}), c({2, 4});
    const auto e = tenfold::explain(reference{}, matmul_op{}, a, b, c);
    const std::string line = "matmul on reference: kernel reference, 1 thread, 0 bytes of workspace; 48 flop, 104 bytes";
    CHECK(to_string(e) == line);
    std::ostringstream out;
    out << e << '\n';
    CHECK(out.str() == line + "\n");
    tenfold::explanation f = e;
    f.isa = "avx2";
    f.threads = 2;
    f.tile_rows = 6;
    f.tile_columns = 16;
    f.block_depth = 384;
    f.note = "why";
    CHECK(
        to_string(f) ==
        "matmul on reference: kernel reference, avx2, tiles of 6 x 16, blocks of 384, 2 threads, 0 bytes of workspace; 48 flop, 104 bytes "
        "(why)");
}

TEST_CASE("a refused call is not explained [E01]") {
    tensor<float, 2> a({2, 3}), b({4, 4}), c({2, 4});
    tenfold::explanation e;
    e.note = "untouched";
    CHECK(tenfold::explain(std::nothrow, e, tenfold::cpu{}, matmul_op{}, a, b, c).message().find("inner extents differ") !=
          std::string_view::npos);
    CHECK(std::string(e.note) == "untouched");
    CHECK_THROWS_AS((void)tenfold::explain(tenfold::cpu{}, matmul_op{}, a, b, c), tenfold::shape_error);
}

TEST_CASE("a plan made with threads runs in a forked child, serially, and explain says so [T10]") {
    operands x(1, 200, 150, 300);
    tenfold::matmul(reference{}, x.a, x.b, x.expected);
    const tenfold::cpu where = support::cpu_with(3);
    auto plan = tenfold::plan(where, matmul_op{}, x.a, x.b, x.c);
    plan.run();
    REQUIRE(x.right());
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        alarm(60);
        std::fill(x.c.data(), x.c.data() + x.c.size(), 0.0f);
        const bool ran = plan.run(std::nothrow).ok() && x.right();
        const auto e = tenfold::explain(where, matmul_op{}, x.a, x.b, x.c);
        const bool told = e.threads == 1 && std::string(e.note) == "serial: this process is a forked child";
        _exit((ran ? 0 : 1) + (!tenfold::executor::threads_outlive_a_region || told ? 0 : 2));
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
