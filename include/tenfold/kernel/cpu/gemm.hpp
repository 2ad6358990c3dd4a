// SPDX-License-Identifier: Apache-2.0
// gemm: one matrix product on tiles, blocked for the caches. No tensors, no epilogue.                       [floor 4]
//
//   rows:     for column blocks                          columns:  for column groups              items, any thread
//               pack B, all depths    items                          for depths
//               for row chunks x column groups  items                  copy A
//                 for depths                                           for strips of B (in place, or packed when reached)
//                   for row panels (A in place or copied)                for row panels: tile
//                     for strips: tile
//
// [Goto & van de Geijn 2008; Van Zee & van de Geijn 2015.] Each element of C sums its depths in one order, whatever the
// blocks of rows and columns are and whoever computes them: bits depend on the depth (blocking.hpp) alone.
#pragma once

#include <tenfold/kernel/cpu/gemm_format.hpp>
#include <tenfold/kernel/cpu/gemm_plan.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>
#include <tenfold/kernel/cpu/scratch.hpp>
#include <tenfold/kernel/cpu/streaming.hpp>

TENFOLD_BEGIN
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

template <class A, class B, class Format = widened_format<A, B>>
class gemm_driver {
public:
    using Unit = typename Format::unit;
    using Tile = typename Format::sum;
    using Sum = block_sum_type<A>;
    using Stored = typename Format::stored;

    gemm_driver(const cpu& where, int isa, int workers, gemm_form form, const gemm_problem<A, B>& problem,
                const gemm_target<Sum>& target) noexcept
        : where_(where),
          isa_(isa),
          workers_(workers),
          x_(problem),
          target_(target),
          tiles_(Format::tiles(isa)),
          plan_(plan_gemm<Format>(problem, form, tiles_.full, workers)) {
        const index_t width = tiles_.full.columns;
        columns_ = tiles_.padded(x_.n);
        const index_t units = Format::units(plan_.depth);
        const index_t unit = sizeof(Unit);
        // What is finished at once and no cache would keep goes to memory without being read (4096 x 4096 x 64: 82 and 100
        // GFLOP/s, two threads 157 and 186).
        if constexpr (std::is_same_v<Tile, Sum>) {
            streams_c_ = plan_.depths == 1 && target_.in_place != nullptr && !target_.accumulate && target_.finish == nullptr &&
                         is_streamed(saturated_multiply(x_.m, x_.n * static_cast<index_t>(sizeof(Sum)))) &&
                         is_whole_lines(target_.in_place, target_.row, tiles_.full.columns);
        }
        a_pitch_ = round_up(units, 16) + 16;  // an odd number of cache lines: rows do not share an L1 set
        const bool by_columns = plan_.form == gemm_form::columns;
        b_bytes_ = by_columns || panels_in_place() ? 0 : round_up(units * plan_.depths * plan_.block_columns * unit, 64);
        a_bytes_ = round_up((by_columns ? x_.m : plan_.panel_rows) * a_pitch_ * unit, 64) + 64;
        strip_bytes_ = by_columns && !panels_in_place() ? round_up(units * width * unit, 64) : 0;
        tile_bytes_ = round_up(tiles_.full.rows * width * static_cast<index_t>(sizeof(Tile)), 64);
        if (target_.in_place == nullptr) {  // sums of an item wait for its epilogue in the worker's part of L2
            constexpr index_t most = 512 * 1024 / sizeof(Sum);
            plan_.group_columns =
                (std::min)(plan_.group_columns, (std::max)(width, most / (std::min)(plan_.chunk_rows, x_.m) / width * width));
        }
        sum_pitch_ = plan_.group_columns;
        sum_bytes_ = target_.in_place != nullptr
                         ? 0
                         : round_up((std::min)(plan_.chunk_rows, x_.m) * sum_pitch_ * static_cast<index_t>(sizeof(Sum)), 64);
    }

