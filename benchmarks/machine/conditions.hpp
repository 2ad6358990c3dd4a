// SPDX-License-Identifier: Apache-2.0
// What else happened on the machine while it was measured: stolen time, other programs, throttling.
#pragma once

#include <cstdint>   // std::int64_t
#include <optional>  // std::optional

#include "instances/facts/system_files.hpp"    // system_files
#include "instances/record/validity.hpp"  // run_conditions

namespace tenfold::bench {

/// Counters that only rise. What the machine does not tell is nothing.
struct machine_counters {
    std::optional<std::int64_t> total_ticks, busy_ticks, steal_ticks;  // CPU time of all CPUs since boot
    std::int64_t own_ticks = 0;                                        // of this process
    std::optional<std::int64_t> throttled_periods;                     // the CPU quota was used up
    std::optional<std::int64_t> thermal_throttles;                     // a CPU slowed itself down
};

machine_counters read_counters(const system_files& files = system_files());

/// What happened between two readings.
run_conditions conditions_between(const machine_counters& before, const machine_counters& after);

}  // namespace tenfold::bench
