// SPDX-License-Identifier: Apache-2.0
// gemm: one matrix product on packed panels and one tile, blocked for the caches. No tensors, no epilogue.  [floor 4]
//
//   for column blocks (B panels of one depth fit L2)
//     pack B, all depths                                  items: panels x depths
//     for row chunks x column groups                      items, any thread
//       for depths: for row panels: for column panels: tile
//
// [Goto & van de Geijn 2008; Van Zee & van de Geijn 2015.] Each element of C sums its depths in one order, whatever the
// blocks of rows and columns are and whoever computes them: bits depend on the depth (blocking.hpp) alone.
#pragma once

#include <tenfold/kernel/cpu/blocking.hpp>
#include <tenfold/kernel/cpu/body/gemm_tile.hpp>
#include <tenfold/kernel/cpu/body/pack_panel.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>
#include <tenfold/kernel/cpu/scratch.hpp>

#include <algorithm>  // min

TENFOLD_BEGIN
/// C (m, n) = A (m, k) B (k, n), any strides in elements.
template <class A, class B>
struct gemm_problem {
    index_t m, n, k;
    const A* a;
    index_t a_row, a_k;
    const B* b;
    index_t b_k, b_column;
};

/// Where sums go. In place: C has unit column steps and the type of the sums, and nothing is done to them. Otherwise
/// `finish` is handed each finished block of rows x columns, once, from any thread.
template <class Sum>
struct gemm_target {
    Sum* in_place = nullptr;
    index_t row = 0;          // elements between rows of in_place
    bool accumulate = false;  // add to what is in place; otherwise it is never read
    void (*finish)(const void* context, const Sum* block, index_t pitch, index_t i, index_t j, index_t rows, index_t columns) = nullptr;
    const void* context = nullptr;
};

template <class T>
TENFOLD_INLINE void run_tile(int isa, index_t rows, tile_shape shape, const gemm_tile_arguments<T>& tile) noexcept {
    if (rows == 1) {
        dispatch<gemm_tile<T, tile_height::single>>(isa, &tile);
    } else if (rows <= shape.rows / 2) {
        dispatch<gemm_tile<T, tile_height::half>>(isa, &tile);
    } else {
        dispatch<gemm_tile<T, tile_height::full>>(isa, &tile);
    }
}
/// Rows that the tile chosen by run_tile computes for `rows` rows.
TENFOLD_INLINE index_t computed_rows(index_t rows, tile_shape shape) noexcept {
    return rows == 1 ? 1 : rows <= shape.rows / 2 ? shape.rows / 2 : shape.rows;
}

/// Packs line by line; lines that are neighbours in memory are read along memory.
template <class From, class To>
TENFOLD_INLINE void pack(int isa, const pack_arguments<From, To>& x) noexcept {
    if (x.line_step == 1 && x.element_step != 1 && x.lines > 1) {
        dispatch<pack_transposed<From, To>>(isa, &x);
    } else {
        dispatch<pack_lines<From, To>>(isa, &x);
    }
}

/// target [+]= block, where target may be narrower than the tile that computed the block.
template <class Tile, class Sum>
TENFOLD_INLINE void add_block(const Tile* block, index_t pitch, Sum* target, index_t target_row, index_t rows, index_t columns,
                              bool accumulate) noexcept {
    for (index_t i = 0; i < rows; ++i) {
        for (index_t j = 0; j < columns; ++j) {
            Sum value{};
            if constexpr (std::is_same_v<Tile, Sum>) {
                value = block[i * pitch + j];
            } else {
                value = static_cast<Sum>(static_cast<std::int32_t>(block[i * pitch + j]));  // exact: |x| < 2^24
            }
            Sum& out = target[i * target_row + j];
            out = accumulate ? out + value : value;
        }
    }
}

template <class A, class B>
class gemm_driver {
public:
    using Tile = tile_type<A>;
    using Sum = block_sum_type<A>;

