// SPDX-License-Identifier: Apache-2.0
// run_gemm: the one place where a form becomes a driver; and the split of k for few outputs.                [floor 4]
#pragma once

#include <tenfold/kernel/cpu/gemm.hpp>
#include <tenfold/kernel/cpu/gemm_axpy.hpp>
#include <tenfold/kernel/cpu/gemm_direct.hpp>
#include <tenfold/kernel/cpu/gemm_dot.hpp>
#include <tenfold/kernel/cpu/gemm_formats.hpp>

TENFOLD_BEGIN
/// How a product runs, with what it needs: filled by prepare_gemm, the same for every batch of a call.
struct gemm_recipe {
    int isa;
    int workers;
    gemm_form form;
    index_t slices;         // of k, summed as a tree; more than one only where C alone has too little work for threads
    index_t slice_depth;
    index_t slice_bytes;    // scratch of one slice
    index_t scratch_bytes;
    gemm_plan plan;
};

/// Slices of k: a function of the shape alone. Few tiles and a long k: threads could not share the work otherwise.
TENFOLD_INLINE constexpr index_t slices_of(index_t m, index_t n, index_t k) noexcept {
    if (ceil_divide(m, 12) * ceil_divide(n, 32) >= 32 || k < 8192) return 1;
    return (std::min)(k / 4096, index_t{16});
}

/// Constructs the driver of a form, on the best format, and hands it to `use`.
template <class A, class B, class Use>
TENFOLD_INLINE void with_driver(const cpu& where, int isa, int workers, gemm_form form, const gemm_problem<A, B>& x,
                                const gemm_target<block_sum_type<A>>& target, const Use& use) {
    if (form == gemm_form::axpy) {
        use(gemm_axpy_driver<A, B>(where, isa, workers, x, target));
        return;
    }
    with_format<A, B>(isa, [&]<class Format>(type_list<Format>) {
        if (form == gemm_form::dot) {
            use(gemm_dot_driver<A, B, Format>(where, isa, workers, x, target));
        } else {
            use(gemm_driver<A, B, Format>(where, isa, workers, form, x, target));
        }
    });
}

/// `target`: of any batch; its pointers are not used.
template <class A, class B>
gemm_recipe prepare_gemm(const cpu& where, int isa, int workers, const gemm_problem<A, B>& x,
                         const gemm_target<block_sum_type<A>>& target) {
    using Sum = block_sum_type<A>;
    gemm_recipe r{isa, workers, gemm_form::rows, x.panels != nullptr ? 1 : slices_of(x.m, x.n, x.k), x.k, 0, 0, {}};
    gemm_problem<A, B> one = x;
    gemm_target<Sum> slice_target = target;
    if (r.slices > 1) {
        r.slice_depth = round_up(ceil_divide(x.k, r.slices), 64);
        r.slices = ceil_divide(x.k, r.slice_depth);
        one.k = r.slice_depth;
        slice_target = {};
        slice_target.in_place = reinterpret_cast<Sum*>(64);  // where is known later; that it is in place decides the scratch
        slice_target.row = x.n;
    }
    with_format<A, B>(isa, [&]<class Format>(type_list<Format>) { r.form = choose_form<Format>(one); });
    if (r.form == gemm_form::direct) {
        if constexpr (tiles_read_operands<A, B>) {
            const bool idle = r.workers > 1 && x.m < tiles_of<A>(isa).full.rows * r.workers;
            if (!idle && slice_target.in_place != nullptr && fits_direct(one.m, one.n, slice_target.accumulate, tiles_of<A>(isa))) {
                r.plan.form = gemm_form::direct;
                r.plan.depth = one.k;
                r.plan.depths = 1;
                r.plan.panel_rows = direct_rows(tiles_of<A>(isa));
                r.plan.tile_columns = tiles_of<A>(isa).full.columns;
                r.plan.a_in_place = r.plan.b_in_place = true;
                return r;
            }
        }
        r.form = blocked_form(x.m, x.n);
    }
    with_driver(where, isa, r.slices > 1 ? 1 : workers, r.form, one, slice_target, [&](const auto& driver) {
        r.slice_bytes = driver.scratch_bytes();
        r.plan = driver.plan();
    });
    r.scratch_bytes = r.slice_bytes;
    if (r.slices > 1) {
        one.k = x.k - (r.slices - 1) * r.slice_depth;  // the last slice may be cut into deeper blocks
        with_driver(where, isa, 1, r.form, one, slice_target,
                    [&](const auto& driver) { r.slice_bytes = (std::max)(r.slice_bytes, driver.scratch_bytes()); });
        r.slice_bytes = round_up(r.slice_bytes, 64);
        r.scratch_bytes = workers * r.slice_bytes + r.slices * round_up(x.m * x.n * static_cast<index_t>(sizeof(Sum)), 64);
    }
    return r;
}

/// Slices of k side by side, added as a tree whose shape depends on their number alone.
template <class A, class B>
void run_slices(const cpu& where, const gemm_recipe& r, const gemm_problem<A, B>& x, const gemm_target<block_sum_type<A>>& target,
                unsigned char* scratch) {
    using Sum = block_sum_type<A>;
    const index_t elements = round_up(x.m * x.n, 64 / static_cast<index_t>(sizeof(Sum)));
    Sum* const sums = reinterpret_cast<Sum*>(scratch + r.workers * r.slice_bytes);
    parallel_for_items(where, r.workers, r.slices, [&](int worker, index_t s) {
        gemm_problem<A, B> one = x;
        one.k = (std::min)(r.slice_depth, x.k - s * r.slice_depth);
        one.a += s * r.slice_depth * x.a_k;
        one.b += s * r.slice_depth * x.b_k;
        gemm_target<Sum> slice_target;
        slice_target.in_place = sums + s * elements;
        slice_target.row = x.n;
        with_driver(where, r.isa, 1, r.form, one, slice_target, [&](const auto& driver) { driver.run(scratch + worker * r.slice_bytes); });
    });
    for (index_t step = 1; step < r.slices; step *= 2) {
        for (index_t s = 0; s + step < r.slices; s += 2 * step)
            add_block(sums + (s + step) * elements, x.n, sums + s * elements, x.n, x.m, x.n, true);
    }
    if (target.in_place != nullptr) {
        add_block(sums, x.n, target.in_place, target.row, x.m, x.n, target.accumulate);
        if (target.finish != nullptr) target.finish(target.context, target.in_place, target.row, 0, 0, x.m, x.n);
    } else {
        target.finish(target.context, sums, x.n, 0, 0, x.m, x.n);
    }
}

/// `scratch`: recipe.scratch_bytes, 64-byte aligned.
template <class A, class B>
TENFOLD_INLINE void run_gemm(const cpu& where, const gemm_recipe& r, const gemm_problem<A, B>& x,
                             const gemm_target<block_sum_type<A>>& target, unsigned char* scratch) {
    if (r.slices > 1) {
        run_slices(where, r, x, target, scratch);
        return;
    }
    if constexpr (tiles_read_operands<A, B>) {
        if (r.form == gemm_form::direct) {
            multiply_direct(where, r.workers, x, target, tiles_of<A>(r.isa));
            return;
        }
    }
    with_driver(where, r.isa, r.workers, r.form, x, target, [&](const auto& driver) { driver.run(scratch); });
}
TENFOLD_END
