// SPDX-License-Identifier: Apache-2.0
// Which roof a case is divided by, and that roofs are measured where they are needed.
#include <doctest/doctest.h>

#include <tenfold/kernel/cpu/dispatch.hpp>

#include "machine/bandwidth.hpp"
#include "machine/roofs.hpp"

namespace {

using namespace tenfold::bench;

const machine_limits machine{.usable_cpus = 4, .isas = {"avx2", "baseline"}, .memory_bytes = std::int64_t{64} << 30, .cache_bytes = 1000};

roof_table made_up_roofs() {
    roof_table roofs;
    roofs["threads_1"] = {{"fma_f32_avx2", {100, "FLOP/s"}}, {"read_bandwidth", {10, "B/s"}}, {"copy_bandwidth", {8, "B/s"}}};
    roofs["threads_all"] = {{"fma_f32_avx2", {400, "FLOP/s"}}, {"read_bandwidth", {20, "B/s"}}};
    return roofs;
}

problem made_up_problem(std::int64_t flops, std::int64_t bytes) {
    problem p;
    p.dtype = "f32";
    p.flops = flops;
    p.bytes = bytes;
    return p;
}

const execution one_thread{"cpu", "avx2", 1, nullptr};
const execution four_threads{"cpu", "avx2", 4, nullptr};

}  // namespace

TEST_CASE("arithmetic is limited by multiply-adds, or by memory if its operands are beyond the caches") {
    const auto in_cache = roof_of(made_up_problem(1000, 900), one_thread, machine, made_up_roofs());
    REQUIRE(in_cache.has_value());
    CHECK(in_cache->name == "fma_f32_avx2");
    CHECK(in_cache->seconds == doctest::Approx(10));
    const auto from_memory = roof_of(made_up_problem(1000, 2000), one_thread, machine, made_up_roofs());
    CHECK(from_memory->name == "read_bandwidth");
    CHECK(from_memory->seconds == doctest::Approx(200));
    const auto much_work = roof_of(made_up_problem(100000, 2000), one_thread, machine, made_up_roofs());
    CHECK(much_work->name == "fma_f32_avx2");
    problem cold = made_up_problem(1000, 900);
    cold.cold = true;
    CHECK(roof_of(cold, one_thread, machine, made_up_roofs())->name == "read_bandwidth");
}

TEST_CASE("all threads have roofs of their own") {
    CHECK(roof_of(made_up_problem(1000, 900), four_threads, machine, made_up_roofs())->seconds == doctest::Approx(2.5));
}

TEST_CASE("streams are limited by what they do to memory") {
    problem p = made_up_problem(1, 800);
    p.roof = roof_kind::read_bandwidth;
    CHECK(roof_of(p, one_thread, machine, made_up_roofs())->seconds == doctest::Approx(80));
    p.roof = roof_kind::copy_bandwidth;
    CHECK(roof_of(p, one_thread, machine, made_up_roofs())->seconds == doctest::Approx(100));
}

TEST_CASE("what was not measured is no roof") {
    CHECK_FALSE(roof_of(made_up_problem(1000, 900), {"reference", "", 1, nullptr}, machine, made_up_roofs()).has_value());
    CHECK_FALSE(roof_of(made_up_problem(1000, 900), {"cpu", "baseline", 1, nullptr}, machine, made_up_roofs()).has_value());
    problem integers = made_up_problem(1000, 900);
    integers.dtype = "s8";
    CHECK_FALSE(roof_of(integers, one_thread, machine, made_up_roofs()).has_value());
}

TEST_CASE("measuring fills in what the cases need, for this machine's instruction sets") {
    const std::string isa = tenfold::available_isas()[0];
    selection what;
    what.problems.push_back(made_up_problem(1, 1));
    what.cases.push_back({0, {"cpu", isa, 1, nullptr}, "one"});
    const machine_limits here{.usable_cpus = 2, .isas = {isa}, .memory_bytes = std::int64_t{1} << 30, .cache_bytes = 1 << 20};
    roof_table roofs;
    measure_roofs(what, here, roofs);
    REQUIRE(roofs.size() == 1);
    CHECK(roofs["threads_1"].size() == 3);
    for (const char* name : {"read_bandwidth", "copy_bandwidth"}) CHECK(roofs["threads_1"][name].value > 0);
    CHECK(roofs["threads_1"]["fma_f32_" + isa].value > 0);
    CHECK(roofs["threads_1"]["fma_f32_" + isa].unit == "FLOP/s");
}

TEST_CASE("bandwidth arrays outgrow the caches, within the memory") {
    constexpr std::int64_t mib = 1 << 20;
    CHECK(bandwidth_array_bytes(32 * mib, 65536 * mib) == 128 * mib);
    CHECK(bandwidth_array_bytes(0, 65536 * mib) == 64 * mib);
    CHECK(bandwidth_array_bytes(512 * mib, 4096 * mib) == 512 * mib);
}
