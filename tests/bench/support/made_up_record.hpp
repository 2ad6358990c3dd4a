// SPDX-License-Identifier: Apache-2.0
// Records with made-up figures for tests: no machine ever ran at these speeds.
#pragma once

#include <string>   // std::string
#include <utility>  // std::move

#include "instances/record/record.hpp"  // bench_record

namespace tenfold::bench::test {

/// A timed, verified case; samples spread by 2 % around the median.
inline record_case made_up_case(const std::string& kernel_class, const std::string& problem, const std::string& backend,
                                const std::string& isa, int threads, double work, double rate) {
    record_case made;
    const bool is_flops = kernel_class == "matmul" || kernel_class == "conv" || kernel_class == "depthwise";
    made.name = problem + "/" + backend + (isa.empty() ? "" : ":" + isa) + "/threads:" + std::to_string(threads);
    made.iterations = 100;
    made.workload = "made up";
    made.kernel_class = kernel_class;
    made.problem = problem;
    made.dtype = problem.substr(problem.find(':') + 1, 3);
    made.backend = backend;
    made.isa = isa;
    made.threads = threads;
    made.kernel = "kernel<" + isa + ">";
    made.flops = static_cast<std::int64_t>(is_flops ? work : work / 4);
    made.bytes = static_cast<std::int64_t>(is_flops ? work / 10 : work);
    made.verified = record_verified{"reference", 0.25, 1, true};
    const double ns = work / rate * 1e9;
    made.samples_ns = {0.99 * ns, ns, 1.01 * ns};
    made.median_ns = ns;
    made.p10_ns = 0.992 * ns;
    made.p90_ns = 1.008 * ns;
    made.cpu_time_ns = ns * threads;
    made.rate = rate;
    made.rate_unit = is_flops ? "FLOP/s" : "B/s";
    made.roof = is_flops ? "fma_f32_" + (isa.empty() ? "baseline" : isa) : "read_bandwidth";
    made.percent_of_roof = 100 * rate / (is_flops ? 2.5e11 : 2e10);
    return made;
}

/// A machine without a type: 2 threads, every class once or more, all times scaled by `speed`.
inline bench_record made_up_record(const std::string& machine_hash, double speed = 1) {
    bench_record record;
    record.file = machine_hash + ".json";
    record_context& context = record.context;
    context.date = "2026-11-01T12:00:00Z";
    context.num_cpus = 2;
    context.mhz_per_cpu = 3700;
    context.caches = {{"Data", 1, 32768, 2}, {"Unified", 3, 33554432, 2}};
    context.load_avg = {0.1, 0.2, 0.3};
    context.library_build_type = "release";
    context.version = "0.1.0";
    context.commit = "0123456789ab";
    context.compiler = "g++ 12.2.0";
    context.flags = "-O2";
    context.build_type = "Release";
    context.identity.machine_hash = machine_hash;
    context.machine.cpu_model = "Made-up CPU 1000 <2 cores & \"SMT\">";
    context.machine.cores = 1;
    context.machine.threads = 2;
    context.machine.affinity_cpus = 2;
    context.machine.memory_bytes = 8589934592;
    context.machine.hypervisor = "KVM";
    context.machine.isa_available = {"avx512", "avx2", "baseline"};
    context.settings = {"quick", 7, 2, 0.1, 3, "interleaved"};
    context.roofs["threads_2"]["fma_f32_avx512"] = {2.5e11 * speed, "FLOP/s"};
    context.roofs["threads_2"]["read_bandwidth"] = {2e10 * speed, "B/s"};

    struct shape {
        const char* kernel_class;
        const char* problem;
        double work, rate;
    };
    static constexpr shape shapes[] = {
        {"matmul", "matmul:f32:m128n3072k768:nt", 6.04e8, 2.1e11},    {"matmul", "matmul:f32:m64n64k64:nn", 5.24e5, 9.0e10},
        {"conv", "conv:f32:n1c64h56w56oc64k3:nchw", 2.31e8, 1.8e11},  {"depthwise", "conv:f32:n1c32h112w112g32k3:nhwc", 7.2e6, 4.0e10},
        {"reduction", "sum:f32:n16777216", 6.71e7, 1.7e10},           {"softmax", "softmax:f32:m128n1024", 1.05e6, 1.2e10},
        {"normalisation", "layer_norm:f32:m128n768", 7.86e5, 1.4e10}, {"memory", "copy:f32:n16777216", 1.34e8, 1.5e10}};
    struct way {
        const char *backend, *isa;
        int threads;
        double factor;
    };
    static constexpr way ways[] = {
        {"cpu", "avx512", 2, 1}, {"cpu", "avx2", 2, 0.6}, {"cpu", "baseline", 2, 0.2}, {"reference", "", 1, 0.004}};
    for (const shape& one : shapes)
        for (const way& how : ways)
            record.cases.push_back(
                made_up_case(one.kernel_class, one.problem, how.backend, how.isa, how.threads, one.work, one.rate * how.factor * speed));
    record.skipped.push_back({"matmul:f16:m128n128k128:nn", "this backend has no kernel for f16"});
    return record;
}

/// The same on a machine that knows its type.
inline bench_record made_up_instance(const std::string& type, const std::string& machine_hash, double speed = 1,
                                     const std::string& provider = "aws", const std::string& region = "us-east-1") {
    bench_record record = made_up_record(machine_hash, speed);
    record.context.identity.provider = provider;
    record.context.identity.instance_type = type;
    record.context.identity.region = region;
    record.context.identity.lifecycle = "on_demand";
    record.context.identity.detected_by = "dmi+metadata";
    return record;
}

}  // namespace tenfold::bench::test
