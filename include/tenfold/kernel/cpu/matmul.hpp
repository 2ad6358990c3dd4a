// SPDX-License-Identifier: Apache-2.0
// matmul on the CPU: batches and epilogues around gemm.                                                    [floor 4]
#pragma once

#include <tenfold/kernel/cpu/finish.hpp>
#include <tenfold/kernel/cpu/gemm_skinny.hpp>
#include <tenfold/kernel/reference/matmul.hpp>  // alpha == 0 or k == 0: nothing to multiply
#include <tenfold/op/matmul.hpp>

TENFOLD_BEGIN
template <>
struct kernel<matmul_op, cpu> {
    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run(const cpu& where, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
        int isa = 0;
        if (status s = choose_isa(matmul_op::name, where, isa); !s.ok()) return s;
        if (x.c.empty()) return {};
        // Column-major output: C^T = B^T A^T has rows to write along. Sums are the same, product by product.
        const bool columns_scattered = unit_or(x.c, Rank - 1) != 1 && unit_or(x.c, Rank - 2) == 1;
        // Matrix times vector: transposed, it is dot products with the rows of a.
        const bool one_column = x.n() == 1 && x.m() > 8 && unit_or(x.a, Rank - 1) == 1;
        if (columns_scattered || one_column) return run_as<true>(where, isa, x);
        return run_as<false>(where, isa, x);
    }

private:
    /// Step along an axis; 1 where there is but one element.
    template <class View>
    static index_t unit_or(const View& v, std::size_t axis) noexcept {
        return v.extent(axis) == 1 ? 1 : v.stride(axis);
    }

    template <bool Transposed, class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run_as(const cpu& where, int isa, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
        using Left = std::conditional_t<Transposed, B, A>;
        using Right = std::conditional_t<Transposed, A, B>;
        using Sum = block_sum_type<A>;
        gemm_problem<Left, Right> problem{x.m(), x.n(), x.options.alpha == 0 ? 0 : x.k(), nullptr, unit_or(x.a, Rank - 2), unit_or(x.a, Rank - 1),
                                          nullptr, unit_or(x.b, Rank - 2), unit_or(x.b, Rank - 1)};
        if constexpr (Transposed) {
            problem = {x.n(), x.m(), problem.k, nullptr, unit_or(x.b, Rank - 1), unit_or(x.b, Rank - 2), nullptr, unit_or(x.a, Rank - 1), unit_or(x.a, Rank - 2)};
        }
        if (problem.k == 0) {
            const fp_environment ieee;
            return kernel<matmul_op, reference>::run(reference{}, x);
        }

        constexpr std::size_t row_axis = Transposed ? Rank - 1 : Rank - 2;  // of c, along which the product's rows run
        constexpr std::size_t column_axis = Transposed ? Rank - 2 : Rank - 1;
        constexpr bool plain = std::is_same_v<Epilogue, identity> && (std::is_same_v<C, Sum> || (std::is_same_v<C, std::int32_t> && std::is_same_v<Sum, std::uint32_t>));
        const bool in_place = plain && unit_or(x.c, column_axis) == 1 && x.options.alpha == 1 &&
                              (x.options.beta == 0 || x.options.beta == 1);

        struct batch_offsets {
            index_t a = 0, b = 0, c = 0;
        };
        const auto offsets_of = [&](index_t batch, index_array<Rank>& index) {
            batch_offsets at;
            for (std::size_t axis = Rank - 2; axis-- > 0;) {
                const index_t extent = x.c.extent(axis);
                index[axis] = batch % extent;
                batch /= extent;
                if (extent == 1) continue;
                at.a += index[axis] * x.a.stride(axis);
                at.b += index[axis] * x.b.stride(axis);
                at.c += index[axis] * x.c.stride(axis);
            }
            return at;
        };
        // Hands the driver of one batch to `use`.
        const auto with_driver = [&](int workers, index_t batch, const auto& use) {
            finish_context<C, Rank, Epilogue> context{};
            const batch_offsets at = offsets_of(batch, context.index);
            gemm_problem<Left, Right> one = problem;
            if constexpr (Transposed) {
                one.a = x.b.data() + at.b;
                one.b = x.a.data() + at.a;
            } else {
                one.a = x.a.data() + at.a;
                one.b = x.b.data() + at.b;
            }
            gemm_target<Sum> target;
            if (in_place) {
                target.in_place = reinterpret_cast<Sum*>(x.c.data() + at.c);
                target.row = unit_or(x.c, row_axis);
                target.accumulate = x.options.beta == 1;
            } else {
                context.c = x.c.data() + at.c;
                context.row = unit_or(x.c, row_axis);
                context.column = unit_or(x.c, column_axis);
                context.alpha = x.options.alpha;
                context.beta = x.options.beta;
                context.epilogue = &x.epilogue;
                context.isa = isa;
                target.finish = &finish_block<row_axis, column_axis, Sum, accumulator_t<A>, C, Rank, Epilogue>;
                target.context = &context;
            }
            if (choose_form(one) == gemm_form::tiles) {
                use(gemm_driver<Left, Right>(where, isa, workers, one, target));
            } else {
                use(gemm_skinny_driver<Left, Right>(where, isa, workers, one, target));
            }
        };

        const index_t batches = x.batch();
        const index_t work = saturated_multiply(saturated_multiply(problem.m, problem.n), problem.k);
        const int workers = workers_for(where, saturated_multiply(work, batches), multiply_adds_per_worker);
        const bool across_batches = batches >= 4 * workers || work < multiply_adds_per_worker;
        index_t bytes = 0;
        with_driver(across_batches ? 1 : workers, 0, [&](const auto& driver) { bytes = driver.scratch_bytes(); });
        const int teams = across_batches ? workers : 1;
        const scratch_buffer scratch(bytes * teams);
        if (!scratch) return scratch_failure(matmul_op::name, bytes * teams);
        if (across_batches) {
            parallel_for_items(where, workers, batches, [&](int worker, index_t batch) {
                with_driver(1, batch, [&](const auto& driver) { driver.run(scratch.at<unsigned char>(worker * bytes)); });
            });
        } else {
            for (index_t batch = 0; batch < batches; ++batch) {
                with_driver(workers, batch, [&](const auto& driver) { driver.run(scratch.at<unsigned char>(0)); });
            }
        }
        return {};
    }
};
TENFOLD_END