    gemm_driver(const cpu& where, int isa, int workers, const gemm_problem<A, B>& problem, const gemm_target<Sum>& target) noexcept
        : where_(where), isa_(isa), workers_(workers), x_(problem), target_(target), shape_(isa_constant<tile_shape_of<Tile>>(isa)) {
        depth_ = balanced_depth<A>(x_.k);
        depths_ = ceil_divide(x_.k, depth_);
        const index_t panel_bytes = shape_.columns * static_cast<index_t>(sizeof(Tile));
        const index_t panels = ceil_divide(x_.n, shape_.columns);
        index_t block_panels = packed_block_bytes / (panel_bytes * depth_);
        // Panels of all depths are packed at once; a huge k gets fewer columns.
        const index_t total = packed_total_bytes / (panel_bytes * depth_ * depths_);
        if (block_panels > total) block_panels = total;
        if (block_panels < 1) block_panels = 1;
        column_blocks_ = ceil_divide(panels, block_panels);
        block_panels_ = ceil_divide(panels, column_blocks_);
        column_blocks_ = ceil_divide(panels, block_panels_);
        b_in_place_ = std::is_same_v<B, Tile> && x_.b_column == 1 && x_.m <= b_in_place_rows;
        // A copy of A's rows costs one pass per column block; it pays when many panels reuse it, and it always pays where
        // rows are a multiple of 1 KiB apart: 14 rows then fight for the 8 ways of one L1 set.
        const index_t row_bytes = x_.a_row * static_cast<index_t>(sizeof(Tile));
        a_in_place_ = std::is_same_v<A, Tile> && x_.a_k == 1 && block_panels_ < 8 && row_bytes % 1024 != 0;

        index_t chunk_panels = 8;  // of shape_.rows rows: B from L3 is then reused for 48..112 rows
        const index_t row_panels = ceil_divide(x_.m, shape_.rows);
        if (workers_ > 1 && row_panels < 4 * chunk_panels * workers_) chunk_panels = ceil_divide(row_panels, 4 * workers_);
        chunk_rows_ = chunk_panels * shape_.rows;
        row_chunks_ = ceil_divide(x_.m, chunk_rows_);
        column_groups_ = workers_ > 1 ? ceil_divide(2 * workers_, row_chunks_) : 1;
        if (column_groups_ > block_panels_) column_groups_ = block_panels_;
        group_panels_ = ceil_divide(block_panels_, column_groups_);

        a_pitch_ = round_up(depth_, 16) + 16;  // an odd number of cache lines: rows do not share an L1 set
        b_bytes_ = round_up(depth_ * depths_ * block_panels_ * panel_bytes, 64);
        a_bytes_ = round_up(shape_.rows * a_pitch_ * static_cast<index_t>(sizeof(Tile)), 64) + 64;
        tile_bytes_ = shape_.rows * panel_bytes;
        block_pitch_ = group_panels_ * shape_.columns;
        sum_bytes_ = target_.in_place != nullptr && std::is_same_v<Tile, Sum>
                         ? 0
                         : round_up(round_up(chunk_rows_, shape_.rows) * block_pitch_ * static_cast<index_t>(sizeof(Sum)), 64);
    }

    [[nodiscard]] index_t scratch_bytes() const noexcept { return b_bytes_ + workers_ * worker_bytes(); }

    /// `scratch`: scratch_bytes(), 64-byte aligned. Sums of k == 0 are zeros.
    void run(unsigned char* scratch) const {
        Tile* const packed = reinterpret_cast<Tile*>(scratch);
        for (index_t block = 0; block < column_blocks_; ++block) {
            const index_t first_panel = block * block_panels_;
            const index_t panels = (std::min)(block_panels_, ceil_divide(x_.n, shape_.columns) - first_panel);
            pack_columns(packed, first_panel, panels);
            const index_t groups = ceil_divide(panels, group_panels_);
            parallel_for_items(where_, workers_, row_chunks_ * groups, [&](int worker, index_t item) {
                const index_t group = item / row_chunks_;
                const index_t begin = group * group_panels_;
                compute(packed, first_panel, panels, begin, (std::min)(begin + group_panels_, panels), (item % row_chunks_) * chunk_rows_,
                        scratch + b_bytes_ + worker * worker_bytes());
            });
        }
    }

private:
    static constexpr index_t b_in_place_rows = 64;  // below, a packed B is not used often enough to pay for its copy

    [[nodiscard]] index_t worker_bytes() const noexcept { return a_bytes_ + tile_bytes_ + sum_bytes_; }
    [[nodiscard]] index_t depth_at(index_t d) const noexcept { return (std::min)(depth_, x_.k - d * depth_); }
    [[nodiscard]] index_t panel_columns(index_t panel) const noexcept {
        return std::min<index_t>(shape_.columns, x_.n - panel * shape_.columns);
    }
    /// Full panels of a row-contiguous B can be read where they are.
    [[nodiscard]] bool panel_in_place(index_t panel) const noexcept { return b_in_place_ && panel_columns(panel) == shape_.columns; }
    /// Panel `p` of the block at depth `d`, in packed elements.
    [[nodiscard]] index_t packed_offset(index_t d, index_t p, index_t panels) const noexcept {
        return (d * depth_ * panels + p * depth_at(d)) * shape_.columns;
    }

