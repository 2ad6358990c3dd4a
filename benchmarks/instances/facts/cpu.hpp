// SPDX-License-Identifier: Apache-2.0
// Which processor this is and how its threads, cores, sockets and caches hang together, from /proc/cpuinfo and /sys.
#pragma once

#include <cstdint>   // std::int64_t
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/facts/system_files.hpp"  // system_files

namespace tenfold::bench {

struct cache_facts {
    std::string type;  // Data, Instruction, Unified
    int level = 0;
    std::int64_t size = 0;  // bytes
    int num_sharing = 0;    // threads that share one
};

struct cpu_facts {
    std::optional<std::string> model_name;  // several kinds of core: joined by " + "
    std::optional<std::string> vendor;
    std::optional<std::int64_t> family, model, stepping;
    std::optional<std::string> microcode;
    std::optional<int> sockets, cores, threads;  // online
    std::optional<bool> smt;                     // two online threads share a core
    std::vector<cache_facts> caches;             // of the first online CPU
    std::optional<int> numa_nodes;
    std::optional<double> mhz;                   // nominal where the kernel says so, else what /proc/cpuinfo shows now
    bool hypervisor_flag = false;                // the processor says that it is virtual
};

cpu_facts read_cpu(const system_files& files);

}  // namespace tenfold::bench
