// SPDX-License-Identifier: Apache-2.0
// Element-wise loops over several strided operands, reduced to as few axes as their strides allow.          [floor 4]
//
// Unit axes vanish, axes are sorted by the output's stride, neighbours that all operands walk as one are merged: a
// contiguous tensor of any rank becomes one row. The rank is known at run time only, so kernels are compiled once.
#pragma once

#include <tenfold/core/index.hpp>

TENFOLD_BEGIN
/// Operand `Operands - 1` is the output. The rank is at least 2; axes that are missing have extent 1 and stride 0.
template <std::size_t Operands>
struct loop_nest {
    static constexpr int capacity = 16;
    static constexpr std::size_t output = Operands - 1;

    int rank = 0;
    index_t extent[capacity] = {};
    index_t stride[capacity][Operands] = {};
    index_t offset[Operands] = {};  ///< of the first element: axes that the output walked backwards are turned round

    [[nodiscard]] index_t size() const noexcept {
        index_t count = 1;
        for (int axis = 0; axis < rank; ++axis) count *= extent[axis];
        return count;
    }

    /// Joins an axis as the innermost so far; one of extent 1 is dropped, its strides unread.
    template <class... Stride>
    void push(index_t count, Stride... step) noexcept {
        static_assert(sizeof...(Stride) == Operands);
        if (count == 1) return;
        const index_t steps[] = {step...};
        extent[rank] = count;
        for (std::size_t i = 0; i < Operands; ++i) stride[rank][i] = steps[i];
        ++rank;
    }

    /// To be called once after the last push(); the extents are not 0 and the output's strides are not 0.
    void simplify() noexcept {
        turn_round();
        sort();
        merge();
        while (rank < 2) insert_unit_axis();
    }

    /// Makes `axis` the last but one, keeping the order of the others.
    void move_to_second_last(int axis) noexcept {
        for (; axis < rank - 2; ++axis) swap_axes(axis, axis + 1);
    }

private:
    void turn_round() noexcept {
        for (int axis = 0; axis < rank; ++axis) {
            if (stride[axis][output] >= 0) continue;
            for (std::size_t i = 0; i < Operands; ++i) {
                offset[i] += (extent[axis] - 1) * stride[axis][i];
                stride[axis][i] = -stride[axis][i];
            }
        }
    }
    void sort() noexcept {
        for (int last = 1; last < rank; ++last) {
            for (int axis = last; axis > 0 && stride[axis - 1][output] < stride[axis][output]; --axis) swap_axes(axis - 1, axis);
        }
    }
    void merge() noexcept {
        int kept = 0;
        for (int axis = 1; axis < rank; ++axis) {
            bool one_walk = true;
            for (std::size_t i = 0; i < Operands; ++i) one_walk = one_walk && stride[kept][i] == stride[axis][i] * extent[axis];
            if (one_walk) {
                extent[kept] *= extent[axis];
            } else {
                extent[++kept] = extent[axis];
            }
            for (std::size_t i = 0; i < Operands; ++i) stride[kept][i] = stride[axis][i];
        }
        if (rank > 0) rank = kept + 1;
    }
    void insert_unit_axis() noexcept {  // in front; with no axis at all, one whose stride is that of a row
        const bool first = rank == 0;
        for (int axis = rank; axis > 0; --axis) {
            extent[axis] = extent[axis - 1];
            for (std::size_t i = 0; i < Operands; ++i) stride[axis][i] = stride[axis - 1][i];
        }
        extent[0] = 1;
        for (std::size_t i = 0; i < Operands; ++i) stride[0][i] = first ? 1 : 0;
        ++rank;
    }
    void swap_axes(int a, int b) noexcept {
        const index_t count = extent[a];
        extent[a] = extent[b];
        extent[b] = count;
        for (std::size_t i = 0; i < Operands; ++i) {
            const index_t step = stride[a][i];
            stride[a][i] = stride[b][i];
            stride[b][i] = step;
        }
    }
};

/// A nest cut into tiles of at most `rows` x `count` elements of its last two axes, numbered in the nest's order.
template <std::size_t Operands>
struct tile_grid {
    loop_nest<Operands> nest;
    index_t rows, count;
    index_t tiles[loop_nest<Operands>::capacity];  ///< along each axis

    /// Tiles hold at most `elements`, of which as many lie along the last axis as `longest_row` allows.
    tile_grid(const loop_nest<Operands>& n, index_t elements, index_t longest_row) noexcept : nest(n) {
        const index_t last = nest.extent[nest.rank - 1];
        count = last < longest_row ? last : longest_row;
        rows = elements / count > 1 ? elements / count : 1;
        for (int axis = 0; axis < nest.rank; ++axis) tiles[axis] = ceil_divide(nest.extent[axis], step(axis));
    }
    [[nodiscard]] index_t size() const noexcept {
        index_t whole = 1;
        for (int axis = 0; axis < nest.rank; ++axis) whole *= tiles[axis];
        return whole;
    }
    [[nodiscard]] index_t step(int axis) const noexcept { return axis == nest.rank - 1 ? count : axis == nest.rank - 2 ? rows : 1; }
};

/// Calls f(offsets, rows, count) for the tiles [first, last) of the grid.
template <std::size_t Operands, class F>
void for_each_tile(const tile_grid<Operands>& grid, index_t first, index_t last, const F& f) {
    const loop_nest<Operands>& nest = grid.nest;
    const int inner = nest.rank - 1;
    index_t tile[loop_nest<Operands>::capacity];
    index_t offset[Operands];
    for (std::size_t i = 0; i < Operands; ++i) offset[i] = nest.offset[i];
    index_t rest = first;
    for (int axis = inner; axis >= 0; --axis) {
        tile[axis] = rest % grid.tiles[axis];
        rest /= grid.tiles[axis];
        for (std::size_t i = 0; i < Operands; ++i) offset[i] += tile[axis] * grid.step(axis) * nest.stride[axis][i];
    }
    const auto shorter = [](index_t a, index_t b) { return a < b ? a : b; };
    for (index_t number = first; number < last; ++number) {
        f(offset, shorter(grid.rows, nest.extent[inner - 1] - tile[inner - 1] * grid.rows),
          shorter(grid.count, nest.extent[inner] - tile[inner] * grid.count));
        for (int axis = inner; axis >= 0; --axis) {
            const index_t step = grid.step(axis);
            if (++tile[axis] < grid.tiles[axis]) {
                for (std::size_t i = 0; i < Operands; ++i) offset[i] += step * nest.stride[axis][i];
                break;
            }
            for (std::size_t i = 0; i < Operands; ++i) offset[i] -= (grid.tiles[axis] - 1) * step * nest.stride[axis][i];
            tile[axis] = 0;
        }
    }
}
TENFOLD_END
