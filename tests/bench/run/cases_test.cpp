// SPDX-License-Identifier: Apache-2.0
// Which cases a run has: the published problems, the filters, the words about flags that name nothing.
#include <doctest/doctest.h>

#include <set>

#include "instances/errors.hpp"
#include "op/list.hpp"
#include "support/cases.hpp"

namespace {

using namespace tenfold::bench;

machine_limits made_up_machine() {
    return {.usable_cpus = 4, .isas = {"avx2", "baseline"}, .memory_bytes = std::int64_t{64} << 30, .cache_bytes = std::int64_t{32} << 20};
}

run_options quick() {
    run_options options;
    options.what = suite::quick;
    return options;
}

std::string complaint(const run_options& options) {
    try {
        select_cases(all_problems(), options, made_up_machine());
    } catch (const usage_error& e) { return e.what(); }
    return "no complaint";
}

}  // namespace

TEST_CASE("no two problems have one name, and each says what it is") {
    std::set<std::string> names;
    for (const problem& p : all_problems()) {
        CAPTURE(p.name);
        CHECK(names.insert(p.name).second);
        CHECK(p.flops > 0);
        CHECK(p.bytes > 0);
        CHECK_FALSE(p.workload.empty());
        CHECK_FALSE(p.kernel_class.empty());
        CHECK(p.name.find(":" + p.dtype + ":") != std::string::npos);
    }
    CHECK(names.count("matmul:f32:m128n3072k768:nt") == 1);
    CHECK(names.count("conv:f32:n1h56w56c64oc64k3s1:nhwc") == 1);
}

TEST_CASE("each suite holds the cases of the smaller ones") {
    std::size_t before = 0;
    for (const suite what : {suite::quick, suite::standard, suite::full}) {
        run_options options;
        options.what = what;
        const std::size_t count = select_cases(all_problems(), options, made_up_machine()).cases.size();
        CHECK(count > before);
        before = count;
    }
}

TEST_CASE("every ISA with one thread and all, the reference backend with one") {
    run_options options = quick();
    options.filter = "^matmul:f32:m128n128k128:nn";
    const selection what = select_cases(all_problems(), options, made_up_machine());
    std::set<std::string> names;
    for (const bench_case& one : what.cases) names.insert(one.name.substr(one.name.find('/')));
    CHECK(names == std::set<std::string>{"/reference/threads:1", "/cpu:avx2/threads:1", "/cpu:baseline/threads:1", "/cpu:avx2/threads:4",
                                         "/cpu:baseline/threads:4"});
}

TEST_CASE("an extension of an instruction set is a case where it adds instructions") {
    run_options options = quick();
    options.backends = {"cpu"};
    options.threads = {"1"};
    machine_limits machine = made_up_machine();
    machine.isas = {"avx512_bf16", "avx512_vnni", "avx512"};
    const auto isas_of = [&](const char* name, const char* dtype) {
        problem_list one;
        for (problem p : all_problems()) {
            if (p.name != name) continue;
            p.dtype = dtype;
            one.push_back(p);
        }
        REQUIRE(one.size() == 1);
        std::set<std::string> isas;
        for (const bench_case& each : select_cases(one, options, machine).cases) isas.insert(each.how.isa);
        return isas;
    };
    constexpr const char* matmul = "matmul:f32:m128n128k128:nn";
    CHECK(isas_of(matmul, "f32") == std::set<std::string>{"avx512"});
    CHECK(isas_of(matmul, "bf16") == std::set<std::string>{"avx512_bf16", "avx512"});
    CHECK(isas_of(matmul, "s8") == std::set<std::string>{"avx512_vnni", "avx512"});
    options.isas = {"avx512_vnni"};  // asked for by name
    CHECK(isas_of(matmul, "f32") == std::set<std::string>{"avx512_vnni"});
}

TEST_CASE("what is too much for the reference backend is skipped with a reason") {
    run_options options = quick();
    options.backends = {"reference", "cpu"};
    options.filter = "^matmul:f32:m1024n1024k1024:nn";
    const selection what = select_cases(all_problems(), options, made_up_machine());
    REQUIRE(what.skipped.size() == 1);
    CHECK(what.skipped[0].name == "matmul:f32:m1024n1024k1024:nn/reference/threads:1");
    CHECK(what.skipped[0].reason == "the reference backend is timed up to 40 MFLOP");
}

TEST_CASE("a problem that the memory does not hold is skipped with a reason") {
    run_options options;
    options.what = suite::full;
    options.filter = "^matmul:f32:m4096n4096k4096:nn/cpu:avx2/threads:1$|^matmul:f32:m8n8k8:nn/cpu:avx2/threads:1$";
    machine_limits small = made_up_machine();
    small.memory_bytes = std::int64_t{256} << 20;
    const selection what = select_cases(all_problems(), options, small);
    CHECK(what.cases.size() == 1);
    REQUIRE(what.skipped.size() == 1);
    CHECK(what.skipped[0].reason == "its operands need 192 MiB of this machine's 256 MiB");
}

TEST_CASE("the filter is also held against workloads") {
    run_options options = quick();
    options.filter = "bert-base feed-forward";
    for (const bench_case& one : select_cases(all_problems(), options, made_up_machine()).cases) {
        CAPTURE(one.name);
        CHECK(one.name.find("matmul:f32:m128n3072k768:nt/") == 0);
    }
}

TEST_CASE("flags that name nothing list what there is") {
    run_options options = quick();
    options.isas = {"avx999"};
    CHECK(complaint(options) == "--isa avx999: there is no such one here; use avx2, baseline");
    options = quick();
    options.backends = {"cuda"};
    CHECK(complaint(options) == "--backend cuda: there is no such one here; use reference, cpu");
    options = quick();
    options.threads = {"5"};
    CHECK(complaint(options) == "--threads 5: give numbers from 1 to 4, which is what this process may use, or all");
    options.threads = {"2x"};
    CHECK(complaint(options) == "--threads 2x: give numbers from 1 to 4, which is what this process may use, or all");
    options = quick();
    options.filter = "no such problem";
    CHECK(complaint(options) == "no case of the suite quick is left by --filter 'no such problem'; `tenfold-bench run --list` names them");
    options.filter = "(";
    CHECK(complaint(options).find("--filter (: not a regular expression") == 0);
}

TEST_CASE("cold operands outgrow the caches, and no machine is filled up") {
    machine_limits machine = made_up_machine();
    CHECK(rotation_bytes(machine) == std::int64_t{64} << 20);
    machine.memory_bytes = std::int64_t{400} << 20;
    CHECK(rotation_bytes(machine) == std::int64_t{50} << 20);
    machine.cache_bytes = 0;
    CHECK(rotation_bytes(machine) == std::int64_t{32} << 20);
}
