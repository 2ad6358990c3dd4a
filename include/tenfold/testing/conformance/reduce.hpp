// SPDX-License-Identifier: Apache-2.0
// Conformance of the reductions: exact on integers and orderings, within bounds on random data, over all layouts. [floor 6]
#pragma once

#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/reference/reduce.hpp>
#include <tenfold/op/reduce.hpp>
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

#include <functional>

TENFOLD_BEGIN
namespace testing {
/// `Count` different axes of a rank, in any order, some counted from the end.
template <std::size_t Count>
axes<Count> draw_axes(generator& random, std::size_t rank) {
    index_t order[16] = {};
    for (std::size_t i = 0; i < rank; ++i) order[i] = static_cast<index_t>(i);
    index_array<Count> list{};
    for (std::size_t i = 0; i < Count; ++i) {
        std::swap(order[i], order[i + static_cast<std::size_t>(random.below(static_cast<index_t>(rank - i)))]);
        list[i] = random.chance(0.5) ? order[i] : order[i] - static_cast<index_t>(rank);
    }
    return axes<Count>(list);
}

/// Extents that meet every kernel: one long axis at a random place, tiny ones beside it, sometimes none.
inline index_array<4> draw_reduction_extents(generator& random) {
    index_array<4> extents{};
    for (auto& e : extents) e = draw_extent(random, 7);
    extents[static_cast<std::size_t>(random.below(4))] = draw_extent(random, 257);
    if (random.chance(0.5)) extents[static_cast<std::size_t>(random.below(4))] = draw_extent(random, 33);
    return extents;
}

/// Every few elements one that orderings must get right: NaN of both signs, zeros of both signs, infinities.
template <class T, std::size_t Rank>
void fill_special(tensor_view<T, Rank> view, generator& random) {
    if constexpr (is_floating_v<T>) {
        const double list[] = {-0.0, 0.0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, -NAN};
        const index_t kinds = random.between(1, 9);  // often no infinity or NaN at all
        fill(view, [&] { return list[random.below(kinds)]; });
    } else {
        fill_integers(view, random, random.below(3));
    }
}

template <class T, std::size_t Count>
std::string reduction_text(const char* op, const index_array<4>& extents, const axes<Count>& list) {
    return std::string(op) + ":" + dtype_traits<T>::name + " " + tuple(extents) + " axes " + tuple(list.values);
}

/// A reduction of one x, without its type: what is compared, and how, is then compiled once for all of them.
template <class Y, std::size_t OutRank>
using reduction_into = std::function<status(const tensor_view<Y, OutRank>& y)>;

/// One reduction of x on a backend and on the reference: equal values, nothing else written.
template <class Y, std::size_t OutRank, class T, std::size_t Count>
void check_exact(conformance_report& report, generator& random, const char* name, const index_array<4>& x, const axes<Count>& list,
                 const reduction_into<Y, OutRank>& run, const reduction_into<Y, OutRank>& run_reference) {
    const auto extents = kept_extents<OutRank>(x, resolve_axes<4>(name, list));
    const arrangement how = draw_output_arrangement(random);
    generator twin = random;
    arranged<Y, OutRank> computed(random, extents, how);
    arranged<Y, OutRank> expected(twin, extents, how);
    const status s = run(computed.view());
    const status r = run_reference(expected.view());
    const std::function<std::string()> describe = [&] {
        return reduction_text<T>(name, x, list) + " into " + dtype_traits<Y>::name + " " + name_of(how) + ": status '" +
               std::string(s.message()) + "'";
    };
    report.check(s.code() == r.code(), describe);
    if (!s.ok() || !r.ok()) return;
    report.check(compare_exact(computed.view(), expected.view()), std::string("reduce exact ") + dtype_traits<T>::name, describe);
    report.check(computed.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
}
template <class Y, std::size_t OutRank, class Op, class Options, class X, class Backend, std::size_t Count>
void check_reduction_exact(const Backend& where, conformance_report& report, generator& random, const char* name, const Op& op,
                           const Options& options, const X& x, const axes<Count>& list) {
    using view = tensor_view<Y, OutRank>;
    check_exact<Y, OutRank, typename X::element_type>(
        report, random, name, x.view().extents(), list, [&](const view& y) { return op(std::nothrow, where, x.view(), list, y, options); },
        [&](const view& y) { return op(std::nothrow, reference{}, x.view(), list, y, options); });
}

/// What a result may be off by: of n elements whose magnitudes add up to `size`.
using reduction_bound = std::function<double(index_t n, double size, double result)>;

/// One reduction of x on a backend against the reference in double.
template <class Y, std::size_t OutRank, class T, std::size_t Count>
void check_bounded(conformance_report& report, generator& random, const char* name, const tensor_view<const T, 4>& x,
                   const axes<Count>& list, const reduction_into<Y, OutRank>& run,
                   const std::function<status(const tensor_view<const double, 4>&, const tensor_view<double, OutRank>&)>& run_reference,
                   const reduction_bound& bound) {
    const auto resolved = resolve_axes<4>(name, list);
    const auto extents = kept_extents<OutRank>(x.extents(), resolved);
    arranged<Y, OutRank> computed(random, extents, draw_output_arrangement(random));
    tensor<double, OutRank> expected(extents);
    tensor<double, OutRank> magnitude(extents);
    const auto wide = materialised_as<double>(x);
    const status s = run(computed.view());
    const status r = run_reference(wide.view(), expected.view());
    const status m = norm1(std::nothrow, reference{}, wide.view(), list, magnitude.view());
    const std::function<std::string()> describe = [&] {
        return reduction_text<T>(name, x.extents(), list) + " into " + dtype_traits<Y>::name + ": " + std::string(s.message());
    };
    if (!report.check(s.ok() && r.ok() && m.ok(), describe)) return;
    const index_t n = reduced_count(x.extents(), resolved);
    const auto allowed = [&](const index_array<OutRank>& at) { return bound(n, magnitude.view()(at), expected.view()(at)); };
    report.check(compare_bounded(computed.view(), expected.view(), allowed), std::string(name) + " " + dtype_traits<T>::name, describe);
    report.check(computed.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
}
template <class Y, std::size_t OutRank, class Op, class Options, class X, class Backend, std::size_t Count>
void check_reduction_bounded(const Backend& where, conformance_report& report, generator& random, const char* name, const Op& op,
                             const Options& options, const X& x, const axes<Count>& list, const reduction_bound& bound) {
    const tensor_view<const typename X::element_type, 4> view = x.view();
    check_bounded<Y, OutRank>(
        report, random, name, view, list, [&](const tensor_view<Y, OutRank>& y) { return op(std::nothrow, where, view, list, y, options); },
        [&](const tensor_view<const double, 4>& wide, const tensor_view<double, OutRank>& y) {
            return op(std::nothrow, reference{}, wide, list, y, options);
        },
        bound);
}

/// All reductions of floating-point x into Y over one list of axes. The bounds hold for sums in any order, in the
/// accumulator of T, and allow for the oracle's own error in double.
template <class Y, std::size_t OutRank, class X, class Backend, std::size_t Count>
void check_real_reductions(const Backend& where, conformance_report& report, generator& random, const X& x, const axes<Count>& list) {
    using T = typename X::element_type;
    constexpr rounding r = rounding_of<sum_type_t<T>, Y>();
    const auto bounded = [&](const char* name, const auto& op, const auto& options, const auto& bound) {
        check_reduction_bounded<Y, OutRank>(where, report, random, name, op, options, x, list, bound);
    };
    bounded("sum", reduction<sum_reducer>{}, sum_options{},
            [&](index_t n, double size, double result) { return sum_bound(2 * n, r, size, result); });
    bounded("norm1", reduction<norm1_reducer>{}, sum_options{},
            [&](index_t n, double size, double result) { return sum_bound(2 * n, r, size, result); });
    bounded("mean", reduction<mean_reducer>{}, sum_options{}, [&](index_t n, double size, double result) {
        return sum_bound(2 * n + 2, r, size / static_cast<double>(n > 0 ? n : 1), result);
    });
    bounded("norm2", reduction<norm2_reducer>{}, no_options{},
            [&](index_t n, double, double result) { return sum_bound(2 * n + 4, r, result, result); });
    // Terms of log_sum_exp carry the rounding of x - m and the error of exp, 2 ulp; log turns relative into absolute error.
    bounded("log_sum_exp", reduction<log_sum_exp_reducer>{}, no_options{},
            [&](index_t n, double, double result) { return sum_bound(2 * n + 32, r, 1 + std::abs(result), result); });
    // Two passes: (n + 3) u relative, plus the mean's own error, which enters squared.
    const double correction = random.chance(0.5) ? 1 : 0;
    bounded("variance", reduction<variance_reducer>{}, variance_options{correction}, [&](index_t n, double size, double result) {
        const double off = gamma(n + 2, r.accumulator) * size / static_cast<double>(n > 0 ? n : 1);
        return sum_bound(2 * n + 8, r, std::abs(result), result) + 4 * off * off;
    });
}

/// Everything over one list of axes.
template <class T, std::size_t OutRank, std::size_t Count, class Backend>
void check_reductions(const Backend& where, conformance_report& report, generator& random) {
    const auto list = draw_axes<Count>(random, 4);
    const auto extents = draw_reduction_extents(random);
    arranged<T, 4> x(random, extents, draw_input_arrangement(random));
    const auto exact = [&](const char* name, const auto& op, const auto& options, auto y) {
        check_reduction_exact<decltype(y), OutRank>(where, report, random, name, op, options, x, list);
    };
    fill_integers(x.view(), random, is_floating_v<T> ? 2 : 1000);
    exact("sum", reduction<sum_reducer>{}, sum_options{}, typename sum_reducer::result<T>{});
    if constexpr (is_floating_v<T>) {
        exact("norm1", reduction<norm1_reducer>{}, sum_options{}, T{});
    } else {
        exact("prod", reduction<prod_reducer>{}, sum_options{}, index_t{});
        exact("sum", reduction<sum_reducer>{}, sum_options{}, std::int8_t{});
        exact("prod", reduction<prod_reducer>{}, sum_options{}, T{});
    }
    fill_special(x.view(), random);
    exact("max", reduction<max_reducer>{}, extremum_options{}, T{});
    exact("min", reduction<min_reducer>{}, extremum_options{}, T{});
    exact("max ignoring NaN", reduction<max_reducer>{}, extremum_options{tenfold::nan::ignore}, T{});
    exact("min ignoring NaN", reduction<min_reducer>{}, extremum_options{tenfold::nan::ignore}, T{});
    exact("any", reduction<any_reducer>{}, no_options{}, bool{});
    exact("all", reduction<all_reducer>{}, no_options{}, std::uint8_t{});
    fill_integers(x.view(), random, 1000);
    exact("max", reduction<max_reducer>{}, extremum_options{}, T{});
    exact("min", reduction<min_reducer>{}, extremum_options{}, T{});
    if constexpr (is_floating_v<T>) {
        exact("sum", reduction<sum_reducer>{}, sum_options{}, T{});  // of integers: the order of the terms does not show
        fill_random(x.view(), random, random.pick(all_distributions));
        check_real_reductions<T, OutRank>(where, report, random, x, list);
        constexpr sum_options everywhere{determinism::cross_device};  // of rounded sums, too, every bit
        exact("sum on any device", reduction<sum_reducer>{}, everywhere, T{});
        exact("mean on any device", reduction<mean_reducer>{}, everywhere, T{});
        exact("norm1 on any device", reduction<norm1_reducer>{}, everywhere, T{});
        exact("prod on any device", reduction<prod_reducer>{}, everywhere, T{});
        if constexpr (sizeof(T) == 2) check_real_reductions<float, OutRank>(where, report, random, x, list);
        fill(x.view(), [&] { return (random.chance(0.5) ? 1 : -1) * std::exp2((random.fraction() - 0.5) / 16); });  // no product overflows
        check_reduction_bounded<T, OutRank>(
            where, report, random, "prod", reduction<prod_reducer>{}, sum_options{}, x, list,
            [](index_t n, double, double result) { return sum_bound(2 * n, rounding_of<sum_type_t<T>, T>(), std::abs(result), result); });
    }
    report.check(x.gaps_intact(), [&] { return reduction_text<T>("reduce", extents, list) + ": wrote into x's buffer"; });
}

/// A monoid that does not commute: of 2 x 2 matrices modulo 2^64, ((1, x), (0, 1)) and ((1, 0), (x, 1)) in turn.
struct matrix_monoid {
    struct value_type {
        std::uint64_t a, b, c, d;
    };
    TENFOLD_ANYWHERE value_type identity() const noexcept { return {1, 0, 0, 1}; }
    TENFOLD_ANYWHERE value_type operator()(const value_type& l, const value_type& r) const noexcept {
        return {l.a * r.a + l.b * r.c, l.a * r.b + l.b * r.d, l.c * r.a + l.d * r.c, l.c * r.b + l.d * r.d};
    }
    template <class T>
    TENFOLD_ANYWHERE value_type map(T x) const noexcept {
        const auto v = static_cast<std::uint64_t>(static_cast<index_t>(static_cast<double>(x)));
        return v % 2 == 0 ? value_type{1, v, 0, 1} : value_type{1, 0, v, 1};
    }
    TENFOLD_ANYWHERE index_t finish(const value_type& m) const noexcept {
        return static_cast<index_t>(m.a ^ (m.b * 3) ^ (m.c * 5) ^ (m.d * 7));
    }
};
template <class T, std::size_t OutRank, std::size_t Count, class Backend>
void check_monoid(const Backend& where, conformance_report& report, generator& random) {
    const auto list = draw_axes<Count>(random, 4);
    auto extents = draw_reduction_extents(random);
    if (Count == 4) extents = {13, 7, 11, 17};  // more than one chunk
    arranged<T, 4> x(random, extents, draw_input_arrangement(random));
    fill_integers(x.view(), random, 100);
    const auto kept = kept_extents<OutRank>(extents, resolve_axes<4>("reduce", list));
    tensor<index_t, OutRank> computed(kept);
    tensor<index_t, OutRank> expected(kept);
    const status s = reduce(std::nothrow, where, x, list, matrix_monoid{}, computed);
    const status r = reduce(std::nothrow, reference{}, x, list, matrix_monoid{}, expected);
    const auto describe = [&] { return reduction_text<T>("reduce", extents, list) + ": " + std::string(s.message()); };
    if (report.check(s.ok() && r.ok(), describe)) report.check(compare_exact(computed.view(), expected.view()), "reduce monoid", describe);
}

template <class Backend, class T>
void conformance_reduce(const Backend& where, conformance_report& report) {
    generator random(report.seed());
    for (int round = 0; round < 30; ++round) {
        check_reductions<T, 3, 1>(where, report, random);  // the axes that are left
        check_reductions<T, 4, 2>(where, report, random);  // reduced axes keep extent 1
        if (round % 5 == 0) check_monoid<T, 2, 2>(where, report, random);
        if (round % 10 == 0) check_monoid<T, 0, 4>(where, report, random);
        if (round % 3 == 0) check_reductions<T, 4, 4>(where, report, random);  // check_monoid leaves no axis
        if (round % 6 == 0) check_reductions<T, 4, 0>(where, report, random);
    }
}
}  // namespace testing
TENFOLD_END
