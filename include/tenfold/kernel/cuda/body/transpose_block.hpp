// SPDX-License-Identifier: Apache-2.0
// copy and convert where x and y run fastest along different axes: tiles turn in shared memory, so that both are walked along
// their own.                                                                                                 [floor 4]
#pragma once

#include <tenfold/kernel/cuda/body/elementwise_block.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
template <class Operation, class Y, class X>
struct transpose_block {
    static constexpr unsigned threads = 256;
    static constexpr unsigned edge = 32;  ///< of a tile
    static constexpr unsigned pitch = edge + 1;  ///< so that columns of the tile lie in different banks
    static constexpr unsigned lines = threads / edge;
    static constexpr std::size_t shared_bytes = edge * pitch * sizeof(X);

    struct one_axis {
        index_t extent;
        index_t x;
        index_t y;
    };
    struct arguments {
        strided_axes<2> outer;  ///< all other axes: of y, then of x
        one_axis from;          ///< along which x is fastest
        one_axis to;            ///< along which y is fastest
        divisor from_tiles;
        divisor to_tiles;
        index_t from_tile_count;
        index_t to_tile_count;
        const X* x;
        Y* y;
        Operation operation;
    };

    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        const index_t block = self.block();
        const index_t row_of_tiles = a.from_tiles.quotient(block);
        const index_t outer = a.to_tiles.quotient(row_of_tiles);
        const index_t from = (block - row_of_tiles * a.from_tile_count) * edge;
        const index_t to = (row_of_tiles - outer * a.to_tile_count) * edge;
        const auto offset = a.outer.at(outer);
        X* const tile = self.template shared<X>(0);
        const unsigned along = self.thread() % edge;
        const unsigned line = self.thread() / edge;
        for (unsigned l = line; l < edge; l += lines) {
            if (from + along < a.from.extent && to + l < a.to.extent)
                self.store(tile + l * pitch + along, self.load(a.x + offset.of[1] + (from + along) * a.from.x + (to + l) * a.to.x));
        }
        self.block_sync();
        for (unsigned l = line; l < edge; l += lines) {
            if (from + l < a.from.extent && to + along < a.to.extent)
                self.store(a.y + offset.of[0] + (from + l) * a.from.y + (to + along) * a.to.y,
                           a.operation(self.load(tile + along * pitch + l)));
        }
    }
};
}  // namespace gpu_kernels
TENFOLD_END
