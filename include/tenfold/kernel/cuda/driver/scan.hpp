// SPDX-License-Identifier: Apache-2.0
// cumulative_sum on a GPU runtime: a thread, a warp, a block or several blocks per line.                     [floor 4]
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
    typename body::arguments a{
        found.axes, 1, n, s.x.data() + found.first.of[1], stride, s.y.data() + found.first.of[0], s.y.stride(s.axis), 1, n, nullptr, false};
    // Many lines that lie side by side in a row-major tensor: a thread each. Not by strides, since it decides the order of additions.
    index_t beside = 1;
    for (std::size_t i = s.axis + 1; i < Rank; ++i) beside *= s.x.extent(i);
    const bool side_by_side = beside >= warp_size && a.lines.elements >= 4096;
    if (!side_by_side && n > body::run_length) a.group = n <= warp_size * body::run_length * 4 ? warp_size : body::threads;
    const index_t blocks = ceil_divide(a.lines.elements, index_t{body::threads / a.group});
    constexpr index_t chunk = 2 * body::threads * body::run_length;
    if (a.group == body::threads) cut_rows(a.lines.elements, chunk, n, a.parts, a.part);
    const auto launch = [&] { return launch_blocks<body>(gpu, scan_op::name, blocks * a.parts, s.y.size(), body::shared_bytes, a); };
    if (a.parts == 1) return launch();

    using state = typename body::state;
    const call_workspace workspace(gpu, scan_op::name, static_cast<std::size_t>(a.lines.elements * a.parts) * sizeof(state));
    if (!workspace.state().ok()) return workspace.state();
    a.totals = workspace.template memory<state>();
    a.totals_only = true;
    if (status status_of_totals = launch(); !status_of_totals.ok()) return status_of_totals;
    a.totals_only = false;
    return launch();
}
}  // namespace gpu_kernels
TENFOLD_END
