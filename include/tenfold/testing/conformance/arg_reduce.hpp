// SPDX-License-Identifier: Apache-2.0
// Conformance of the arg-reductions: equal indices and values over all layouts, with ties, zeros and NaN.   [floor 6]
#pragma once

#include <tenfold/kernel/reference/arg_reduce.hpp>
#include <tenfold/op/arg_reduce.hpp>
#include <tenfold/testing/conformance/reduce.hpp>  // draw_axes, draw_reduction_extents, fill_special

TENFOLD_BEGIN
namespace testing {
template <std::size_t OutRank, bool Largest, class X, class Backend, std::size_t Count>
void check_arg_reduction(const Backend& where, conformance_report& report, generator& random, const X& x, const axes<Count>& list,
                         const extremum_options& options) {
    using T = typename X::element_type;
    const arg_reduction<Largest, false> arg{};
    const arg_reduction<Largest, true> both{};
    const auto extents = kept_extents<OutRank>(x.view().extents(), resolve_axes<X::rank>("arg", list));
    const arrangement how = draw_output_arrangement(random);
    arranged<index_t, OutRank> index(random, extents, how);
    arranged<index_t, OutRank> beside(random, extents, draw_output_arrangement(random));
    arranged<T, OutRank> value(random, extents, draw_output_arrangement(random));
    tensor<index_t, OutRank> expected_index(extents);
    tensor<T, OutRank> expected_value(extents);
    const status r = both(std::nothrow, reference{}, x, list, expected_value, expected_index, options);
    const status s = arg(std::nothrow, where, x, list, index, options);
    const status t = both(std::nothrow, where, x, list, value, beside, options);
    const auto describe = [&] {
        return reduction_text<T>(Largest ? "argmax" : "argmin", x.view().extents(), list) +
               (options.nan == tenfold::nan::ignore ? " ignoring NaN " : " ") + name_of(how);
    };
    report.check(s.code() == r.code() && t.code() == r.code(), [&] { return describe() + ": status '" + std::string(s.message()) + "'"; });
    if (!r.ok() || !s.ok() || !t.ok()) return;
    const std::string key = std::string("arg_reduce ") + dtype_traits<T>::name;
    report.check(compare_exact(index.view(), expected_index.view()), key, describe);
    report.check(compare_exact(beside.view(), expected_index.view()), key, [&] { return describe() + " with value"; });
    report.check(compare_exact(value.view(), expected_value.view()), key, [&] { return describe() + ", value"; });
    report.check(index.gaps_intact() && beside.gaps_intact() && value.gaps_intact(),
                 [&] { return describe() + ": wrote outside of the outputs"; });
}

template <class T, std::size_t OutRank, std::size_t Count, class Backend>
void check_arg_reductions(const Backend& where, conformance_report& report, generator& random) {
    const auto list = draw_axes<Count>(random, 4);
    auto extents = draw_reduction_extents(random);
    if (random.chance(0.1)) extents = {3, 2, 1, 1700};  // more steps than a block of them has
    arranged<T, 4> x(random, extents, draw_input_arrangement(random));
    for (const bool special : {false, true}) {
        if (special) {
            fill_special(x.view(), random);
        } else {
            fill_integers(x.view(), random, random.chance(0.5) ? 3 : 2000);
        }
        for (const auto policy : {tenfold::nan::propagate, tenfold::nan::ignore}) {
            check_arg_reduction<OutRank, true>(where, report, random, x, list, {policy});
            check_arg_reduction<OutRank, false>(where, report, random, x, list, {policy});
        }
    }
    report.check(x.gaps_intact(), [&] { return reduction_text<T>("arg_reduce", extents, list) + ": wrote into x's buffer"; });
}

template <class Backend, class T>
void conformance_arg_reduce(const Backend& where, conformance_report& report) {
    generator random(report.seed());
    for (int round = 0; round < 30; ++round) {
        check_arg_reductions<T, 3, 1>(where, report, random);
        check_arg_reductions<T, 4, 2>(where, report, random);
        if (round % 3 == 0) check_arg_reductions<T, 0, 4>(where, report, random);
        if (round % 6 == 0) check_arg_reductions<T, 4, 0>(where, report, random);
    }
}
}  // namespace testing
TENFOLD_END
