// SPDX-License-Identifier: Apache-2.0
// One launch of a body on a GPU runtime, refused or failed in an op's name; how few long rows are cut.        [floor 4]
#pragma once

#include <tenfold/kernel/cuda/runtime.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
inline constexpr index_t most_blocks = 0x7fffffff;
inline status too_many_elements(const char* op, index_t elements) noexcept {
    return failure(status_code::unsupported, op) << "y has " << elements << " elements, more than one launch covers. Work on parts of it";
}
/// Multiprocessors of the GPU that work is cut for, whatever the real one has.
inline constexpr index_t nominal_multiprocessors = 128;

/// Rows of n elements in `tiles` blocks become parts of at least two chunks, so many that each multiprocessor has two blocks.
inline void cut_rows(index_t tiles, index_t chunk, index_t n, unsigned& parts, index_t& part) noexcept {
    index_t wanted = tiles < nominal_multiprocessors ? ceil_divide(2 * nominal_multiprocessors, tiles) : 1;
    if (wanted > n / (2 * chunk)) wanted = n / (2 * chunk);
    part = round_up(wanted > 1 ? ceil_divide(n, wanted) : n, chunk);
    parts = static_cast<unsigned>(ceil_divide(n, part));
}

template <class Body, class Runtime>
status launch_blocks(Runtime& gpu, const char* op, index_t blocks, index_t elements, std::size_t shared,
                     const typename Body::arguments& arguments) {
    if (blocks > most_blocks) return too_many_elements(op, elements);
    const launch_shape shape{static_cast<unsigned>(blocks), Body::threads, shared};
    const runtime_answer launched = gpu.template launch<Body>(shape, arguments);
    return answer_failure(op, "launching the kernel", launched, gpu.why());
}
}  // namespace gpu_kernels
TENFOLD_END
