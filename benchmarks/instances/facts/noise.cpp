// SPDX-License-Identifier: Apache-2.0
// The noise doctor: which settings of this machine make timings unsteady, and what to do about each.
#include "instances/facts/noise.hpp"

#include <algorithm>  // std::min
#include <cstdio>     // std::snprintf

namespace tenfold::bench {
namespace {

std::string decimal(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

noise_finding quiet(std::string setting, std::string value) { return {std::move(setting), std::move(value), noise_verdict::quiet, ""}; }

noise_finding noisy(std::string setting, std::string value, std::string remedy) {
    return {std::move(setting), std::move(value), noise_verdict::noisy, std::move(remedy)};
}

noise_finding unknown(std::string setting, std::string why) { return {std::move(setting), std::move(why), noise_verdict::unknown, ""}; }

noise_finding check_governor(const machine_facts& machine) {
    if (!machine.governor) return unknown("governor", "not visible (usual in a virtual machine: the host decides)");
    if (*machine.governor == "performance") return quiet("governor", *machine.governor);
    return noisy("governor", *machine.governor, "as root: cpupower frequency-set -g performance");
}

noise_finding check_boost(const machine_facts& machine) {
    if (!machine.boost) return unknown("boost", "not visible");
    if (!*machine.boost) return quiet("boost", "off");
    return noisy("boost", "on: the clock depends on temperature and neighbours",
                 "for steady figures, as root: echo 0 > /sys/devices/system/cpu/cpufreq/boost, or echo 1 > "
                 "/sys/devices/system/cpu/intel_pstate/no_turbo");
}

noise_finding check_smt(const machine_facts& machine) {
    if (!machine.cpu.smt) return unknown("smt", "topology not visible");
    if (!*machine.cpu.smt) return quiet("smt", "off: one thread per core");
    return noisy("smt", std::to_string(*machine.cpu.threads) + " threads on " + std::to_string(*machine.cpu.cores) + " cores",
                 "use one thread per core (taskset, or --threads " + std::to_string(*machine.cpu.cores) +
                     "), or as root: echo off > /sys/devices/system/cpu/smt/control");
}

noise_finding check_steal(const machine_facts& machine) {
    // A hundredth of the time is more than the differences that comparisons are asked to see.
    constexpr double limit = 0.01;
    if (!machine.steal_share) return unknown("steal", "/proc/stat not readable");
    const auto value = decimal(100 * *machine.steal_share, 2) + " % of CPU time since boot";
    if (*machine.steal_share <= limit) return quiet("steal", value);
    return noisy("steal", value, "neighbours take CPU time: choose a type with dedicated CPUs, or repeat on other machines");
}

noise_finding check_quota(const machine_facts& machine) {
    if (!machine.cgroup.cpu_quota) return quiet("cpu quota", "none");
    const auto value =
        decimal(*machine.cgroup.cpu_quota, 2) + " CPUs" +
        (machine.cgroup.throttled_periods ? ", throttled in " + std::to_string(*machine.cgroup.throttled_periods) + " periods"
                                          : std::string());
    const auto usable = machine.affinity_cpus ? machine.affinity_cpus : machine.cpu.threads;
    if (usable && *machine.cgroup.cpu_quota >= *usable && machine.cgroup.throttled_periods.value_or(0) == 0)
        return quiet("cpu quota", value);
    return noisy("cpu quota", value,
                 "the group is stopped when the quota is used up: run without a CPU limit (docker --cpus, Kubernetes limits.cpu), or pin "
                 "CPUs with a cpuset");
}

noise_finding check_affinity(const machine_facts& machine) {
    if (!machine.affinity_cpus || !machine.cpu.threads) return unknown("affinity", "not visible");
    const auto value = std::to_string(*machine.affinity_cpus) + " of " + std::to_string(*machine.cpu.threads) + " CPUs";
    if (*machine.affinity_cpus == *machine.cpu.threads) return quiet("affinity", value);
    return noisy("affinity", value, "only a part of the machine is measured: say so with the result, or run without taskset or cpuset");
}

noise_finding check_clocksource(const machine_facts& machine) {
    if (!machine.clocksource) return unknown("clocksource", "not visible");
    const auto& name = *machine.clocksource;
    // These are read from user space; every other source (xen, hpet, acpi_pm) costs a system call or worse per reading.
    for (const char* cheap : {"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"}) {
        if (name == cheap) return quiet("clocksource", name);
    }
    return noisy(
        "clocksource", name,
        "each clock reading is a system call; as root: echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource");
}

noise_finding check_transparent_huge_pages(const machine_facts& machine) {
    if (!machine.transparent_huge_pages) return unknown("transparent huge pages", "not visible");
    const auto& mode = *machine.transparent_huge_pages;
    if (mode != "never") return quiet("transparent huge pages", mode);
    return noisy("transparent huge pages", mode,
                 "large operands pay for TLB misses; as root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled");
}

noise_finding check_load(const machine_facts& machine) {
    if (machine.load_average.empty()) return unknown("load", "/proc/loadavg not readable");
    const auto value = decimal(machine.load_average.front(), 2) + " over the last minute";
    // Half a busy CPU is more than the benchmark's own shell and logging need.
    if (machine.load_average.front() <= 0.5) return quiet("load", value);
    return noisy("load", value, "something else is running: stop it, or wait");
}

}  // namespace

std::vector<noise_finding> check_noise(const machine_facts& machine) {
    return {check_governor(machine), check_boost(machine),    check_smt(machine),         check_steal(machine),
            check_quota(machine),    check_affinity(machine), check_clocksource(machine), check_transparent_huge_pages(machine),
            check_load(machine)};
}

const char* to_string(noise_verdict verdict) {
    switch (verdict) {
        case noise_verdict::quiet: return "quiet";
        case noise_verdict::noisy: return "noisy";
        case noise_verdict::unknown: break;
    }
    return "unknown";
}

}  // namespace tenfold::bench
