// SPDX-License-Identifier: Apache-2.0
// Reductions on a GPU runtime: how the work is cut, from shape and strides alone, and the one launch.         [floor 4]
#pragma once

#include <tenfold/kernel/cuda/body/reduce_block.hpp>
#include <tenfold/kernel/cuda/runtime.hpp>
#include <tenfold/op/arg_reduce.hpp>
#include <tenfold/op/reduce.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
/// What the order of the elements of an output must follow.
enum class reduction_order : unsigned char {
    free,     ///< nothing: whatever suits the strides
    shape,    ///< summation_order
    elements  ///< summation_order, and each thread takes neighbours: the operation does not commute
};

/// Whether neighbouring outputs lie closer than neighbouring elements of one.
inline bool kept_is_closer(const reduction_axes& axes) noexcept {
    const strided_axes<3>& kept = axes.kept;
    index_t closest = 0;  // of the reduced strides
    for (int i = 0; i < axes.reduced.count; ++i) {
        const index_t stride =
            axes.reduced.axis[i].stride[from_x] < 0 ? -axes.reduced.axis[i].stride[from_x] : axes.reduced.axis[i].stride[from_x];
        if (i == 0 || stride < closest) closest = stride;
    }
    return kept.count > 0 && (axes.reduced.count == 0 || kept.axis[kept.count - 1].stride[from_x] < closest);
}
/// Rows, columns, and how many threads and blocks make an output. Nothing here asks which GPU it is: with fewer than
/// `enough_blocks` outputs' worth of blocks an output is split, into parts that are still worth a block.
inline reduction_cut cut_reduction(const reduction_axes& axes, unsigned pack_elements, reduction_order follows) noexcept {
    constexpr unsigned threads = summation_order::threads;
    constexpr index_t enough_blocks = summation_order::enough_blocks;
    static_assert(enough_blocks <= most_shared_results);
    reduction_cut cut{};
    cut.rows = follows != reduction_order::free || !kept_is_closer(axes);
    if (cut.rows) {
        const auto order =
            order_of_sum(axes.outputs, axes.count, follows == reduction_order::elements ? 8 : static_cast<index_t>(pack_elements));
        cut.group = order.group;
        cut.per_block = threads / order.group;
        cut.part = order.part;
        cut.splits = static_cast<unsigned>(order.parts);
        return cut;
    }
    cut.group = threads / power_of_two(axes.outputs, threads / power_of_two(ceil_divide(axes.count, 8), 8));
    const index_t least = static_cast<index_t>(cut.group) * 32;  // elements of a part
    cut.per_block = threads / cut.group;
    const index_t tiles = ceil_divide(axes.outputs, cut.per_block);
    index_t splits = 1;
    if (tiles < enough_blocks) {
        const index_t wanted = ceil_divide(2 * enough_blocks, tiles);
        const index_t possible = ceil_divide(axes.count, least);
        splits = wanted < possible ? wanted : possible;
        if (splits < 1) splits = 1;
    }
    cut.part = round_up(ceil_divide(axes.count, splits), index_t{cut.group});
    if (cut.part < 1) cut.part = 1;
    cut.splits = static_cast<unsigned>(axes.count > 0 ? ceil_divide(axes.count, cut.part) : 1);
    return cut;
}

/// Whether packs may be loaded: every row starts at a multiple of 16 bytes, and so does every part.
template <class T>
bool packs_are_legal(const T* x, const reduction_axes& axes) noexcept {
    constexpr index_t pack = 16 / sizeof(T);
    if (axes.reduced.count != 1 || axes.reduced.axis[0].stride[from_x] != 1) return false;
    if (reinterpret_cast<std::uintptr_t>(x) % 16 != 0) return false;
    for (int i = 0; i < axes.kept.count; ++i) {
        if (axes.kept.axis[i].stride[from_x] % pack != 0) return false;
    }
    return true;
}

/// y <- the reduction of x; `value` <- the elements that an arg-reduction found, unless null. At least one output.
template <class T, class Y, class Runtime, class Policy>
status run_reduction(Runtime& gpu, const char* op, const reduction_axes& axes, const T* x, Y* y, T* value, const Policy& policy,
                     double option, bool by_shape = false) {
    using body = reduce_block<Policy, T, Y>;
    if (gpu.ready() != runtime_answer::success) return answer_failure(op, "finding the device", gpu.ready(), gpu.why());
    const reduction_order follows = is_ordered<Policy> ? reduction_order::elements
                                    : by_shape         ? reduction_order::shape
                                                       : reduction_order::free;
    reduction_cut cut = cut_reduction(axes, body::pack_elements, follows);
    x += axes.first.of[from_x];
    y += axes.first.of[to_y];
    if (value != nullptr) value += axes.first.of[to_z];
    cut.packs = packs_are_legal(x, axes);
    const index_t tiles = ceil_divide(axes.outputs, cut.per_block);
    const index_t blocks = tiles * cut.splits;
    if (blocks > 0x7fffffff) {
        return failure(status_code::unsupported, op) << "y has " << axes.outputs << " elements; a launch makes at most "
                                                     << index_t{0x7fffffff} * cut.per_block << ". Reduce parts of x";
    }
    const index_t states = cut.splits > 1 ? axes.outputs * cut.splits : 0;
    const call_workspace workspace(gpu, op, static_cast<std::size_t>(states) * sizeof(typename Policy::state));
    if (!workspace.state().ok()) return workspace.state();
    const typename body::arguments arguments{
        x, y, value, axes, cut, workspace.template memory<typename Policy::state>(), workspace.counters(), option, policy};
    const launch_shape shape{static_cast<unsigned>(blocks), body::threads, body::shared_bytes};
    const runtime_answer launched = gpu.template launch<body>(shape, arguments);
    return answer_failure(op, "launching the kernel", launched, gpu.why());
}

