// SPDX-License-Identifier: Apache-2.0
// Blocks that share a result: the last of them to come finishes it, whichever that is.                       [floor 4]
#pragma once

#include <tenfold/kernel/cuda/simt/pack.hpp>

#include <cstddef>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Whether this block is the last of those that share a counter; all that they stored before is then visible. The counter is zero
/// before and after. Four bytes of shared memory at `flag_offset` are used.
template <class Thread>
TENFOLD_DEVICE bool last_to_come(const Thread& self, std::uint32_t* arrived, unsigned blocks, std::size_t flag_offset) {
    auto* const flag = self.template shared<std::uint32_t>(flag_offset);
    self.block_sync();  // all of this block's partial results are stored
    if (self.thread() == 0) {
        self.fence_device();
        const bool last = self.atomic_count(arrived, blocks - 1) == blocks - 1;
        self.fence_device();
        self.store(flag, last ? 1u : 0u);
    }
    self.block_sync();
    return self.load(flag) != 0;
}
}  // namespace gpu_kernels
TENFOLD_END
