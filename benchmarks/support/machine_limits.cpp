// SPDX-License-Identifier: Apache-2.0
// Asks the library and the kernel what this machine can run.
#include "support/machine_limits.hpp"

#include <tenfold/kernel/cpu/dispatch.hpp>  // available_isas
#include <tenfold/kernel/cpu/topology.hpp>  // usable_cpus

#include <algorithm>  // std::max, std::min

#include "instances/facts/cpu.hpp"           // cpu_facts
#include "instances/facts/machine.hpp"       // read_machine
#include "instances/facts/system_files.hpp"  // system_files

namespace tenfold::bench {
namespace {

/// All caches of the highest level: a process on all CPUs can use every one of them.
std::int64_t last_level_bytes(const cpu_facts& facts) {
    const cache_facts* last = nullptr;
    for (const cache_facts& cache : facts.caches) {
        if (cache.type != "Instruction" && (last == nullptr || cache.level > last->level)) last = &cache;
    }
    if (last == nullptr) return 0;
    const std::int64_t instances = last->num_sharing > 0 ? std::max(1, facts.threads.value_or(1) / last->num_sharing) : 1;
    return last->size * instances;
}

}  // namespace

machine_limits limits_of_this_machine() {
    machine_limits limits;
    limits.usable_cpus = usable_cpus();
    for (const char* isa : available_isas()) limits.isas.emplace_back(isa);
    const machine_facts facts = read_machine(system_files(), real_machine_probes());
    constexpr std::int64_t gib = std::int64_t{1} << 30;
    limits.memory_bytes = facts.memory_bytes.value_or(2 * gib);
    limits.cache_bytes = last_level_bytes(facts.cpu);
    return limits;
}

std::int64_t rotation_bytes(const machine_limits& limits) {
    constexpr std::int64_t least = std::int64_t{32} << 20;
    return std::max(std::min(2 * limits.cache_bytes, limits.memory_bytes / 8), least);
}

}  // namespace tenfold::bench
