// SPDX-License-Identifier: Apache-2.0
// How element-wise ops walk their operands on the CPU: a loop nest cut into tiles, tiles shared out to threads. [floor 4]
#pragma once

#include <tenfold/core/tensor_view.hpp>
#include <tenfold/kernel/cpu/loop_nest.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>

TENFOLD_BEGIN
/// The nest over operands of the same extents, the output last; the output is not empty.
template <std::size_t Rank, class Space, class... T>
loop_nest<sizeof...(T)> make_loop_nest(const tensor_view<T, Rank, Space>&... operand) noexcept {
    loop_nest<sizeof...(T)> nest;
    const index_array<Rank> extents[] = {operand.extents()...};
    for (std::size_t axis = 0; axis < Rank; ++axis) nest.push(extents[0][axis], operand.stride(axis)...);
    nest.simplify();
    return nest;
}

/// Elements of a task; what a thread takes at once.
inline constexpr index_t task_elements = 32768;

/// Workers that pay for `bytes` of traffic.
TENFOLD_HIDDEN inline int workers_for_bytes(const cpu& where, index_t bytes) noexcept { return workers_for(where, bytes, 256 * 1024); }

/// Calls f(worker, offsets, rows, count) for every tile, and then end_task() for the tiles of a task; an element of the nest stands
/// for `weight` elements of work.
template <std::size_t Operands, class F, class EndTask>
void parallel_for_tiles(const cpu& where, int workers, const tile_grid<Operands>& grid, index_t weight, const F& f,
                        const EndTask& end_task) {
    const index_t tiles = grid.size();
    const index_t elements = grid.rows * grid.count * weight;
    const index_t together = elements < task_elements ? ceil_divide(task_elements, elements) : 1;  // small tiles are taken several at once
    parallel_for_items(where, workers, ceil_divide(tiles, together), [&](int worker, index_t task) {
        const index_t first = task * together;
        for_each_tile(grid, first, first + together < tiles ? first + together : tiles,
                      [&](const index_t(&offset)[Operands], index_t rows, index_t count) { f(worker, offset, rows, count); });
        end_task();
    });
}
template <std::size_t Operands, class F>
void parallel_for_tiles(const cpu& where, int workers, const tile_grid<Operands>& grid, index_t weight, const F& f) {
    parallel_for_tiles(where, workers, grid, weight, f, [] {});
}
TENFOLD_END
