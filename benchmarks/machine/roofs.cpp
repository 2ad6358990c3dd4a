// SPDX-License-Identifier: Apache-2.0
// Collects the roofs that the selected cases are divided by.
#include "machine/roofs.hpp"

#include <algorithm>  // std::find, std::max
#include <set>        // std::set
#include <tuple>      // std::tuple

#include "machine/bandwidth.hpp"  // measure_bandwidth
#include "machine/fma_peak.hpp"   // measure_fma_peak
#include "support/dot_instructions.hpp"  // uses_dot_instructions

namespace tenfold::bench {
namespace {

/// The type whose multiply-adds limit a problem; nothing for integers, whose peak is not measured.
std::optional<std::string> arithmetic_type(const std::string& dtype) {
    if (dtype == "f64") return "f64";
    if (dtype == "f32" || dtype == "f16" || dtype == "bf16") return "f32";  // 16-bit floats are summed in f32
    return std::nullopt;
}

std::string fma_name(const std::string& type, const std::string& isa) { return "fma_" + type + "_" + isa; }

std::string group_of(int threads) { return "threads_" + std::to_string(threads); }

void raise_to(roof_table& roofs, const machine_limits& limits, int threads, const std::string& name, double value, const char* unit) {
    const auto put = [&](const std::string& group) {
        record_roof& roof = roofs[group][name];
        roof.value = std::max(roof.value, value);
        roof.unit = unit;
    };
    if (threads == limits.usable_cpus) put("threads_all");
    if (threads == 1 || threads != limits.usable_cpus) put(group_of(threads));
}

std::optional<double> find(const roof_table& roofs, const machine_limits& limits, int threads, const std::string& name) {
    const auto group = roofs.find(threads == limits.usable_cpus ? "threads_all" : group_of(threads));
    if (group == roofs.end()) return std::nullopt;
    const auto roof = group->second.find(name);
    if (roof == group->second.end()) return std::nullopt;
    return roof->second.value;
}

}  // namespace

void measure_roofs(const selection& what, const machine_limits& limits, roof_table& roofs) {
    std::set<int> threads;
    std::set<std::tuple<std::string, std::string, int>> arithmetic;  // type, ISA, threads
    for (const bench_case& one : what.cases) {
        const auto type = arithmetic_type(what.problems[one.problem_index].dtype);
        const bool known = std::find(limits.isas.begin(), limits.isas.end(), one.how.isa) != limits.isas.end();
        if (type && known) arithmetic.emplace(*type, one.how.isa, one.how.threads);
        threads.insert(one.how.threads);
    }
    for (const auto& [type, isa, count] : arithmetic)
        raise_to(roofs, limits, count, fma_name(type, isa), measure_fma_peak(type, isa, count), "FLOP/s");
    const std::int64_t array = bandwidth_array_bytes(limits.cache_bytes, limits.memory_bytes);
    for (const int count : threads) {
        const memory_roofs measured = measure_bandwidth(array, count);
        raise_to(roofs, limits, count, "read_bandwidth", measured.read_bytes_per_second, "B/s");
        raise_to(roofs, limits, count, "copy_bandwidth", measured.copy_bytes_per_second, "B/s");
    }
}

std::optional<case_roof> roof_of(const problem& p, const execution& how, const machine_limits& limits, const roof_table& roofs) {
    const auto type = arithmetic_type(p.dtype);
    if (!type || how.isa.empty()) return std::nullopt;
    const auto seconds = [&](const std::string& name, std::int64_t work) -> std::optional<case_roof> {
        const auto rate = find(roofs, limits, how.threads, name);
        if (!rate || !(*rate > 0)) return std::nullopt;
        return case_roof{name, static_cast<double>(work) / *rate};
    };
    if (p.roof == roof_kind::read_bandwidth) return seconds("read_bandwidth", p.bytes);
    if (p.roof == roof_kind::copy_bandwidth) return seconds("copy_bandwidth", p.bytes);
    if (uses_dot_instructions(p, how.isa)) return std::nullopt;  // their peak is not measured
    const auto compute = seconds(fma_name(*type, how.isa), p.flops);
    if (!compute) return std::nullopt;
    if (p.cold || p.bytes > limits.cache_bytes) {
        const auto memory = seconds("read_bandwidth", p.bytes);
        if (memory && memory->seconds > compute->seconds) return memory;
    }
    return compute;
}

}  // namespace tenfold::bench
