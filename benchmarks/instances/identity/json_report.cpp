// SPDX-License-Identifier: Apache-2.0
// An identification as the JSON objects of a benchmark record.
#include "instances/identity/json_report.hpp"

#include <nlohmann/json.hpp>  // nlohmann::ordered_json

#include <cmath>  // std::round

#include "instances/identity/identify.hpp"  // identification

namespace tenfold::bench {
namespace {

using json = nlohmann::ordered_json;

template <typename T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json caches_json(const std::vector<cache_facts>& caches) {
    auto list = json::array();
    for (const auto& cache : caches)
        list.push_back({{"type", cache.type}, {"level", cache.level}, {"size", cache.size}, {"num_sharing", cache.num_sharing}});
    return list;
}

json gpu_json(const gpu_facts& gpu, const std::optional<std::string>& driver) {
    auto slices = json::array();
    for (const auto& slice : gpu.mig_slices) {
        slices.push_back({{"name", or_null(slice.name)},
                          {"memory_bytes", or_null(slice.memory_bytes)},
                          {"multiprocessors", or_null(slice.multiprocessors)}});
    }
    return {
        {"name", or_null(gpu.name)},
        {"memory_bytes", or_null(gpu.memory_bytes)},
        {"compute_capability", or_null(gpu.compute_capability)},
        {"driver", or_null(driver)},
        {"multiprocessors", or_null(gpu.multiprocessors)},
        {"power_limit_w", or_null(gpu.power_limit_w)},
        {"ecc", or_null(gpu.ecc)},
        {"mig", or_null(gpu.mig)},
        {"mig_slices", slices},
        {"virtualisation", or_null(gpu.virtualisation)},
        {"error", or_null(gpu.error)},
    };
}

}  // namespace

json identity_json(const identity& who) {
    auto steps = json::array();
    for (const auto& step : who.steps)
        steps.push_back({{"step", step.step}, {"outcome", step.outcome}, {"ms", std::round(step.ms * 100) / 100}});
    return {
        {"provider", who.provider},
        {"instance_type", or_null(who.instance_type)},
        {"region", or_null(who.region)},
        {"zone", or_null(who.zone)},
        {"lifecycle", to_string(who.lifecycle)},
        {"detected_by", to_string(who.detected_by)},
        {"machine_hash", or_null(who.machine_hash)},
        {"boot_hash", or_null(who.boot_hash)},
        {"contradicted", who.contradicted},
        {"simulated", who.simulated},
        {"steps", steps},
        {"warnings", who.warnings},
    };
}

json machine_json(const identification& found) {
    const auto& machine = found.machine;
    auto gpus = json::array();
    for (const auto& gpu : found.gpu.gpus) gpus.push_back(gpu_json(gpu, found.gpu.driver));
    return {
        {"cpu_model", or_null(machine.cpu.model_name)},
        {"vendor", or_null(machine.cpu.vendor)},
        {"family", or_null(machine.cpu.family)},
        {"model", or_null(machine.cpu.model)},
        {"stepping", or_null(machine.cpu.stepping)},
        {"microcode", or_null(machine.cpu.microcode)},
        {"mhz", or_null(machine.cpu.mhz)},
        {"sockets", or_null(machine.cpu.sockets)},
        {"cores", or_null(machine.cpu.cores)},
        {"threads", or_null(machine.cpu.threads)},
        {"smt", or_null(machine.cpu.smt)},
        {"caches", caches_json(machine.cpu.caches)},
        {"numa_nodes", or_null(machine.cpu.numa_nodes)},
        {"isa_available", found.isa_available},
        {"affinity_cpus", or_null(machine.affinity_cpus)},
        {"cgroup_cpu_quota", or_null(machine.cgroup.cpu_quota)},
        {"cgroup_throttled_periods", or_null(machine.cgroup.throttled_periods)},
        {"memory_bytes", or_null(machine.memory_bytes)},
        {"transparent_huge_pages", or_null(machine.transparent_huge_pages)},
        {"hypervisor", or_null(machine.hypervisor)},
        {"container", machine.container},
        {"kernel", or_null(machine.kernel)},
        {"governor", or_null(machine.governor)},
        {"boost", or_null(machine.boost)},
        {"clocksource", or_null(machine.clocksource)},
        {"steal_share", or_null(machine.steal_share)},
        {"load_average", machine.load_average},
        {"gpus", gpus},
    };
}

json noise_json(const std::vector<noise_finding>& findings) {
    auto list = json::array();
    for (const auto& finding : findings) {
        list.push_back({{"setting", finding.setting},
                        {"value", finding.value},
                        {"verdict", to_string(finding.verdict)},
                        {"remedy", or_null(finding.remedy)}});
    }
    return list;
}

}  // namespace tenfold::bench
