// SPDX-License-Identifier: Apache-2.0
// matmul on the CPU: batches and epilogues around gemm.                                                    [floor 4]
#pragma once

#include <tenfold/exec/explain.hpp>
#include <tenfold/kernel/cpu/finish.hpp>
#include <tenfold/kernel/cpu/gemm_forms.hpp>
#include <tenfold/kernel/cpu/zero_points.hpp>
#include <tenfold/kernel/reference/matmul.hpp>  // alpha == 0 or k == 0: nothing to multiply
#include <tenfold/op/matmul.hpp>

#include <utility>  // swap

TENFOLD_BEGIN
/// How a matmul runs, decided before anything is written: the same for every call of one problem.
struct matmul_plan {
    int isa = 0;
    bool multiplies = false;  // otherwise there is nothing to do, or no product to sum
    bool in_one_go = false;   // so small that run() needs nothing below
    bool swapped = false;     // c^T = b^T a^T
    bool across_batches = false;
    int workers = 1;
    index_t team_bytes = 0;   // scratch of a product
    index_t workspace_bytes = 0;
    gemm_recipe recipe{};

    [[nodiscard]] matmul_plan serial() const noexcept {
        matmul_plan alone = *this;
        alone.workers = alone.recipe.workers = 1;
        return alone;
    }
};

template <>
struct kernel<matmul_op, cpu> {
    using plan_type = matmul_plan;

    template <class Arguments>
    static status run(const cpu& where, const Arguments& x) {
        int isa = 0;
        if (status s = choose_isa(matmul_op::name, where, isa); !s.ok()) return s;
        if (x.c.empty()) return {};
        if constexpr (may_be_small<Arguments>) {
            if (run_small(isa, x)) return {};
        }
        return run_planned(where, isa, x);
    }

    /// Everything that is decided before the first write. run() with this plan then allocates nothing.
    template <class Arguments>
    static status plan(const cpu& where, const Arguments& x, matmul_plan& plan) {
        if (status s = choose_isa(matmul_op::name, where, plan.isa); !s.ok()) return s;
        if (x.c.empty()) return {};
        plan_product(where, x, plan);
        if constexpr (may_be_small<Arguments>) {
            plan.in_one_go = is_small(x) && fits_direct(x.m(), x.n(), x.options.beta == 1, tiles_of<typename Arguments::c_type>(plan.isa));
        }
        return {};
    }
    /// `workspace`: plan.workspace_bytes, 64-byte aligned.
    template <class Arguments>
    static status run(const cpu& where, const Arguments& x, const matmul_plan& plan, unsigned char* workspace) {
        if constexpr (may_be_small<Arguments>) {
            if (plan.in_one_go && run_small(plan.isa, x)) return {};
        }
        if (x.c.empty()) return {};
        const fp_environment ieee;  // of whatever runs on the caller outside of regions: sums of k slices
        if (!plan.multiplies) return kernel<matmul_op, reference>::run(reference{}, x);
        matmul_plan alone;
        const bool orphan = plan.workers > 1 && forked_child();  // planned before the fork: the threads it counted on are not here
        if (orphan) alone = plan.serial();
        with_product(x, plan.swapped, [&](const auto& p) { p.run(where, orphan ? alone : plan, workspace); });
        return {};
    }
    template <class Arguments>
    static void explain(const cpu&, const Arguments&, const matmul_plan& plan, explanation& e) noexcept {
        e.isa = isa_names(isa_list{})[static_cast<std::size_t>(plan.isa)];
        e.kernel = plan.multiplies ? name_of(plan.recipe.form) : "none";
        if (!plan.multiplies) e.note = "there is no product to sum";
        e.threads = plan.workers;
        e.tile_rows = plan.recipe.plan.panel_rows;
        e.tile_columns = plan.recipe.plan.tile_columns;
        e.block_depth = plan.recipe.plan.depth;
        if (forked_child()) e.note = "serial: this process is a forked child";
    }

private:
    template <class Arguments>
    TENFOLD_APART static status run_planned(const cpu& where, int isa, const Arguments& x) {
        matmul_plan plan;
        plan.isa = isa;
        plan_product(where, x, plan);
        const scratch_buffer scratch(plan.workspace_bytes);
        if (plan.workspace_bytes > 0 && !scratch) return scratch_failure(matmul_op::name, plan.workspace_bytes);
        return run(where, x, plan, scratch.at<unsigned char>(0));
    }

