// SPDX-License-Identifier: Apache-2.0
// matmul on the CPU: batches and epilogues around gemm.                                                    [floor 4]
#pragma once

#include <tenfold/kernel/cpu/finish.hpp>
#include <tenfold/kernel/cpu/gemm.hpp>
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
        if (unit_or(x.c, Rank - 1) != 1 && unit_or(x.c, Rank - 2) == 1) return run_as<true>(where, isa, x);
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
        if (problem.k == 0) return kernel<matmul_op, reference>::run(reference{}, x);

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
        const auto run_batch = [&](const cpu& inner, int workers, index_t batch, unsigned char* scratch, index_t& bytes) {
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
                target.finish = &finish_block<row_axis, column_axis, Sum, accumulator_t<A>, C, Rank, Epilogue>;
                target.context = &context;
            }
            const gemm_driver<Left, Right> driver(inner, isa, workers, one, target);
            bytes = driver.scratch_bytes();
            if (scratch != nullptr) driver.run(scratch);
        };

        const index_t batches = x.batch();
        const index_t work = problem.m * problem.n * problem.k;
        const int limit = thread_limit(where);
        const int workers = workers_for(work * batches, multiply_adds_per_worker, limit);
        const bool across_batches = batches >= 4 * workers || work < multiply_adds_per_worker;
        index_t bytes = 0;
        run_batch(where, across_batches ? 1 : workers, 0, nullptr, bytes);
        const int teams = across_batches ? workers : 1;
        const scratch_buffer scratch(bytes * teams);
        if (!scratch) return scratch_failure(matmul_op::name, bytes * teams);
        index_t ignored = 0;
        if (across_batches) {
            parallel_for_items(where, workers, batches, [&](int worker, index_t batch) {
                run_batch(where, 1, batch, scratch.at<unsigned char>(worker * bytes), ignored);
            });
        } else {
            for (index_t batch = 0; batch < batches; ++batch) run_batch(where, workers, batch, scratch.at<unsigned char>(0), ignored);
        }
        return {};
    }
};
TENFOLD_END