    [[nodiscard]] const gemm_plan& plan() const noexcept { return plan_; }
    [[nodiscard]] index_t scratch_bytes() const noexcept { return b_bytes_ + workers_ * worker_bytes(); }

    /// `scratch`: scratch_bytes(), 64-byte aligned. k > 0.
    void run(unsigned char* scratch) const {
        const index_t row_chunks = ceil_divide(x_.m, plan_.chunk_rows);
        for (index_t first = 0; first < x_.n; first += plan_.block_columns) {
            const block_of_columns block{first, (std::min)(plan_.block_columns, x_.n - first), reinterpret_cast<Unit*>(scratch)};
            if (plan_.form == gemm_form::rows && !panels_in_place()) pack_block(block);
            const index_t groups = ceil_divide(block.columns, plan_.group_columns);
            parallel_for_items(where_, workers_, row_chunks * groups, [&](int worker, index_t item) {
                const index_t j = item / row_chunks * plan_.group_columns;
                const index_t i = item % row_chunks * plan_.chunk_rows;
                const item_of_work work{i, (std::min)(plan_.chunk_rows, x_.m - i), first + j,
                                        (std::min)(plan_.group_columns, block.columns - j)};
                unsigned char* const own = scratch + b_bytes_ + worker * worker_bytes();
                if (plan_.form == gemm_form::rows) {
                    compute_rows(block, work, own);
                } else {
                    compute_columns(work, own);
                }
                if (streams_c_) stream_fence();
                if (target_.finish != nullptr) {
                    const place c = sums_of(work, own);
                    target_.finish(target_.context, c.at, c.row, work.i, work.j, work.rows, work.columns);
                }
            });
        }
    }

private:
    static constexpr index_t kept_bytes = 512 * 1024;  // of B, in an L2 of 1 MiB
    static constexpr index_t far_bytes = 4 << 20;      // of A, more than that L2 keeps from call to call

    struct block_of_columns {
        index_t first, columns;
        Unit* packed;
    };
    struct item_of_work {
        index_t i, rows, j, columns;
    };
    /// From row i of an item on, at depth d.
    struct panel_of_rows {
        index_t i, d;
    };
    struct place {
        Sum* at;
        index_t row;
    };
    struct operand {
        const Unit* at;
        index_t step;
    };

    [[nodiscard]] index_t worker_bytes() const noexcept { return a_bytes_ + strip_bytes_ + tile_bytes_ + sum_bytes_; }
    [[nodiscard]] index_t depth_at(index_t d) const noexcept { return (std::min)(plan_.depth, x_.k - d * plan_.depth); }
    [[nodiscard]] index_t width() const noexcept { return tiles_.full.columns; }
    /// Columns of B in the strip that begins at j.
    [[nodiscard]] index_t columns_at(index_t j) const noexcept { return (std::min)(width(), x_.n - j); }
    /// B was packed as a whole, and its panels hold units: tiles read them where they are. Panels of narrower elements are
    /// widened strip by strip.
    [[nodiscard]] bool panels_in_place() const noexcept { return std::is_same_v<Stored, Unit> && x_.panels != nullptr; }
    /// The panel of a B packed as a whole: (depths, strips, rows of a depth, columns of a strip).
    [[nodiscard]] const Stored* stored_panel(index_t d, index_t j) const noexcept {
        return static_cast<const Stored*>(x_.panels) + panel_offset<Format>(x_.k, plan_.depth, columns_, d, j);
    }
    /// Full strips of a B that is a matrix of units can be read where they are.
    [[nodiscard]] bool strip_in_place(index_t j) const noexcept { return plan_.b_in_place && x_.n - j >= width(); }

    /// Sums of an item: in c, or behind the worker's other scratch.
    [[nodiscard]] place sums_of(const item_of_work& work, unsigned char* own) const noexcept {
        if (target_.in_place != nullptr) return {target_.in_place + work.i * target_.row + work.j, target_.row};
        return {reinterpret_cast<Sum*>(own + a_bytes_ + strip_bytes_ + tile_bytes_), sum_pitch_};
    }
    /// The panel of depth d that holds column j of a block.
    [[nodiscard]] Unit* panel(const block_of_columns& block, index_t d, index_t j) const noexcept {
        const index_t padded = (std::min)(plan_.block_columns, columns_ - block.first);
        return block.packed + panel_offset<Format>(x_.k, plan_.depth, padded, d, j - block.first);
    }

