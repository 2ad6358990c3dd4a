// SPDX-License-Identifier: Apache-2.0
// matmul on the CPU: batches and epilogues around gemm.                                                    [floor 4]
#pragma once

#include <tenfold/kernel/cpu/finish.hpp>
#include <tenfold/kernel/cpu/gemm_forms.hpp>
#include <tenfold/kernel/reference/matmul.hpp>  // alpha == 0 or k == 0: nothing to multiply
#include <tenfold/op/matmul.hpp>

#include <utility>  // swap

TENFOLD_BEGIN
template <>
struct kernel<matmul_op, cpu> {
    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run(const cpu& where, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
        int isa = 0;
        if (status s = choose_isa(matmul_op::name, where, isa); !s.ok()) return s;
        if (x.c.empty()) return {};
        const fp_environment ieee;  // of whatever runs on the caller outside of regions: small products, sums of k slices
        if (x.k() == 0 || x.options.alpha == 0) return kernel<matmul_op, reference>::run(reference{}, x);
        if constexpr (Rank == 2 && std::is_same_v<Epilogue, identity> && std::is_same_v<A, B> && std::is_same_v<A, C> &&
                      std::is_same_v<A, tile_type<A>>) {
            if (run_small(isa, x)) return {};
        }
        // Column-major output: c^T = b^T a^T has rows to write along. Sums are the same, product by product.
        const bool columns_scattered = unit_or(x.c, Rank - 1) != 1 && unit_or(x.c, Rank - 2) == 1;
        // A narrow result: transposed, a few rows of b^T meet the rows of a as they lie in memory (dot or axpy form).
        const bool a_rows = unit_or(x.a, Rank - 1) == 1;
        const bool narrow = x.n() <= 4 && x.m() > 8 && (a_rows ? x.k() >= 64 : unit_or(x.a, Rank - 2) == 1 && x.m() >= 256);
        if (columns_scattered || narrow) return multiply(where, isa, x, transposed(x.b), transposed(x.a), Rank - 1, Rank - 2);
        return multiply(where, isa, x, x.a, x.b, Rank - 2, Rank - 1);
    }

private:
    /// A few hundred nanoseconds of work on plain matrices: nothing is planned. 8^3 takes half of what the way below does.
    template <class Arguments>
    static bool run_small(int isa, const Arguments& x) {
        using T = typename decltype(x.c)::value_type;
        const index_t m = x.m(), n = x.n(), k = x.k();
        constexpr index_t most = 64;
        if (m > most || n > most || k > most || x.a.stride(1) != 1 || x.b.stride(1) != 1 || x.c.stride(1) != 1) return false;
        if (x.options.alpha != 1 || (x.options.beta != 0 && x.options.beta != 1)) return false;
        gemm_target<T> target;
        target.in_place = x.c.data();
        target.row = x.c.stride(0);
        target.accumulate = x.options.beta == 1;
        const tile_set<T>& tiles = tiles_of<T>(isa);
        if (!fits_direct(n, target, tiles)) return false;
        multiply_direct(gemm_problem<T, T>{m, n, k, x.a.data(), x.a.stride(0), 1, x.b.data(), x.b.stride(0), 1}, target, tiles, 0, m);
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

    /// left (..., rows, k) times right (..., k, columns): rows run along row_axis of c, columns along column_axis. Compiled once
    /// for both orders of operands of one type.
    template <class Arguments, class Left, class Right, std::size_t Rank, class Space>
    static status multiply(const cpu& where, int isa, const Arguments& x, const tensor_view<const Left, Rank, Space>& left,
                           const tensor_view<const Right, Rank, Space>& right, std::size_t row_axis, std::size_t column_axis) {
        using C = typename decltype(x.c)::value_type;
        using Epilogue = typename Arguments::epilogue_type;
        using Sum = block_sum_type<Left>;
        const gemm_problem<Left, Right> problem{left.extent(Rank - 2), right.extent(Rank - 1),   left.extent(Rank - 1),
                                                left.data(),           unit_or(left, Rank - 2),  unit_or(left, Rank - 1),
                                                right.data(),          unit_or(right, Rank - 2), unit_or(right, Rank - 1)};
        constexpr bool sums_fit_c = std::is_same_v<C, Sum> || (std::is_same_v<C, std::int32_t> && std::is_same_v<Sum, std::uint32_t>);
        const bool plain = std::is_same_v<Epilogue, identity> && x.options.alpha == 1 && (x.options.beta == 0 || x.options.beta == 1);
        const bool in_place =
            sums_fit_c && unit_or(x.c, column_axis) == 1 && (plain || (x.options.beta == 0 && never_reads_output<Epilogue>));

        finish_context<C, Rank, Epilogue> first_context{x.c.data(),      row_axis,       column_axis,  unit_or(x.c, row_axis), unit_or(x.c, column_axis),
                                                        x.options.alpha, x.options.beta, &x.epilogue, {},                     isa};
        gemm_target<Sum> first_target;
        if (in_place) {
            first_target.in_place = reinterpret_cast<Sum*>(x.c.data());
            first_target.row = unit_or(x.c, row_axis);
            first_target.accumulate = plain && x.options.beta == 1;
        }
        if (!in_place || !plain) first_target.finish = &finish_block<Sum, accumulator_t<Left>, C, Rank, Epilogue>;
        first_target.context = &first_context;

        const index_t batches = x.batch();
        const index_t work = saturated_multiply(saturated_multiply(problem.m, problem.n), problem.k);
        const int workers = workers_for(where, saturated_multiply(work, batches), multiply_adds_per_worker);
        const bool across_batches = batches > 1 && (batches >= 4 * workers || work < multiply_adds_per_worker);
        const gemm_recipe recipe = prepare_gemm(where, isa, across_batches ? 1 : workers, problem, first_target);
        if (batches == 1 && recipe.scratch_bytes == 0) {
            run_gemm(where, recipe, problem, first_target, nullptr);
            return {};
        }
        const index_t bytes = round_up(recipe.scratch_bytes, 64);
        const int teams = across_batches ? workers : 1;
        const scratch_buffer scratch(bytes * teams);
        if (bytes > 0 && !scratch) return scratch_failure(matmul_op::name, bytes * teams);
        const auto run_batch = [&](int team, index_t batch) {
            gemm_problem<Left, Right> one = problem;
            finish_context<C, Rank, Epilogue> context = first_context;
            index_t offset = 0;
            for (std::size_t axis = Rank - 2; axis-- > 0;) {
                const index_t extent = x.c.extent(axis);
                const index_t i = batch % extent;
                batch /= extent;
                context.index[axis] = i;
                if (i == 0) continue;
                one.a += i * left.stride(axis);
                one.b += i * right.stride(axis);
                offset += i * x.c.stride(axis);
            }
            context.c += offset;
            gemm_target<Sum> target = first_target;
            if (in_place) target.in_place += offset;
            target.context = &context;
            run_gemm(where, recipe, one, target, bytes == 0 ? nullptr : scratch.at<unsigned char>(team * bytes));
        };
        if (across_batches) {
            // Many small products share an item, so that drawing it costs little beside them.
            const index_t piece = (std::max)(index_t{1}, (std::min)(batches / (8 * workers), multiply_adds_per_worker / (work + 1)));
            parallel_for_items(where, workers, ceil_divide(batches, piece), [&](int worker, index_t item) {
                const index_t end = (std::min)(batches, (item + 1) * piece);
                for (index_t batch = item * piece; batch < end; ++batch) run_batch(worker, batch);
            });
        } else {
            for (index_t batch = 0; batch < batches; ++batch) run_batch(0, batch);
        }
        return {};
    }
};
TENFOLD_END
