// SPDX-License-Identifier: Apache-2.0
// softmax, log_softmax, layer_norm and rms_norm on a GPU runtime: threads and blocks per row from the shape. [floor 4]
#pragma once

#include <tenfold/kernel/cuda/body/row_block.hpp>
#include <tenfold/kernel/cuda/driver/elementwise.hpp>  // launch_blocks, packs_fit
#include <tenfold/op/normalise.hpp>
#include <tenfold/op/softmax.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Rows of n elements `stride` apart in x; neighbouring threads share a row unless neighbouring rows lie closer.
inline thread_groups groups_of_rows(const strided_axes<2>& rows, index_t n, index_t stride, unsigned threads, index_t per_thread) noexcept {
    const auto magnitude = [](index_t s) { return s < 0 ? -s : s; };
    bool rows_are_closer = false;
    for (int i = 0; i < rows.count; ++i) rows_are_closer |= magnitude(rows.axis[i].stride[1]) < magnitude(stride);
    thread_groups groups{};
    groups.rows = !rows_are_closer || n == 1;
    groups.group = power_of_two(ceil_divide(n, per_thread), groups.rows ? threads : threads / power_of_two(rows.elements, warp_size));
    groups.per_block = threads / groups.group;
    return groups;
}
/// One pack of 16 bytes after the other, in every row.
template <class T>
bool row_packs_fit(const strided_axes<2>& rows, std::size_t operand, const T* data, index_t stride) noexcept {
    constexpr index_t pack = 16 / sizeof(T);
    for (int i = 0; i < rows.count; ++i) {
        if (rows.axis[i].stride[operand] % pack != 0) return false;
    }
    return stride == 1 && reinterpret_cast<std::uintptr_t>(data) % 16 == 0;
}

template <class Policy, class Scale, class Bias, class Runtime, class X, class Y, std::size_t Rank, class Space, class Add>
status run_rows(Runtime& gpu, const char* op, const tensor_view<const X, Rank, Space>& x, const tensor_view<Y, Rank, Space>& y,
                index_t axis, const Add& add_parameters) {
    using body = row_block<Policy, X, Y, Scale, Bias>;
    if (y.empty()) return {};
    if (gpu.ready() != runtime_answer::success) return answer_failure(op, "finding the device", gpu.ready(), gpu.why());
    const std::size_t along = axis_from_front<Rank>(axis);
    const index_array<Rank> strides[] = {y.strides(), x.strides()};
    const auto found = collect_axes(y.extents(), strides, std::uint32_t{1} << along);
    if (!found.fit) return too_many_axes(op);
    typename body::arguments a{};
    a.rows = found.axes;
    a.n = x.extent(along);
    a.share = 1 / static_cast<double>(a.n);
    a.x = x.data() + found.first.of[1];
    a.x_stride = x.stride(along);
    a.y = y.data() + found.first.of[0];
    a.y_stride = y.stride(along);
    a.groups = groups_of_rows(a.rows, a.n, a.x_stride, body::threads, 8);
    a.x_packs = a.groups.rows && row_packs_fit(a.rows, 1, a.x, a.x_stride);
    a.y_packs = a.groups.rows && row_packs_fit(a.rows, 0, a.y, a.y_stride);
    add_parameters(a);
    const index_t tiles = ceil_divide(a.rows.elements, index_t{a.groups.per_block});
    const index_t chunk = static_cast<index_t>(a.groups.group) * body::slots;
    cut_rows(tiles, chunk, a.n, a.parts, a.part);
    const auto launch = [&](row_passes passes) {
        a.passes = passes;
        return launch_blocks<body>(gpu, op, tiles * a.parts, y.size(), body::shared_bytes, a);
    };
    if (a.parts == 1) return launch(row_passes::all);

    using second_state = typename body::second_state;
    const auto states = static_cast<std::size_t>(a.rows.elements * a.parts);
    const call_workspace workspace(gpu, op, states * (sizeof(second_state) + sizeof(typename body::first_state)));
    if (!workspace.state().ok()) return workspace.state();
    a.seconds = workspace.template memory<second_state>();
    a.firsts = reinterpret_cast<typename body::first_state*>(a.seconds + states);  // of no larger alignment
    if constexpr (Policy::has_first) {
        if (status s = launch(row_passes::first_fold); !s.ok()) return s;
    }
    if (status s = launch(row_passes::second_fold); !s.ok()) return s;
    return launch(row_passes::results);
}

template <bool Logarithm, class Runtime, class X, class Y, std::size_t Rank, class Space>
status softmax_on(Runtime& gpu, const softmax_arguments<X, Y, Rank, Space>& s) {
    return run_rows<softmax_policy<X, Logarithm>, X, X>(gpu, Logarithm ? log_softmax_op::name : softmax_op::name, s.x, s.y, s.axis,
                                                        [](const auto&) {});
}
template <bool Centred, class Runtime, class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
status normalise_on(Runtime& gpu, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& s) {
    return run_rows<normalise_policy<X, Centred>, Scale, Bias>(gpu, Centred ? layer_norm_op::name : rms_norm_op::name, s.x, s.y, s.axis,
                                                               [&](auto& a) {
                                                                   a.epsilon = s.options.epsilon;
                                                                   a.scale = s.has_scale ? s.scale.data() : nullptr;
                                                                   a.scale_stride = s.scale.stride(0);
                                                                   a.bias = s.has_bias ? s.bias.data() : nullptr;
                                                                   a.bias_stride = s.bias.stride(0);
                                                               });
}
}  // namespace gpu_kernels
TENFOLD_END
