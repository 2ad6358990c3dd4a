// SPDX-License-Identifier: Apache-2.0
// The CPU quota that control groups put on this process: version 1 and 2, its own group and every ancestor in sight.
#pragma once

#include <cstdint>   // std::int64_t
#include <optional>  // std::optional

#include "instances/facts/system_files.hpp"  // system_files

namespace tenfold::bench {

struct cgroup_facts {
    std::optional<double> cpu_quota;                 // in CPUs: 1.5 is 150 ms of CPU time per 100 ms; nothing = no limit
    std::optional<std::int64_t> throttled_periods;   // how often the group ran into its quota since it was made
};

cgroup_facts read_cgroup(const system_files& files);

}  // namespace tenfold::bench
