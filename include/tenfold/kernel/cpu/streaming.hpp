// SPDX-License-Identifier: Apache-2.0
// When results are written past the caches: where they would not stay there anyway.                          [floor 4]
#pragma once

#include <tenfold/core/index.hpp>
#include <tenfold/kernel/cpu/topology.hpp>  // read_line

#include <atomic>
#include <cstdlib>

TENFOLD_BEGIN
/// Bytes of the last-level cache that a core shares in, as Linux tells them; elsewhere a usual size. Asked for once. (The C
/// library's figure is that of the whole machine: 320 MiB where a core has 32.)
TENFOLD_HIDDEN inline index_t last_level_cache_bytes() noexcept {
    static constinit std::atomic<index_t> known{0};
    index_t bytes = known.load(std::memory_order_relaxed);
    if (bytes == 0) [[unlikely]] {
        char line[32] = "";
        index_t kibibytes = 0;
        if (read_line("/sys/devices/system/cpu/cpu0/cache/index3/size", line, sizeof line)) kibibytes = std::strtol(line, nullptr, 10);
        constexpr index_t usual = 32 * 1024;
        bytes = (kibibytes > 0 ? kibibytes : usual) * 1024;
        known.store(bytes, std::memory_order_relaxed);
    }
    return bytes;
}

/// A result of `bytes`, read by nobody meanwhile. The choice moves no bit of it.
TENFOLD_INLINE bool is_streamed(index_t bytes) noexcept {
    constexpr index_t least = index_t{4} << 20;  // no question below
    return bytes >= least && bytes > last_level_cache_bytes();
}

/// Rows at `p`, `step` elements apart, are whole cache lines.
template <class T>
TENFOLD_INLINE bool is_whole_lines(const T* p, index_t step, index_t count) noexcept {
    constexpr index_t line = 64;
    constexpr auto size = static_cast<index_t>(sizeof(T));
    return reinterpret_cast<std::uintptr_t>(p) % line == 0 && step * size % line == 0 && count * size % line == 0;
}
TENFOLD_END
