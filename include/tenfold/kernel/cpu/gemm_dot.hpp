// SPDX-License-Identifier: Apache-2.0
// gemm for B stored (n, k) and few rows: rows of B, streamed once, times rows of A. Same interface as gemm_driver. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/gemm.hpp>

TENFOLD_BEGIN
/// A is copied as a whole, as units of the format; columns are cut into items; an item runs through its rows of B for all rows of A.
template <class A, class B, class Format = widened_format<A, B>>
class gemm_dot_driver {
public:
    using Unit = typename Format::unit;
    using Tile = typename Format::sum;
    using Sum = block_sum_type<A>;

    gemm_dot_driver(const cpu& where, int isa, int workers, const gemm_problem<A, B>& problem, const gemm_target<Sum>& target) noexcept
        : where_(where), isa_(isa), workers_(workers), x_(problem), target_(target), tiles_(Format::dots(isa)) {
        plan_.form = gemm_form::dot;
        plan_.depth = Format::dot_depth(x_.k);
        plan_.depths = ceil_divide(x_.k, plan_.depth);
        wide_ = x_.m <= tiles_.wide_rows;
        plan_.panel_rows = tiles_.rows;
        plan_.tile_columns = wide_ ? tiles_.wide_columns : tiles_.columns;
        plan_.chunk_rows = x_.m;
        plan_.group_columns = std::min<index_t>(x_.n, 64);
        if (workers_ > 1 && plan_.group_columns * 2 * workers_ > x_.n) plan_.group_columns = round_up(ceil_divide(x_.n, 2 * workers_), 16);
        plan_.block_columns = x_.n;
        plan_.b_in_place = true;
        plan_.a_in_place = std::is_same_v<A, Unit> && x_.a_k == 1 && !collides(x_.a_row * static_cast<index_t>(sizeof(A)));
        a_pitch_ = round_up(Format::units(x_.k), 16) + 16;
        constexpr index_t unit = sizeof(Unit), tile = sizeof(Tile), sum = sizeof(Sum);
        a_bytes_ = plan_.a_in_place ? 0 : round_up(x_.m * a_pitch_ * unit, 64);
        block_bytes_ = std::is_same_v<Tile, Sum> ? 0 : round_up(x_.m * plan_.group_columns * tile, 64);
        sum_bytes_ = target_.in_place != nullptr ? 0 : round_up(x_.m * plan_.group_columns * sum, 64);
    }

    [[nodiscard]] const gemm_plan& plan() const noexcept { return plan_; }
    [[nodiscard]] index_t scratch_bytes() const noexcept { return a_bytes_ + workers_ * (block_bytes_ + sum_bytes_); }

    void run(unsigned char* scratch) const {
        Unit* const copy = reinterpret_cast<Unit*>(scratch);
        const Unit* a = copy;
        index_t a_row = a_pitch_;
        if constexpr (std::is_same_v<A, Unit>) {
            if (plan_.a_in_place) {
                a = x_.a;
                a_row = x_.a_row;
            }
        }
        if (a == copy) Format::pack_a(isa_, x_.a, x_.a_row, x_.a_k, x_.m, x_.k, copy, a_pitch_);
        parallel_for_items(where_, workers_, ceil_divide(x_.n, plan_.group_columns), [&](int worker, index_t item) {
            unsigned char* const own = scratch + a_bytes_ + worker * (block_bytes_ + sum_bytes_);
            const index_t j = item * plan_.group_columns;
            const index_t columns = (std::min)(plan_.group_columns, x_.n - j);
            Sum* const sums = target_.in_place != nullptr ? target_.in_place + j : reinterpret_cast<Sum*>(own + block_bytes_);
            const index_t row = target_.in_place != nullptr ? target_.row : plan_.group_columns;
            compute(a, a_row, j, columns, reinterpret_cast<Tile*>(own), sums, row);
            if (target_.finish != nullptr) target_.finish(target_.context, sums, row, 0, j, x_.m, columns);
        });
    }

private:
    void compute(const Unit* a, index_t a_row, index_t first, index_t columns, Tile* block, Sum* sums, index_t row) const noexcept {
        constexpr index_t bytes = sizeof(B);
        for (index_t d = 0; d < plan_.depths; ++d) {
            const index_t p = d * plan_.depth;
            const bool add = d > 0 || (target_.in_place != nullptr && target_.accumulate);
            dot_tile_arguments<B, Unit, Tile> t{};
            t.k = (std::min)(plan_.depth, x_.k - p);
            t.a_row = a_row;
            t.b_row = x_.b_column;
            const index_t wide = plan_.tile_columns;
            for (index_t j = 0; j < columns; j += wide) {
                t.b = x_.b + (first + j) * x_.b_column + p;
                t.columns = (std::min)(wide, columns - j);
                const index_t panels = ceil_divide(x_.m, tiles_.rows);
                // The rows of B that come next arrive while these are multiplied: a row or two per tile.
                const index_t ahead = first + j + 2 * wide <= x_.n ? wide : 0;
                const index_t per_panel = panels >= ahead ? 1 : 2;
                const char* const next = reinterpret_cast<const char*>(t.b + wide * x_.b_column);
                for (index_t panel = 0, i = 0; panel < panels; ++panel) {
                    const index_t rows = ceil_divide(x_.m - i, panels - panel);
                    t.a = a + i * a_row + p / Format::group;
                    t.next = panel * per_panel < ahead ? next + panel * per_panel * x_.b_column * bytes : nullptr;
                    t.next_gap = t.next != nullptr && per_panel == 2 ? x_.b_column * bytes : 0;
                    if constexpr (std::is_same_v<Tile, Sum>) {
                        t.c = sums + i * row + j;
                        t.c_row = row;
                        t.accumulate = add;
                    } else {
                        t.c = block + i * columns + j;
                        t.c_row = columns;
                    }
                    (wide_ ? tiles_.wide_by_rows : tiles_.by_rows)[rows - 1](&t);
                    i += rows;
                }
            }
            if constexpr (!std::is_same_v<Tile, Sum>) add_block(block, columns, sums, row, x_.m, columns, add);
        }
    }

    const cpu& where_;
    int isa_;
    int workers_;
    gemm_problem<A, B> x_;
    gemm_target<Sum> target_;
    const dot_set<B, Unit, Tile>& tiles_;
    gemm_plan plan_;
    bool wide_;
    index_t a_pitch_;
    index_t a_bytes_, block_bytes_, sum_bytes_;
};
TENFOLD_END
