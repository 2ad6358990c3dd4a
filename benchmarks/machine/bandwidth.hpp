// SPDX-License-Identifier: Apache-2.0
// The memory roofs: bytes per second read, and read plus written, of arrays several times the last-level cache.
#pragma once

#include <cstdint>  // std::int64_t

namespace tenfold::bench {

struct memory_roofs {
    double read_bytes_per_second = 0;
    double copy_bytes_per_second = 0;  // bytes read plus bytes written
};

/// Best of several runs of all `threads` together, each on its own part of arrays of `array_bytes`.
memory_roofs measure_bandwidth(std::int64_t array_bytes, int threads);

/// Four times the caches, at least 64 MiB, at most an eighth of the memory.
std::int64_t bandwidth_array_bytes(std::int64_t cache_bytes, std::int64_t memory_bytes);

}  // namespace tenfold::bench