    void pack_columns(Tile* packed, index_t first_panel, index_t panels) const {
        index_t first = 0;
        if (b_in_place_) {
            while (first < panels && panel_in_place(first_panel + first)) ++first;
        }
        const index_t count = panels - first;
        parallel_for_items(where_, workers_, count * depths_, [&](int, index_t item) {
            const index_t d = item / count;
            const index_t p = first + item % count;
            const index_t column = (first_panel + p) * shape_.columns;
            const index_t depth = depth_at(d);
            pack(isa_, pack_arguments<B, Tile>{x_.b + d * depth_ * x_.b_k + column * x_.b_column, x_.b_k, x_.b_column, depth,
                                               panel_columns(first_panel + p), packed + packed_offset(d, p, panels), shape_.columns, depth,
                                               shape_.columns});
        });
    }

    void compute(const Tile* packed, index_t first_panel, index_t panels, index_t begin, index_t end, index_t i0,
                 unsigned char* scratch) const {
        Tile* const a_copy = reinterpret_cast<Tile*>(scratch);
        Tile* const tile = reinterpret_cast<Tile*>(scratch + a_bytes_);
        Sum* const sums = reinterpret_cast<Sum*>(scratch + a_bytes_ + tile_bytes_);
        const index_t chunk = (std::min)(chunk_rows_, x_.m - i0);
        const index_t j0 = (first_panel + begin) * shape_.columns;
        for (index_t d = 0; d < depths_; ++d) {
            for (index_t i = 0; i < chunk; i += shape_.rows) {
                const index_t rows = std::min<index_t>(shape_.rows, chunk - i);
                const index_t padded = computed_rows(rows, shape_);
                gemm_tile_arguments<Tile> t{};
                t.k = depth_at(d);
                t.blocks = 1;
                const A* const a = x_.a + (i0 + i) * x_.a_row + d * depth_ * x_.a_k;
                if (a_in_place_ && rows == padded) {
                    if constexpr (std::is_same_v<A, Tile>) t.a = a;
                    t.a_row = x_.a_row;
                } else {
                    pack(isa_, pack_arguments<A, Tile>{a, x_.a_row, x_.a_k, rows, t.k, a_copy, a_pitch_, padded, t.k});
                    t.a = a_copy;
                    t.a_row = a_pitch_;
                }
                for (index_t p = begin; p < end; ++p) {
                    const index_t panel = first_panel + p;
                    if (panel_in_place(panel)) {
                        if constexpr (std::is_same_v<B, Tile>) t.b = x_.b + d * depth_ * x_.b_k + panel * shape_.columns;
                        t.b_step = x_.b_k;
                    } else {
                        t.b = packed + packed_offset(d, p, panels);
                        t.b_step = shape_.columns;
                    }
                    const bool add = d > 0 || (target_.in_place != nullptr && target_.accumulate);
                    if (target_.in_place != nullptr) {
                        const index_t columns = panel_columns(panel);
                        Sum* const c = target_.in_place + (i0 + i) * target_.row + panel * shape_.columns;
                        place_tile(t, tile, c, target_.row, rows, padded, columns, add);
                    } else {
                        place_tile(t, tile, sums + i * block_pitch_ + (p - begin) * shape_.columns, block_pitch_, padded, padded,
                                   shape_.columns, add);
                    }
                }
            }
        }
        if (target_.in_place == nullptr) {
            const index_t columns = (std::min)((end - begin) * shape_.columns, x_.n - j0);
            target_.finish(target_.context, sums, block_pitch_, i0, j0, chunk, columns);
        }
    }

    /// Straight into the target where the tile fits it, else through the tile buffer.
    void place_tile(gemm_tile_arguments<Tile>& t, Tile* tile, Sum* target, index_t target_row, index_t rows, index_t padded,
                    index_t columns, bool accumulate) const noexcept {
        if constexpr (std::is_same_v<Tile, Sum>) {
            if (rows == padded && columns == shape_.columns) {
                t.c = target;
                t.c_row = target_row;
                t.accumulate = accumulate;
                run_tile(isa_, rows, shape_, t);
                return;
            }
        }
        t.c = tile;
        t.c_row = shape_.columns;
        t.accumulate = false;
        run_tile(isa_, rows, shape_, t);
        add_block(tile, shape_.columns, target, target_row, rows, columns, accumulate);
    }

    const cpu& where_;
    int isa_;
    int workers_;
    gemm_problem<A, B> x_;
    gemm_target<Sum> target_;
    tile_shape shape_;
    index_t depth_, depths_;
    index_t column_blocks_, block_panels_, column_groups_, group_panels_;
    index_t chunk_rows_, row_chunks_;
    index_t a_pitch_, block_pitch_;
    index_t b_bytes_, a_bytes_, tile_bytes_, sum_bytes_;
    bool a_in_place_, b_in_place_;
};
TENFOLD_END