    void pack_block(const block_of_columns& block) const {
        const index_t full = plan_.b_in_place ? 0 : block.columns / width();  // strips; those in place need no copy
        const index_t rest = block.columns % width();
        const bool by_rows = x_.b_column == 1 && x_.panels == nullptr;
        const index_t piece = by_rows ? 64 : plan_.depth;  // rows of B: cut along memory, or transposed strip by strip
        const index_t pieces = ceil_divide(plan_.depth, piece);
        const index_t per_depth = (full == 0 ? 0 : by_rows ? pieces : full) + (rest > 0 ? 1 : 0);
        parallel_for_items(where_, workers_, per_depth * plan_.depths, [&](int, index_t item) {
            const index_t d = item / per_depth;
            const index_t share = item % per_depth;
            const index_t depth = depth_at(d);
            if (share == per_depth - 1 && rest > 0) {
                const index_t j = block.first + block.columns - rest;
                pack_strip(d, j, panel(block, d, j));
            } else if (!by_rows) {
                pack_strip(d, block.first + share * width(), panel(block, d, block.first + share * width()));
            } else if (share * piece < depth) {
                Format::pack_strips(isa_, x_.b + d * plan_.depth * x_.b_k + block.first, x_.b_k, share * piece,
                                    (std::min)(piece, depth - share * piece), depth, full, width(), panel(block, d, block.first));
            }
        });
    }
    void pack_strip(index_t d, index_t j, Unit* target) const noexcept {
        const index_t columns = columns_at(j);
        const index_t padded = tiles_.for_columns(columns).columns;
        if constexpr (std::is_same_v<Stored, B>) {
            if (x_.panels != nullptr) {
                Format::pack_strip(isa_, stored_panel(d, j), padded, 1, depth_at(d), columns, target, padded);
                return;
            }
        }
        Format::pack_strip(isa_, x_.b + d * plan_.depth * x_.b_k + j * x_.b_column, x_.b_k, x_.b_column, depth_at(d), columns, target,
                           padded);
    }

    /// B of depth d in the strip at j, which is `packed` unless it can stay where it is.
    [[nodiscard]] operand strip_of_b(index_t d, index_t j, const Unit* packed) const noexcept {
        if constexpr (std::is_same_v<Stored, Unit>) {
            if (panels_in_place()) return {stored_panel(d, j), tiles_.for_columns(columns_at(j)).columns};
        }
        if constexpr (std::is_same_v<B, Unit>) {
            if (strip_in_place(j)) return {x_.b + d * plan_.depth * x_.b_k + j, x_.b_k};
        }
        return {packed, tiles_.for_columns(columns_at(j)).columns};
    }
    /// Rows of A at depth d: where they are, or copied.
    [[nodiscard]] operand rows_of_a(index_t d, index_t i, index_t rows, Unit* copy) const noexcept {
        const A* const a = x_.a + i * x_.a_row + d * plan_.depth * x_.a_k;
        if constexpr (std::is_same_v<A, Unit>) {
            if (plan_.a_in_place) return {a, x_.a_row};
        }
        Format::pack_a(isa_, a, x_.a_row, x_.a_k, rows, depth_at(d), copy, a_pitch_);
        return {copy, a_pitch_};
    }
    [[nodiscard]] bool accumulates(index_t d) const noexcept { return d > 0 || (target_.in_place != nullptr && target_.accumulate); }

