// SPDX-License-Identifier: Apache-2.0
// gemm for few rows: B is read once, where it is, at the speed of memory. Same interface as gemm_driver.    [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/axpy_rows.hpp>
#include <tenfold/kernel/cpu/body/dot_rows.hpp>
#include <tenfold/kernel/cpu/gemm.hpp>

TENFOLD_BEGIN
/// Which form suits a product; a function of shape, strides and types alone.
enum class gemm_form : std::uint8_t {
    tiles,
    dot,   ///< B stored (n, k): rows of B times rows of A
    axpy   ///< B stored (k, n): scaled rows of B
};
template <class A, class B>
TENFOLD_INLINE gemm_form choose_form(const gemm_problem<A, B>& x) noexcept {
    if (x.m <= 8 && x.b_k == 1 && x.k >= 64) return gemm_form::dot;
    if (x.m <= 4 && x.b_column == 1 && std::is_same_v<B, tile_type<A>> && x.n >= 256) return gemm_form::axpy;
    return gemm_form::tiles;
}

/// Both skinny forms: A is copied (it is small), columns are cut into items, each item sums its columns over all depths.
template <class A, class B>
class gemm_skinny_driver {
public:
    using Tile = tile_type<A>;
    using Sum = block_sum_type<A>;

    gemm_skinny_driver(const cpu& where, int isa, int workers, const gemm_problem<A, B>& problem, const gemm_target<Sum>& target) noexcept
        : where_(where), isa_(isa), workers_(workers), x_(problem), target_(target), form_(choose_form(problem)) {
        // dot: 16 lanes sum k / 16 products in a row each, so 4096 of them err less than a block of 384 in one lane.
        depth_ = form_ == gemm_form::dot && is_floating_v<A> ? std::min<index_t>(x_.k, 4096) : balanced_depth<A>(x_.k);
        columns_ = std::min<index_t>(x_.n, form_ == gemm_form::dot ? 64 : 2048);
        if (workers_ > 1 && columns_ * 2 * workers_ > x_.n) columns_ = round_up(ceil_divide(x_.n, 2 * workers_), 16);
        a_bytes_ = round_up(x_.m * x_.k * static_cast<index_t>(sizeof(Tile)), 64);
        block_bytes_ = round_up(x_.m * columns_ * static_cast<index_t>(sizeof(Tile)), 64);
        sum_bytes_ = target_.in_place != nullptr ? 0 : round_up(x_.m * columns_ * static_cast<index_t>(sizeof(Sum)), 64);
    }

    [[nodiscard]] index_t scratch_bytes() const noexcept { return a_bytes_ + workers_ * (block_bytes_ + sum_bytes_); }

    void run(unsigned char* scratch) const {
        Tile* const a = reinterpret_cast<Tile*>(scratch);
        pack(isa_, pack_arguments<A, Tile>{x_.a, x_.a_row, x_.a_k, x_.m, x_.k, a, x_.k, x_.m, x_.k});
        parallel_for_items(where_, workers_, ceil_divide(x_.n, columns_), [&](int worker, index_t item) {
            unsigned char* const own = scratch + a_bytes_ + worker * (block_bytes_ + sum_bytes_);
            compute(a, item * columns_, reinterpret_cast<Tile*>(own), reinterpret_cast<Sum*>(own + block_bytes_));
        });
    }

private:
    void compute(const Tile* a, index_t j, Tile* block, Sum* sums) const {
        const index_t columns = (std::min)(columns_, x_.n - j);
        const bool in_place = target_.in_place != nullptr;
        for (index_t p = 0; p < x_.k; p += depth_) {
            const index_t depth = (std::min)(depth_, x_.k - p);
            if (form_ == gemm_form::dot) {
                for (index_t i = 0; i < x_.m; ++i) {
                    const dot_rows_arguments<B, Tile> t{depth,       a + i * x_.k + p, x_.b + j * x_.b_column + p,
                                                        x_.b_column, columns,          block + i * columns_};
                    dispatch<dot_rows<B, Tile>>(isa_, &t);
                }
            } else if constexpr (std::is_same_v<B, Tile>) {
                const axpy_rows_arguments<Tile> t{x_.m, depth, a + p, x_.k, x_.b + p * x_.b_k + j, x_.b_k, columns, block, columns_};
                dispatch<axpy_rows<Tile>>(isa_, &t);
            }
            if (in_place) {
                add_block(block, columns_, target_.in_place + j, target_.row, x_.m, columns, p > 0 || target_.accumulate);
            } else {
                add_block(block, columns_, sums, columns_, x_.m, columns, p > 0);
            }
        }
        if (!in_place) target_.finish(target_.context, sums, columns_, 0, j, x_.m, columns);
    }

    const cpu& where_;
    int isa_;
    int workers_;
    gemm_problem<A, B> x_;
    gemm_target<Sum> target_;
    gemm_form form_;
    index_t depth_, columns_;
    index_t a_bytes_, block_bytes_, sum_bytes_;
};
TENFOLD_END
