// SPDX-License-Identifier: Apache-2.0
// What this machine really is: processor, memory, limits and the settings that move a benchmark's figures.
#pragma once

#include <functional>  // std::function

#include "instances/facts/cgroup.hpp"        // cgroup_facts
#include "instances/facts/cpu.hpp"           // cpu_facts
#include "instances/facts/system_files.hpp"  // system_files

namespace tenfold::bench {

struct machine_facts {
    cpu_facts cpu;
    cgroup_facts cgroup;
    std::optional<int> affinity_cpus;             // CPUs that this process may use
    std::optional<std::int64_t> memory_bytes;     // MemTotal
    std::optional<std::string> transparent_huge_pages;  // always, madvise, never
    std::optional<std::string> governor;          // "mixed" if the CPUs differ
    std::optional<bool> boost;
    std::optional<std::string> clocksource;
    std::optional<double> steal_share;            // of the CPU time since boot
    std::vector<double> load_average;             // 1, 5, 15 minutes
    std::optional<std::string> hypervisor;        // KVM, Xen, ...; nothing: none or unknown
    bool container = false;
    std::optional<std::string> kernel;
};

/// Where facts come from that are in no file.
struct machine_probes {
    std::function<std::optional<std::string>()> hypervisor_signature;  // cpuid leaf 0x40000000
    std::function<bool(const char*)> environment_has;                  // is this variable set?
};

/// The probes of the machine itself.
machine_probes real_machine_probes();

/// Probes that know nothing: for a simulated file tree, which must not be mixed with this machine's own facts.
machine_probes no_machine_probes();

machine_facts read_machine(const system_files& files, const machine_probes& probes);

/// CPU time of all CPUs since boot, in clock ticks; the difference of two readings tells the steal of a measurement.
struct cpu_time {
    std::int64_t total = 0;
    std::int64_t steal = 0;
};
std::optional<cpu_time> read_cpu_time(const system_files& files);

}  // namespace tenfold::bench