    void compute_rows(const block_of_columns& block, const item_of_work& work, unsigned char* own) const noexcept {
        const place c = sums_of(work, own);
        // A that comes from memory for a single strip is read along its rows, through all depths whose B stays in L2: a row of one
        // depth alone ends before the prefetchers have caught up (4096 x 16 x 4096: 79 and 84 GFLOP/s).
        const bool along = work.columns <= width() && saturated_multiply(x_.m, x_.k * static_cast<index_t>(sizeof(A))) > far_bytes;
        const index_t run = along ? (std::max)(index_t{1}, kept_bytes / (plan_.depth * width() * static_cast<index_t>(sizeof(Unit)))) : 1;
        for (index_t begin = 0; begin < plan_.depths; begin += run) {
            const index_t end = (std::min)(begin + run, plan_.depths);
            for (index_t i = 0; i < work.rows;) {
                const index_t rows = panel_height(work.rows - i, plan_.panel_rows);
                for (index_t d = begin; d < end; ++d) {
                    const bool more = d + 1 < end;
                    const panel_of_rows next{more ? i : i + rows, more ? d + 1 : begin};
                    compute_panel(block, work, {i, d}, rows, next, c, own);
                }
                i += rows;
            }
        }
    }
    /// `rows` of the item at one depth, all its strips. The next ones arrive while these are multiplied.
    void compute_panel(const block_of_columns& block, const item_of_work& work, const panel_of_rows& at, index_t rows,
                       const panel_of_rows& then, const place& c, unsigned char* own) const noexcept {
        Tile* const buffer = reinterpret_cast<Tile*>(own + a_bytes_);
        const operand a = rows_of_a(at.d, work.i + at.i, rows, reinterpret_cast<Unit*>(own));
        gemm_tile_arguments<Unit, Tile> t{};
        t.k = Format::units(depth_at(at.d));
        t.a = a.at;
        t.a_row = a.step;
        // Two of the next rows of A per strip; then the next strips of B.
        const index_t next_rows = then.i < work.rows && x_.a_k == 1 ? plan_.panel_rows : 0;
        const A* const next = x_.a + (work.i + then.i) * x_.a_row + then.d * plan_.depth * x_.a_k;
        index_t asked = 0;
        for (index_t j = work.j; j < work.j + work.columns; j += width()) {
            const operand b = strip_of_b(at.d, j, panel(block, at.d, j));
            t.b = b.at;
            t.b_step = b.step;
            t.next = nullptr;
            t.next_step = t.next_gap = 0;
            if (asked < next_rows) {
                t.next = next + asked * x_.a_row;
                t.next_step = plan_.depth * static_cast<index_t>(sizeof(A)) / t.k;
                t.next_gap = asked + 1 < next_rows ? x_.a_row * static_cast<index_t>(sizeof(A)) : 0;
                asked += 2;
            } else if (b.step == width() && j + width() < work.j + work.columns) {  // a panel that comes from L3
                t.next = t.b + t.k * b.step;
                t.next_step = b.step * static_cast<index_t>(sizeof(Unit));
                t.next_gap = 64;
            }
            place_tile(t, rows, columns_at(j), {c.at + at.i * c.row + (j - work.j), c.row}, buffer, accumulates(at.d));
        }
    }

