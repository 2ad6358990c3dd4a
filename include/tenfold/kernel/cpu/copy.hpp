// SPDX-License-Identifier: Apache-2.0
// copy and convert on the CPU: along rows where x and y run fastest along one axis, by transposed tiles else. [floor 4]
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/kernel/cpu/body/convert_plane.hpp>
#include <tenfold/kernel/cpu/body/copy_plane.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/elementwise.hpp>
#include <tenfold/op/copy.hpp>

TENFOLD_BEGIN
/// The axis along which x takes its smallest steps. Axes that x repeats do not count; neither do they hurt.
inline int fastest_input_axis(const loop_nest<2>& nest) noexcept {
    int fastest = nest.rank - 1;
    index_t smallest = 0;
    for (int axis = nest.rank - 1; axis >= 0; --axis) {
        const index_t step = nest.stride[axis][0] < 0 ? -nest.stride[axis][0] : nest.stride[axis][0];
        if (nest.extent[axis] == 1 || step == 0 || (smallest != 0 && step >= smallest)) continue;
        smallest = step;
        fastest = axis;
    }
    return fastest;
}

/// Tiles such that neither operand is walked badly: flat rows where both run fastest along the last axis, blocks of
/// 128 x 256 else.
inline tile_grid<2> movement_tiles(loop_nest<2>& nest) noexcept {
    const int fastest = fastest_input_axis(nest);
    if (fastest == nest.rank - 1) return {nest, task_elements, task_elements};
    nest.move_to_second_last(fastest);
    return {nest, task_elements, 256};
}

template <>
struct kernel<copy_op, cpu> {
    template <class T, std::size_t Rank, class Space>
    static status run(const cpu& where, const movement_arguments<T, T, Rank, Space>& m) {
        int isa = 0;
        if (status s = choose_isa(copy_op::name, where, isa); !s.ok()) return s;
        if (m.y.empty()) return {};
        loop_nest<2> nest = make_loop_nest(m.x, m.y);
        move_elements<sizeof(T)>(where, isa, nest, m.x.data(), m.y.data());
        return {};
    }

private:
    /// Compiled once per size of element, whatever the types and ranks.
    template <int Bytes>
    static void move_elements(const cpu& where, int isa, loop_nest<2>& nest, const void* x, void* y) {
        const tile_grid<2> grid = movement_tiles(nest);
        const int last = nest.rank - 1;
        parallel_for_tiles(where, workers_for_bytes(where, 2 * Bytes * nest.size()), grid, 1,
                           [&](int, const index_t(&offset)[2], index_t rows, index_t count) {
                               const copy_plane_arguments plane{static_cast<const unsigned char*>(x) + offset[0] * Bytes,
                                                                nest.stride[last - 1][0],
                                                                nest.stride[last][0],
                                                                static_cast<unsigned char*>(y) + offset[1] * Bytes,
                                                                nest.stride[last - 1][1],
                                                                nest.stride[last][1],
                                                                rows,
                                                                count};
                               dispatch<copy_plane<Bytes>>(isa, &plane);
                           });
    }
};

template <>
struct kernel<convert_op, cpu> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cpu& where, const movement_arguments<X, Y, Rank, Space>& m) {
        if constexpr (std::is_same_v<X, Y>) {
            return kernel<copy_op, cpu>::run(where, m);
        } else {
            int isa = 0;
            if (status s = choose_isa(convert_op::name, where, isa); !s.ok()) return s;
            if (m.y.empty()) return {};
            loop_nest<2> nest = make_loop_nest(m.x, m.y);
            cast(where, isa, nest, m.x.data(), m.y.data(), m.saturate);
            return {};
        }
    }

private:
    template <class X, class Y>
    static void cast(const cpu& where, int isa, loop_nest<2>& nest, const X* x, Y* y, bool saturate) {
        const tile_grid<2> grid = movement_tiles(nest);
        const int last = nest.rank - 1;
        constexpr index_t bytes = sizeof(X) + sizeof(Y);
        parallel_for_tiles(where, workers_for_bytes(where, bytes * nest.size()), grid, 1,
                           [&](int, const index_t(&offset)[2], index_t rows, index_t count) {
                               const convert_plane_arguments<Y, X> plane{x + offset[0],
                                                                         nest.stride[last - 1][0],
                                                                         nest.stride[last][0],
                                                                         y + offset[1],
                                                                         nest.stride[last - 1][1],
                                                                         nest.stride[last][1],
                                                                         rows,
                                                                         count,
                                                                         saturate};
                               dispatch<convert_plane<Y, X>>(isa, &plane);
                           });
    }
};
TENFOLD_END
