// SPDX-License-Identifier: Apache-2.0
// What this machine can run, and how large its caches and its memory are.
#pragma once

#include <cstdint>  // std::int64_t
#include <string>   // std::string
#include <vector>   // std::vector

namespace tenfold::bench {

struct machine_limits {
    int usable_cpus = 1;
    std::vector<std::string> isas;  // best first
    std::int64_t memory_bytes = 0;
    std::int64_t cache_bytes = 0;   // all last-level caches together
};

/// The limits of this machine; the caches are those that the kernel shows.
machine_limits limits_of_this_machine();

/// How much memory the operand sets of a cold problem walk through, so that none is still in a cache.
std::int64_t rotation_bytes(const machine_limits& limits);

}  // namespace tenfold::bench
