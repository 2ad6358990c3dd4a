// SPDX-License-Identifier: Apache-2.0
// verify: runs a call on a backend and on the reference and says how far apart they are, relative to the bound. [floor 6]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/testing/conformance/matmul.hpp>  // make_matmul_oracle

TENFOLD_BEGIN
namespace testing {
/// Calls call(where, y) and call(reference{}, copy of y as it was) and compares: |difference| <= bound(index). The bound
/// has to allow for both results being rounded to y's type. `max_ratio` of the answer is the error ratio rho.
///
///     auto answer = verify(cpu{}, y, [&](const auto& where, auto out) { matmul(where, a, b, out); }, [](const auto&) { return 1e-5; });
///     if (!answer.ok()) std::puts(answer.worst.c_str());
template <backend Backend, writable Y, class Call, class Bound>
comparison verify(const Backend& where, Y&& y, const Call& call, const Bound& bound) {
    const auto output = y.view();
    auto expected = materialised(output);
    call(where, output);
    call(reference{}, expected.view());
    return compare_bounded(output, expected.view(), bound);
}

/// The same with bit equality: integer types, data movement, or data whose every partial result is exact.
template <backend Backend, writable Y, class Call>
comparison verify_exactly(const Backend& where, Y&& y, const Call& call) {
    const auto output = y.view();
    auto expected = materialised(output);
    call(where, output);
    call(reference{}, expected.view());
    return compare_exact(output, expected.view());
}

/// Runs c <- alpha a b + beta c on `where` and compares with the reference in double, within the proved bound for sums in
/// any order. Of large products only `rows` rows of each matrix are compared (first, last, evenly spread): the reference
/// needs some nanoseconds per multiply-add.
template <backend Backend, viewable A, viewable B, writable C>
    requires(rank_of<A> == 2 && rank_of<B> == 2 && rank_of<C> == 2)
comparison verify_matmul(const Backend& where, const A& a, const B& b, C&& c, const matmul_options& options = {}, index_t rows = 64) {
    const auto output = c.view();
    const index_t m = output.extent(0);
    const index_t step = rows > 1 && m > rows ? ceil_divide(m - 1, rows - 1) : 1;
    const auto old = materialised(output.slice(0, 0, m, step));
    const auto last = materialised(m > 0 ? output.slice(0, m - 1, m) : output);
    matmul(where, a, b, c, options);
    const auto compare = [&](const auto& before, auto some_a, auto some_c) {
        const auto oracle = make_matmul_oracle<value_of<C>, value_of<A>>(some_a, b, before.view(), options);
        return compare_bounded(some_c, oracle.result.view(), oracle.bound.view());
    };
    comparison spread = compare(old, input_view(a).slice(0, 0, m, step), output.slice(0, 0, m, step));
    if (m <= 1) return spread;
    comparison end = compare(last, input_view(a).slice(0, m - 1, m), output.slice(0, m - 1, m));
    if (end.max_ratio > spread.max_ratio) std::swap(end, spread);
    spread.elements += end.elements;
    spread.wrong += end.wrong;
    return spread;
}
}  // namespace testing
TENFOLD_END