/// The policy of each reducer; those with run-time options choose between two.
template <class T, class F>
status with_reduction(const sum_reducer&, const F& f) {
    return f(sum_policy<T>{}, 0.0);
}
template <class T, class F>
status with_reduction(const mean_reducer&, const F& f) {
    return f(mean_policy<T>{}, 0.0);
}
template <class T, class F>
status with_reduction(const prod_reducer&, const F& f) {
    return f(product_policy<T>{}, 0.0);
}
template <class T, class F>
status with_reduction(const norm1_reducer&, const F& f) {
    return f(norm1_policy<T>{}, 0.0);
}
template <class T, class F>
status with_reduction(const norm2_reducer&, const F& f) {
    return f(norm2_policy<T>{}, 0.0);
}
template <class T, class F>
status with_reduction(const variance_reducer& r, const F& f) {
    return f(variance_policy<T>{}, r.correction);
}
template <class T, class F>
status with_reduction(const log_sum_exp_reducer&, const F& f) {
    return f(log_sum_exp_policy<T>{}, 0.0);
}
template <class T, bool All, class F>
status with_reduction(const truth_reducer<All>&, const F& f) {
    return f(truth_policy<T, All>{}, 0.0);
}
template <class T, bool Largest, class F>
status with_reduction(const extremum_reducer<Largest>& r, const F& f) {
    if constexpr (is_floating_v<T>) {
        if (r.nan == tenfold::nan::ignore) return f(extremum_policy<T, Largest, true>{}, 0.0);
    }
    return f(extremum_policy<T, Largest, false>{}, 0.0);
}
template <class T, class Monoid, class F>
status with_reduction(const monoid_reducer<Monoid>& r, const F& f) {
    return f(monoid_policy<Monoid>{r.functor}, 0.0);
}
template <class Policy>
inline constexpr bool keeps_order = false;
template <class Monoid>
inline constexpr bool keeps_order<monoid_reducer<Monoid>> = true;

/// One checked call on a runtime.
template <class Runtime, class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
status reduce_on(Runtime& gpu, const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) {
    if (a.y.empty()) return {};
    const auto y = a.output();
    reduction_axes axes;
    const bool by_shape = crosses_devices<T>(a.reducer);
    if (!find_axes(a.x.extents(), a.x.strides(), y.strides(), {}, a.axes, keeps_order<Reducer> || by_shape, axes)) {
        return too_many_axes(Reducer::name);
    }
    return with_reduction<T>(a.reducer, [&](const auto& policy, double option) {
        return run_reduction(gpu, Reducer::name, axes, a.x.data(), y.data(), static_cast<T*>(nullptr), policy, option, by_shape);
    });
}
template <class Runtime, class T, std::size_t Rank, std::size_t OutRank, bool Largest, bool WithValue, class Space>
status arg_reduce_on(Runtime& gpu, const arg_reduce_arguments<T, Rank, OutRank, Largest, WithValue, Space>& a) {
    constexpr const char* op = arg_reduce_op::call<Largest, WithValue>;
    if (a.index.empty()) return {};
    const auto index = with_reduced_axes<Rank>(a.index, a.axes);
    const auto value = with_reduced_axes<Rank>(a.value, a.axes);
    reduction_axes axes;
    if (!find_axes(a.x.extents(), a.x.strides(), index.strides(), value.strides(), a.axes, true, axes)) return too_many_axes(op);
    T* const wanted = WithValue ? value.data() : nullptr;
    if (is_floating_v<T> && a.nan == tenfold::nan::ignore)
        return run_reduction(gpu, op, axes, a.x.data(), index.data(), wanted, arg_policy<T, Largest, is_floating_v<T>>{}, 0.0);
    return run_reduction(gpu, op, axes, a.x.data(), index.data(), wanted, arg_policy<T, Largest, false>{}, 0.0);
}
}  // namespace gpu_kernels
TENFOLD_END
