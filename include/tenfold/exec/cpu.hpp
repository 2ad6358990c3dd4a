// SPDX-License-Identifier: Apache-2.0
// cpu: the backend of threads and SIMD, as plain data.                                                     [floor 2]
#pragma once

#include <tenfold/core/memory.hpp>  // host_space
#include <tenfold/exec/arena_ref.hpp>

TENFOLD_TYPES_BEGIN
/// Runs on the calling thread and oneTBB's workers with the widest instruction set the machine has. No global state:
/// concurrent calls with different settings hold. Bits of results do not depend on `threads` or `arena`.
struct cpu {
    using space = host_space;
    static constexpr const char* name = "cpu";

    int threads = 0;            ///< upper bound; 0: what affinity mask, cgroup quota and the arena allow
    arena_ref arena = {};       ///< a tbb::task_arena* of the caller; empty: the arena the caller is in
    const char* isa = nullptr;  ///< force one of available_isas() by name; null: TENFOLD_ISA or the best
};
TENFOLD_TYPES_END
