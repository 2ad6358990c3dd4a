// SPDX-License-Identifier: Apache-2.0
// transform, copy and convert on a GPU runtime: axes merged, packs or elements chosen, one launch.           [floor 4]
#pragma once

#include <tenfold/kernel/cuda/body/transpose_block.hpp>
#include <tenfold/kernel/cuda/driver/launch_blocks.hpp>
#include <tenfold/op/copy.hpp>
#include <tenfold/op/transform.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Whether rows of an operand hold whole, aligned packs; `inner` 0 repeats one element.
template <std::size_t Operands>
bool packs_fit(const strided_axes<Operands>& axes, std::size_t operand, const void* data, std::size_t element_bytes,
               index_t pack) noexcept {
    const index_t inner = axes.axis[axes.count - 1].stride[operand];
    if (inner == 0) return operand > 0;
    if (inner != 1) return false;
    for (int i = 0; i + 1 < axes.count; ++i) {
        if (axes.axis[i].stride[operand] % pack != 0) return false;
    }
    return reinterpret_cast<std::uintptr_t>(data) % (static_cast<std::size_t>(pack) * element_bytes) == 0;
}

/// y(i) <- operation(x(i)...). y has elements; the views have one shape.
template <class Runtime, class Operation, class Y, std::size_t Rank, class Space, class... X>
status run_elementwise(Runtime& gpu, const char* op, const Operation& operation, const tensor_view<Y, Rank, Space>& y,
                       const tensor_view<const X, Rank, Space>&... x) {
    using body = elementwise_block<Operation, Y, X...>;
    if (gpu.ready() != runtime_answer::success) return answer_failure(op, "finding the device", gpu.ready(), gpu.why());
    const index_array<Rank> strides[] = {y.strides(), x.strides()...};
    const auto found = collect_axes(y.extents(), strides);
    if (!found.fit) return too_many_axes(op);
    const auto& axes = found.axes;
    std::size_t operand = 1;
    typename body::arguments arguments{axes, y.data() + found.first.of[0], {}, false, operation};
    ((arguments.x[operand - 1] = x.data() + found.first.of[operand], ++operand), ...);
    if (axes.count > 0) {
        constexpr index_t pack = body::pack_elements;
        operand = 1;
        arguments.packs =
            (axes.count == 1 || axes.axis[axes.count - 1].extent % pack == 0) && packs_fit(axes, 0, arguments.y, sizeof(Y), pack);
        ((arguments.packs = arguments.packs && packs_fit(axes, operand, arguments.x[operand - 1], sizeof(X), pack), ++operand), ...);
    }
    const index_t items = ceil_divide(axes.elements, arguments.packs ? index_t{body::pack_elements} : index_t{1});
    return launch_blocks<body>(gpu, op, ceil_divide(items, index_t{body::threads * body::steps}), axes.elements, 0, arguments);
}

/// Whether the fastest axes of x and y differ and both are worth a tile; `from` is that of x.
inline bool fits_transpose(const strided_axes<2>& axes, int& from) noexcept {
    if (axes.count < 2) return false;
    const auto x_stride = [&](int i) { return axes.axis[i].stride[1] < 0 ? -axes.axis[i].stride[1] : axes.axis[i].stride[1]; };
    from = axes.count - 1;
    for (int i = 0; i < axes.count; ++i) {
        if (x_stride(i) != 0 && (x_stride(from) == 0 || x_stride(i) < x_stride(from))) from = i;
    }
    const int to = axes.count - 1;
    return from != to && x_stride(to) != 0 && axes.axis[from].extent >= 8 && axes.axis[to].extent >= 8;
}
template <class Runtime, class Operation, class X, class Y, std::size_t Rank, class Space>
status run_movement(Runtime& gpu, const char* op, const Operation& operation, const tensor_view<const X, Rank, Space>& x,
                    const tensor_view<Y, Rank, Space>& y) {
    if (y.empty()) return {};
    const index_array<Rank> strides[] = {y.strides(), x.strides()};
    const auto found = collect_axes(y.extents(), strides);
    int from = 0;
    if (!found.fit || !fits_transpose(found.axes, from)) return run_elementwise(gpu, op, operation, y, x);

    using body = transpose_block<Operation, Y, X>;
    if (gpu.ready() != runtime_answer::success) return answer_failure(op, "finding the device", gpu.ready(), gpu.why());
    const int to = found.axes.count - 1;
    const auto axis = [&](int i) {
        const auto& a = found.axes.axis[i];
        return typename body::one_axis{a.extent, a.stride[1], a.stride[0]};
    };
    typename body::arguments arguments{{},
                                       axis(from),
                                       axis(to),
                                       {},
                                       {},
                                       ceil_divide(axis(from).extent, index_t{body::edge}),
                                       ceil_divide(axis(to).extent, index_t{body::edge}),
                                       x.data() + found.first.of[1],
                                       y.data() + found.first.of[0],
                                       operation};
    arguments.from_tiles = divisor_of(arguments.from_tile_count);
    arguments.to_tiles = divisor_of(arguments.to_tile_count);
    arguments.outer.elements = 1;
    for (int i = 0; i < found.axes.count; ++i) {
        if (i == from || i == to) continue;
        arguments.outer.axis[arguments.outer.count++] = found.axes.axis[i];
        arguments.outer.elements *= found.axes.axis[i].extent;
    }
    const index_t blocks = arguments.outer.elements * arguments.from_tile_count * arguments.to_tile_count;
    return launch_blocks<body>(gpu, op, blocks, found.axes.elements, body::shared_bytes, arguments);
}

template <class T>
using bits_of_size =
    std::conditional_t<sizeof(T) == 1, std::uint8_t,
                       std::conditional_t<sizeof(T) == 2, bfloat16, std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>>>;
struct moved {
    template <class T>
    TENFOLD_DEVICE T operator()(T x) const {
        return x;
    }
};

template <class Runtime, class X, class Y, std::size_t Rank, class Space>
status convert_on(Runtime& gpu, const char* op, const movement_arguments<X, Y, Rank, Space>& m) {
    if constexpr (std::is_same_v<X, Y>) {
        // As integers of the size: one kernel for all types, and no NaN is made quiet. (bfloat16 is a struct of its 16 bits.)
        using bits = bits_of_size<X>;
        const tensor_view<const bits, Rank, Space> x(reinterpret_cast<const bits*>(m.x.data()), m.x.extents(), m.x.strides());
        const tensor_view<bits, Rank, Space> y(reinterpret_cast<bits*>(m.y.data()), m.y.extents(), m.y.strides());
        return run_movement(gpu, op, moved{}, x, y);
    } else {
        return run_movement(gpu, op, conversion<Y>{m.saturate}, m.x, m.y);
    }
}

template <class Runtime, class F, class Y, std::size_t Rank, class Space, class... X>
status transform_on(Runtime& gpu, const transform_arguments<F, Y, Rank, Space, X...>& t) {
    static_assert(std::is_trivially_copyable_v<F>,
                  "tenfold: a functor for a GPU is copied there byte by byte; let it be trivially copyable");
    if (t.y.empty()) return {};
    return std::apply([&](const auto&... x) { return run_elementwise(gpu, transform_op::name, transformed<F, Y>{t.functor}, t.y, x...); },
                      t.inputs);
}
}  // namespace gpu_kernels
TENFOLD_END