    template <class Arguments>
    static constexpr bool may_be_small = Arguments::rank == 2 && std::is_same_v<typename Arguments::epilogue_type, identity> &&
                                         tiles_read_operands<typename Arguments::a_type, typename Arguments::b_type> &&
                                         std::is_same_v<typename Arguments::a_type, typename Arguments::c_type>;

    template <class Arguments>
    static void plan_product(const cpu& where, const Arguments& x, matmul_plan& plan) {
        constexpr std::size_t Rank = Arguments::rank;
        plan.multiplies = x.k() > 0 && x.options.alpha != 0;
        if (!plan.multiplies) return;
        // Column-major output: c^T = b^T a^T has rows to write along. Sums are the same, product by product.
        const bool columns_scattered = unit_or(x.c, Rank - 1) != 1 && unit_or(x.c, Rank - 2) == 1;
        // A narrow result: transposed, a few rows of b^T meet the rows of a as they lie in memory (dot or axpy form).
        const bool a_rows = unit_or(x.a, Rank - 1) == 1;
        const bool narrow = x.n() <= 4 && x.m() > 8 && (a_rows ? x.k() >= 64 : unit_or(x.a, Rank - 2) == 1 && x.m() >= 256);
        plan.swapped = (columns_scattered || narrow) && panels_of(x) == nullptr;
        with_product(x, plan.swapped, [&](const auto& p) { p.fill(where, plan); });
    }

    /// A few microseconds of work on plain matrices: nothing is planned. 8^3 takes half of what the way below does.
    template <class Arguments>
    TENFOLD_INLINE static bool is_small(const Arguments& x) noexcept {
        const index_t m = x.m(), n = x.n(), k = x.k();
        constexpr index_t most = 64;
        if (m > most || n > most || k > most || k == 0 || x.a.stride(1) != 1 || x.b.stride(1) != 1 || x.c.stride(1) != 1) return false;
        return x.options.alpha == 1 && (x.options.beta == 0 || x.options.beta == 1);
    }
    /// False: not that small, or not all columns find a tile; nothing is done.
    template <class Arguments>
    TENFOLD_INLINE static bool run_small(int isa, const Arguments& x) noexcept {
        using T = typename Arguments::c_type;
        if (!is_small(x)) return false;
        const tile_set<T>& tiles = tiles_of<T>(isa);
        const direct_strip<T> first = strip_at(tiles, x.m(), x.n(), 0, x.options.beta == 0);
        gemm_target<T> target;
        target.in_place = x.c.data();
        target.row = x.c.stride(0);
        target.accumulate = x.options.beta == 1;
        const gemm_problem<T, T> all{x.m(), x.n(), x.k(), x.a.data(), x.a.stride(0), 1, x.b.data(), x.b.stride(0), 1};
        if (is_one_run(tiles, first, x.m(), x.n())) {
            const fp_environment ieee;
            run_strip(all, target, first);
            return true;
        }
        return run_cut(tiles, all, target);
    }
    /// Not inlined: what it needs in memory costs the way above nothing.
    template <class T>
    TENFOLD_APART static bool run_cut(const tile_set<T>& tiles, const gemm_problem<T, T> x, const gemm_target<T> target) noexcept {
        direct_cut<T> cut;
        cut_columns(tiles, x.m, x.n, !target.accumulate, cut);
        if (!cut.covers) return false;
        const fp_environment ieee;
        multiply_direct(x, target, tiles, cut, 0, x.m);
        return true;
    }
    /// Step along an axis; 1 where there is but one element.
    template <class View>
    static index_t unit_or(const View& v, std::size_t axis) noexcept {
        return v.extent(axis) == 1 ? 1 : v.stride(axis);
    }
    /// The last two axes swapped.
    template <class View>
    static View transposed(const View& v) noexcept {
        auto extents = v.extents();
        auto strides = v.strides();
        std::swap(extents[View::rank - 2], extents[View::rank - 1]);
        std::swap(strides[View::rank - 2], strides[View::rank - 1]);
        return {v.data(), extents, strides};
    }

    /// b as one block of panels, if the arguments bring it so (op/pack.hpp).
    template <class Arguments>
    static const void* panels_of(const Arguments& x) noexcept {
        if constexpr (requires { x.panels; }) {
            return x.panels;
        } else {
            return nullptr;
        }
    }

