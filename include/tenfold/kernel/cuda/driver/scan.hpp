// SPDX-License-Identifier: Apache-2.0
// cumulative_sum on a GPU runtime: a thread, a warp or a block per line, one launch.                         [floor 4]
#pragma once

#include <tenfold/kernel/cuda/body/scan_block.hpp>
#include <tenfold/kernel/cuda/driver/elementwise.hpp>  // launch_blocks, collect_axes
#include <tenfold/op/scan.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
template <class Runtime, class T, class Y, std::size_t Rank, class Space>
status scan_on(Runtime& gpu, const scan_arguments<T, Y, Rank, Space>& s) {
    using body = scan_block<T, Y>;
    if (s.y.empty()) return {};
    if (gpu.ready() != runtime_answer::success) return answer_failure(scan_op::name, "finding the device", gpu.ready(), gpu.why());
    const index_array<Rank> strides[] = {s.y.strides(), s.x.strides()};
    const auto found = collect_axes(s.y.extents(), strides, std::uint32_t{1} << s.axis);
    if (!found.fit) return too_many_axes(scan_op::name);
    const index_t n = s.x.extent(s.axis);
    const index_t stride = s.x.stride(s.axis);
    typename body::arguments a{found.axes,        1, n, s.x.data() + found.first.of[1], stride, s.y.data() + found.first.of[0],
                               s.y.stride(s.axis)};
    // Many lines that lie side by side in a row-major tensor: a thread each. Not by strides, since it decides the order of additions.
    index_t beside = 1;
    for (std::size_t i = s.axis + 1; i < Rank; ++i) beside *= s.x.extent(i);
    const bool side_by_side = beside >= warp_size && a.lines.elements >= 4096;
    if (!side_by_side && n > body::run_length) a.group = n <= warp_size * body::run_length * 4 ? warp_size : body::threads;
    const index_t blocks = ceil_divide(a.lines.elements, index_t{body::threads / a.group});
    return launch_blocks<body>(gpu, scan_op::name, blocks, s.y.size(), body::shared_bytes, a);
}
}  // namespace gpu_kernels
TENFOLD_END
