// SPDX-License-Identifier: Apache-2.0
// gemm for m <= 4 and B stored (k, n): B is read once, where it is, along full rows, and widened on the way. Same interface as gemm_driver. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/axpy_rows.hpp>
#include <tenfold/kernel/cpu/gemm.hpp>

TENFOLD_BEGIN
template <class A, class B>
class gemm_axpy_driver {
public:
    using T = tile_type<A>;
    using Sum = block_sum_type<A>;

    gemm_axpy_driver(const cpu& where, int isa, int workers, const gemm_problem<A, B>& problem, const gemm_target<Sum>& target) noexcept
        : where_(where), isa_(isa), workers_(workers), x_(problem), target_(target) {
        plan_.form = gemm_form::axpy;
        plan_.depth = balanced_depth<A>(x_.k);
        plan_.depths = ceil_divide(x_.k, plan_.depth);
        plan_.panel_rows = plan_.chunk_rows = x_.m;
        plan_.group_columns = plan_.tile_columns = std::min<index_t>(x_.n, 2048);
        if (workers_ > 1 && plan_.group_columns * 2 * workers_ > x_.n) plan_.group_columns = round_up(ceil_divide(x_.n, 2 * workers_), 16);
        plan_.block_columns = x_.n;
        plan_.b_in_place = true;
        constexpr index_t bytes = sizeof(T);
        a_bytes_ = round_up(x_.m * x_.k * bytes, 64);
        block_bytes_ = round_up(x_.m * plan_.group_columns * bytes, 64);
        sum_bytes_ = target_.in_place != nullptr ? 0 : block_bytes_;  // Sum is as wide as T
    }

    [[nodiscard]] const gemm_plan& plan() const noexcept { return plan_; }
    [[nodiscard]] index_t scratch_bytes() const noexcept { return a_bytes_ + workers_ * (block_bytes_ + sum_bytes_); }

    void run(unsigned char* scratch) const {
        T* const a = reinterpret_cast<T*>(scratch);
        pack(isa_, pack_arguments<A, T>{x_.a, x_.a_row, x_.a_k, x_.m, x_.k, a, x_.k, x_.m, x_.k});
        parallel_for_items(where_, workers_, ceil_divide(x_.n, plan_.group_columns), [&](int worker, index_t item) {
            unsigned char* const own = scratch + a_bytes_ + worker * (block_bytes_ + sum_bytes_);
            const index_t j = item * plan_.group_columns;
            const index_t columns = (std::min)(plan_.group_columns, x_.n - j);
            Sum* const sums = target_.in_place != nullptr ? target_.in_place + j : reinterpret_cast<Sum*>(own + block_bytes_);
            const index_t row = target_.in_place != nullptr ? target_.row : plan_.group_columns;
            compute(a, j, columns, reinterpret_cast<T*>(own), sums, row);
            if (target_.finish != nullptr) target_.finish(target_.context, sums, row, 0, j, x_.m, columns);
        });
    }

private:
    void compute(const T* a, index_t j, index_t columns, T* block, Sum* sums, index_t row) const noexcept {
        for (index_t d = 0; d < plan_.depths; ++d) {
            const index_t p = d * plan_.depth;
            const index_t depth = (std::min)(plan_.depth, x_.k - p);
            const axpy_rows_arguments<B, T> t{x_.m, depth, a + p, x_.k, x_.b + p * x_.b_k + j, x_.b_k, columns, block, columns};
            dispatch<axpy_rows<B, T>>(isa_, &t);
            add_block(block, columns, sums, row, x_.m, columns, d > 0 || (target_.in_place != nullptr && target_.accumulate));
        }
    }

    const cpu& where_;
    int isa_;
    int workers_;
    gemm_problem<A, B> x_;
    gemm_target<Sum> target_;
    gemm_plan plan_;
    index_t a_bytes_, block_bytes_, sum_bytes_;
};
TENFOLD_END