    /// And the sums of its columns, which came with them.
    template <class Arguments>
    static const std::uint32_t* column_sums_of(const Arguments& x) noexcept {
        if constexpr (requires { x.panels; }) {
            return reinterpret_cast<const std::uint32_t*>(static_cast<const unsigned char*>(x.panels) + x.layout.sums);
        } else {
            return nullptr;
        }
    }

    /// left (..., rows, k) times right (..., k, columns): rows run along row_axis of c, columns along column_axis. Compiled once
    /// for both orders of operands of one type.
    template <class Arguments, class Left, class Right>
    struct product {
        static constexpr std::size_t Rank = Arguments::rank;
        using C = typename Arguments::c_type;
        using Epilogue = typename Arguments::epilogue_type;
        using Sum = block_sum_type<Left>;
        static constexpr bool sums_fit_c =
            std::is_same_v<C, Sum> || (std::is_same_v<C, std::int32_t> && std::is_same_v<Sum, std::uint32_t>);

        const Arguments& x;
        tensor_view<const Left, Rank, typename Arguments::space> left;
        tensor_view<const Right, Rank, typename Arguments::space> right;
        std::size_t row_axis, column_axis;

        [[nodiscard]] zero_points zeros() const noexcept {
            if constexpr (sizeof(Left) > 1) return {0, 0};
            const std::int32_t a = x.options.a_zero_point, b = x.options.b_zero_point;
            return row_axis < column_axis ? zero_points{a, b} : zero_points{b, a};
        }
        /// Of the first batch.
        [[nodiscard]] gemm_problem<Left, Right> problem() const noexcept {
            return {left.extent(Rank - 2), right.extent(Rank - 1),   left.extent(Rank - 1),
                    left.data(),           unit_or(left, Rank - 2),  unit_or(left, Rank - 1),
                    right.data(),          unit_or(right, Rank - 2), unit_or(right, Rank - 1),
                    panels_of(x)};
        }
        /// Without its context.
        [[nodiscard]] gemm_target<Sum> target() const noexcept {
            const bool plain = std::is_same_v<Epilogue, identity> && x.options.alpha == 1 && (x.options.beta == 0 || x.options.beta == 1) &&
                               !zeros().any();
            gemm_target<Sum> t;
            if (sums_fit_c && unit_or(x.c, column_axis) == 1 && (plain || (x.options.beta == 0 && never_reads_output<Epilogue>))) {
                t.in_place = reinterpret_cast<Sum*>(x.c.data());
                t.row = unit_or(x.c, row_axis);
                t.accumulate = plain && x.options.beta == 1;
            }
            if (t.in_place == nullptr || !plain) t.finish = &finish_block<Sum, accumulator_t<Left>, C, Rank, Epilogue>;
            return t;
        }

        void fill(const cpu& where, matmul_plan& plan) const {
            const gemm_problem<Left, Right> one = problem();
            const index_t batches = x.batch();
            const index_t work = work_of(one);
            const int workers = workers_for(where, saturated_multiply(work, batches), multiply_adds_per_worker);
            plan.across_batches = batches > 1 && (batches >= 4 * workers || work < multiply_adds_per_worker);
            plan.recipe = prepare_gemm(where, plan.isa, plan.across_batches ? 1 : workers, one, target());
            plan.workers = workers;
            plan.team_bytes = round_up(plan.recipe.scratch_bytes, 64) + (zeros().any() ? zero_point_bytes(one.m, one.n) : 0);
            plan.workspace_bytes = plan.team_bytes * (plan.across_batches ? workers : 1);
        }

