// SPDX-License-Identifier: Apache-2.0
// c(i, j) = epilogue(alpha sum_p (a(i, p) - za)(b(p, j) - zb) + beta c(i, j)): the definition, sums in double or exact integers. [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/element.hpp>  // wide_t, narrow, for_each_index
#include <tenfold/op/matmul.hpp>

TENFOLD_BEGIN
template <>
struct kernel<matmul_op, reference> {
    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run(const reference&, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
        using wide = wide_t<accumulator_t<A>>;
        const auto alpha = wide_scalar<wide>(x.options.alpha);
        const auto beta = wide_scalar<wide>(x.options.beta);
        const auto a_zero = widen<wide>(x.options.a_zero_point);
        const auto b_zero = widen<wide>(x.options.b_zero_point);
        for_each_index(x.c.extents(), [&](const auto& index) {                       // (..., i, j)
            auto at_a = index;
            auto at_b = index;
            wide sum = 0;
            if (x.options.alpha != 0 && x.k() > 0) {  // a sum of nothing is +0, whatever alpha
                for (index_t p = 0; p < x.k(); ++p) {
                    at_a[Rank - 1] = p;
                    at_b[Rank - 2] = p;
                    sum += (widen<wide>(x.a(at_a)) - a_zero) * (widen<wide>(x.b(at_b)) - b_zero);
                }
                sum *= alpha;
            }
            if (x.options.beta != 0) sum += beta * widen<wide>(x.c(index));
            x.c(index) = apply_epilogue<accumulator_t<A>, C>(x.epilogue, sum, index);
        });
        return {};
    }
};
TENFOLD_END
