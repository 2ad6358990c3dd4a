// SPDX-License-Identifier: Apache-2.0
// A backend of one's own in one header: a tag, and one kernel specialisation per op it has.
#pragma once

#include <tenfold/kernel/reference/element.hpp>  // wide_t, widen, apply_epilogue
#include <tenfold/op/matmul.hpp>

#include <vector>

/// Adds scaled rows of b to a row of sums: the loop order that compilers vectorise, where the reference walks columns.
struct row_sums {
    using space = tenfold::host_space;
    static constexpr const char* name = "row_sums";
};

template <>
struct tenfold::kernel<tenfold::matmul_op, row_sums> {
    // The arguments are checked: shapes fit, nothing overlaps, leading axes are broadcast by stride 0.
    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run(const row_sums&, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
        using wide = wide_t<accumulator_t<A>>;
        const auto alpha = wide_scalar<wide>(x.options.alpha);
        const auto beta = wide_scalar<wide>(x.options.beta);
        const auto a_zero = widen<wide>(x.options.a_zero_point);  // of 8-bit operands; 0 for all others
        const auto b_zero = widen<wide>(x.options.b_zero_point);
        const index_t k = x.options.alpha == 0 ? 0 : x.k();
        std::vector<wide> sums(static_cast<std::size_t>(x.n()));
        index_array<Rank> rows = x.c.extents();
        rows[Rank - 1] = 1;                                                // (..., i, 0)
        if (x.c.empty()) return {};
        for_each_index(rows, [&](index_array<Rank> at) {
            sums.assign(sums.size(), wide{0});
            for (index_t p = 0; p < k; ++p) {
                auto at_a = at;
                auto at_b = at;
                at_a[Rank - 1] = p;
                at_b[Rank - 2] = p;
                const wide factor = widen<wide>(x.a(at_a)) - a_zero;
                for (index_t j = 0; j < x.n(); ++j) {
                    at_b[Rank - 1] = j;
                    sums[static_cast<std::size_t>(j)] += factor * (widen<wide>(x.b(at_b)) - b_zero);
                }
            }
            for (index_t j = 0; j < x.n(); ++j) {
                at[Rank - 1] = j;
                wide sum = sums[static_cast<std::size_t>(j)];
                if (x.options.alpha != 0) sum *= alpha;
                if (x.options.beta != 0) sum += beta * widen<wide>(x.c(at));
                x.c(at) = apply_epilogue<accumulator_t<A>, C>(x.epilogue, sum, at);
            }
        });
        return {};
    }
};