        void run(const cpu& where, const matmul_plan& plan, unsigned char* workspace) const {
            const gemm_problem<Left, Right> first = problem();
            const gemm_target<Sum> first_target = target();
            const index_t batches = x.batch();
            if (!plan.across_batches) {
                for (index_t batch = 0; batch < batches; ++batch) run_batch(where, plan, first, first_target, batch, workspace);
                return;
            }
            // Many small products share an item, so that drawing it costs little beside them.
            const index_t piece =
                (std::max)(index_t{1}, (std::min)(batches / (8 * plan.workers), multiply_adds_per_worker / (work_of(first) + 1)));
            const auto each = [&](const auto& body) {
                parallel_for_items(where, plan.workers, ceil_divide(batches, piece), [&](int worker, index_t item) {
                    const index_t end = (std::min)(batches, (item + 1) * piece);
                    for (index_t batch = item * piece; batch < end; ++batch) body(worker, batch);
                });
            };
            if constexpr (tiles_read_operands<Left, Right>) {
                if (plan.recipe.form == gemm_form::direct && plan.recipe.slices <= 1 && first_target.finish == nullptr) {
                    const tile_set<Left>& tiles = tiles_of<Left>(plan.isa);
                    direct_cut<Left> cut;  // of all of them
                    cut_columns(tiles, first.m, first.n, !first_target.accumulate, cut);
                    const bool one_run = is_one_run(tiles, cut.whole == 0 ? cut.strips[0] : direct_strip<Left>{}, first.m, first.n);
                    each([&](int, index_t batch) {
                        const auto [one, t] = at_batch(first, first_target, batch, nullptr);
                        if (one_run) {
                            run_strip(one, t, cut.strips[0]);
                        } else {
                            multiply_direct(one, t, tiles, cut, 0, one.m);
                        }
                    });
                    return;
                }
            }
            each([&](int worker, index_t batch) {
                run_batch(where, plan, first, first_target, batch, workspace + worker * plan.team_bytes);
            });
        }

    private:
        struct placed_product {
            gemm_problem<Left, Right> one;
            gemm_target<Sum> target;
        };
        /// The product of a batch, from that of the first. `index` <- its place along the leading axes of c, unless null.
        TENFOLD_INLINE placed_product at_batch(const gemm_problem<Left, Right>& first, const gemm_target<Sum>& first_target, index_t batch,
                                               index_t* index) const noexcept {
            placed_product p{first, first_target};
            for (std::size_t axis = Rank - 2; axis-- > 0;) {
                index_t i = batch;
                if (axis > 0) {  // the first axis takes what the others leave
                    const index_t extent = x.c.extent(axis);
                    i = batch % extent;
                    batch /= extent;
                }
                if (index != nullptr) index[axis] = i;
                if (i == 0) continue;
                p.one.a += i * left.stride(axis);
                p.one.b += i * right.stride(axis);
                if (p.target.in_place != nullptr) p.target.in_place += i * x.c.stride(axis);
            }
            return p;
        }
        void run_batch(const cpu& where, const matmul_plan& plan, const gemm_problem<Left, Right>& first,
                       const gemm_target<Sum>& first_target, index_t batch, unsigned char* scratch) const {
            finish_context<C, Rank, Epilogue> context{
                x.c.data(),  row_axis, column_axis, unit_or(x.c, row_axis), unit_or(x.c, column_axis), x.options.alpha, x.options.beta,
                &x.epilogue, {},       plan.isa};
            placed_product p = at_batch(first, first_target, batch, context.index.data());
            for (std::size_t axis = 0; axis + 2 < Rank; ++axis) {
                if (context.index[axis] != 0) context.c += context.index[axis] * x.c.stride(axis);
            }
            p.target.context = &context;
            if constexpr (sizeof(Left) == 1) {
                if (zeros().any()) {
                    unsigned char* const terms = scratch + round_up(plan.recipe.scratch_bytes, 64);
                    fill_zero_point_terms(where, plan.isa, plan.recipe.workers, p.one, zeros(), column_sums_of(x), terms);
                    context.row_terms = reinterpret_cast<const std::uint32_t*>(terms);
                    context.column_terms = reinterpret_cast<const std::uint32_t*>(terms + row_term_bytes(p.one.m));
                }
            }
            run_gemm(where, plan.recipe, p.one, p.target, scratch);
        }
        static index_t work_of(const gemm_problem<Left, Right>& p) noexcept {
            return saturated_multiply(saturated_multiply(p.m, p.n), p.k);
        }
    };

    template <class Arguments, class Use>
    static void with_product(const Arguments& x, bool swapped, const Use& use) {
        constexpr std::size_t Rank = Arguments::rank;
        using A = typename Arguments::a_type;
        using B = typename Arguments::b_type;
        if (swapped) {
            use(product<Arguments, B, A>{x, transposed(x.b), transposed(x.a), Rank - 1, Rank - 2});
        } else {
            use(product<Arguments, A, B>{x, x.a, x.b, Rank - 2, Rank - 1});
        }
    }
};
TENFOLD_END