    void compute_columns(const item_of_work& work, unsigned char* own) const noexcept {
        Unit* const copy = reinterpret_cast<Unit*>(own);
        Unit* const strip = reinterpret_cast<Unit*>(own + a_bytes_);
        Tile* const buffer = reinterpret_cast<Tile*>(own + a_bytes_ + strip_bytes_);
        const place c = sums_of(work, own);
        const index_t end = work.j + work.columns;
        for (index_t d = 0; d < plan_.depths; ++d) {
            const bool add = accumulates(d);
            const operand a = rows_of_a(d, work.i, work.rows, copy);
            for (index_t j = work.j; j < end; j += width()) {
                if (!strip_in_place(j) && !panels_in_place()) pack_strip(d, j, strip);
                const operand b = strip_of_b(d, j, strip);
                gemm_tile_arguments<Unit, Tile> t{};
                t.k = Format::units(depth_at(d));
                t.a_row = a.step;
                t.b = b.at;
                t.b_step = b.step;
                if (panels_in_place()) {
                    // Few rows: one stream, which the hardware follows by itself; asking for more of it costs 10 to 25 % (m = 1 .. 4,
                    // n = k = 4096 on a Zen 4 core: 30 GB/s). More rows compute meanwhile: the next panel is asked for.
                    if (work.rows > 5) {
                        t.next_step = b.step * static_cast<index_t>(sizeof(Unit));
                        t.next = reinterpret_cast<const char*>(b.at) + t.k * t.next_step;
                        t.next_gap = t.next_step > 64 ? 64 : 0;
                    }
                } else if (plan_.b_in_place) {  // lines that end the next strip's rows; what begins them came with this one's
                    const bool same_depth = j + width() < end;
                    const B* const source = x_.b + d * plan_.depth * x_.b_k;
                    const B* const next = same_depth ? source + j + width() : source + plan_.depth * x_.b_k + work.j;
                    if (same_depth || d + 1 < plan_.depths) t.next = reinterpret_cast<const char*>(next) + 63;
                    t.next_step = t.next == nullptr ? 0 : x_.b_k * static_cast<index_t>(sizeof(B));
                    t.next_gap = t.next == nullptr ? 0 : 64;
                } else if (x_.b_column == 1) {  // lines that later strips are packed from, two rows of a group at a time
                    constexpr index_t bytes = sizeof(B);
                    const index_t sharing = (std::max)(index_t{1}, 64 / (width() * bytes));  // strips of one line
                    const index_t share = j / width() % sharing;
                    const index_t next = j + (sharing - share) * width();
                    if (next < end) {
                        t.next = x_.b + (d * plan_.depth + 2 * share % Format::group) * x_.b_k + next;
                        t.next_step = Format::group * x_.b_k * bytes;
                        t.next_gap = Format::group > 1 ? x_.b_k * bytes : 0;
                    }
                }
                for (index_t i = 0; i < work.rows;) {
                    const index_t rows = panel_height(work.rows - i, plan_.panel_rows);
                    t.a = a.at + i * a.step;
                    place_tile(t, rows, columns_at(j), {c.at + i * c.row + (j - work.j), c.row}, buffer, add);
                    t.next = nullptr;
                    t.next_step = t.next_gap = 0;
                    i += rows;
                }
            }
        }
    }

    /// Straight into the target where a tile fits it, else through the buffer.
    void place_tile(gemm_tile_arguments<Unit, Tile>& t, index_t rows, index_t columns, const place& c, Tile* buffer,
                    bool accumulate) const noexcept {
        const auto& strip = tiles_.for_columns(columns);
        const bool fits = columns > strip.last;  // the last vector overlaps, within the tile
        t.last = fits && columns < strip.columns ? columns - tiles_.strips[1].columns : strip.last;
        if constexpr (std::is_same_v<Tile, Sum>) {
            if (columns == strip.columns || (fits && strip.last > 0)) {
                t.c = c.at;
                t.c_row = c.row;
                t.stream_c = streams_c_ && columns == width();
                t.fetch_c = t.k >= 128 && !t.stream_c;
                t.accumulate = accumulate;
                strip.run(rows, t);
                return;
            }
        }
        t.c = buffer;
        t.c_row = strip.columns;
        t.accumulate = t.stream_c = t.fetch_c = false;
        strip.run(rows, t);
        add_block(buffer, strip.columns, c.at, c.row, rows, columns, accumulate);
    }

    const cpu& where_;
    int isa_;
    int workers_;
    gemm_problem<A, B> x_;
    gemm_target<Sum> target_;
    const tile_set<Unit, Tile>& tiles_;
    gemm_plan plan_;
    index_t columns_;  // of B, the last strip padded to its tile
    bool streams_c_ = false;
    index_t a_pitch_, sum_pitch_;
    index_t b_bytes_, a_bytes_, strip_bytes_, tile_bytes_, sum_bytes_;
};
TENFOLD_END
