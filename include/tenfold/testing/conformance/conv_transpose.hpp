// SPDX-License-Identifier: Apache-2.0
// Conformance of conv_transpose, and how results that are linear in two inputs are compared with the reference. [floor 6]
#pragma once

#include <tenfold/kernel/reference/conv_transpose.hpp>
#include <tenfold/op/conv_transpose.hpp>
#include <tenfold/testing/conformance/conv.hpp>

TENFOLD_BEGIN
namespace testing {
/// Extents of a call(where, a, b, c) that writes c, each element a sum of at most `terms` products.
template <std::size_t Rank>
struct product_case {
    index_array<Rank> a, b, c;
    index_t terms;
    std::string problem;
};

/// Integer data, where every partial sum is exact: equal bits on `where` and on the reference.
template <class T, class Out, std::size_t Rank, class Backend, class Call>
void check_products_exact(const Backend& where, conformance_report& report, generator& random, const product_case<Rank>& p,
                          const Call& call) {
    arranged<T, Rank> a(random, p.a, draw_input_arrangement(random));
    arranged<T, Rank> b(random, p.b, draw_input_arrangement(random));
    const arrangement how = draw_output_arrangement(random);
    generator twin = random;  // the same strides for both results
    arranged<Out, Rank> computed(random, p.c, how);
    arranged<Out, Rank> expected(twin, p.c, how);
    const index_t magnitude = exact_magnitude<T, accumulator_t<T>>(p.terms);
    fill_integers(a.view(), random, magnitude);
    fill_integers(b.view(), random, magnitude);
    const status s = call(where, a, b, computed);
    const status r = call(reference{}, a, b, expected);
    const auto describe = [&] { return p.problem + ", output " + name_of(how); };
    if (!report.check(s.ok() && r.ok(), [&] { return describe() + ": " + std::string(s.ok() ? r.message() : s.message()); })) return;
    report.check(compare_exact(computed.view(), expected.view()), std::string(dtype_traits<T>::name) + " exact", describe);
    report.check(computed.gaps_intact(), [&] { return describe() + ": wrote outside of the output"; });
    report.check(a.gaps_intact() && b.gaps_intact(), [&] { return describe() + ": wrote into an input's buffer"; });
}

/// Random data: the error stays within the bound, which holds for sums in any order.
template <class T, class Out, std::size_t Rank, class Backend, class Call>
void check_products_bounded(const Backend& where, conformance_report& report, generator& random, const product_case<Rank>& p,
                            const Call& call) {
    const distribution data = random.pick(all_distributions);
    arranged<T, Rank> a(random, p.a, draw_input_arrangement(random));
    arranged<T, Rank> b(random, p.b, draw_input_arrangement(random));
    arranged<Out, Rank> c(random, p.c, draw_output_arrangement(random));
    fill_random(a.view(), random, data);
    fill_random(b.view(), random, data);
    auto wide_a = materialised_as<double>(input_view(a));
    auto wide_b = materialised_as<double>(input_view(b));
    tensor<double, Rank> result(p.c);
    tensor<double, Rank> bound(p.c);
    const auto describe = [&] { return p.problem + " data " + name_of(data); };
    status s = call(reference{}, wide_a, wide_b, result);
    for (index_t i = 0; i < wide_a.size(); ++i) wide_a.data()[i] = std::abs(wide_a.data()[i]);
    for (index_t i = 0; i < wide_b.size(); ++i) wide_b.data()[i] = std::abs(wide_b.data()[i]);
    if (s.ok()) s = call(reference{}, wide_a, wide_b, bound);
    if (s.ok()) s = call(where, a, b, c);
    if (!report.check(s.ok(), [&] { return describe() + ": " + std::string(s.message()); })) return;
    constexpr rounding r = rounding_of<accumulator_t<T>, Out>();
    constexpr rounding r64 = rounding_of<double, double>();  // of the oracle
    for (index_t i = 0; i < bound.size(); ++i) {
        const double magnitude = bound.data()[i];
        bound.data()[i] = dot_bound(p.terms, p.terms, r, magnitude, result.data()[i]) + dot_bound(p.terms, p.terms, r64, magnitude, 0);
    }
    report.check(compare_bounded(c.view(), result.view(), bound.view()), dtype_traits<T>::name, describe);
    report.check(c.gaps_intact(), [&] { return describe() + ": wrote outside of the output"; });
}

/// A drawn convolution; deep ones are deep in the channels that the kernel under test sums over.
template <std::size_t Rank>
conv_case<Rank> draw_transposed_conv(generator& random) {
    static constexpr conv_kind kinds[] = {conv_kind::dense,     conv_kind::dense,     conv_kind::grouped,
                                          conv_kind::depthwise, conv_kind::pointwise, conv_kind::deep};
    conv_case<Rank> c = draw_conv<Rank>(random, random.pick(kinds));
    const std::size_t channel = channel_axis(c.options.layout, Rank);
    if (c.options.groups == 1 && random.chance(0.5)) {
        std::swap(c.w[0], c.w[channel]);
        std::swap(c.x[channel], c.y[channel]);
    }
    for (std::size_t i = 0; i + 2 < Rank; ++i) {
        if (!random.chance(0.2)) continue;  // strides beyond the window: positions that no tap reaches
        const std::size_t axis = first_spatial_axis(c.options.layout) + i;
        c.options.stride[i] = random.between(3, 7);
        const index_t span = c.options.dilation[i] * (c.w[axis] - 1) + 1;
        c.y[axis] = (c.x[axis] + c.options.padding[i].begin + c.options.padding[i].end - span) / c.options.stride[i] + 1;
    }
    return c;
}

template <class T, class Out, std::size_t Rank, class Backend>
void conformance_conv_transpose_rank(const Backend& where, conformance_report& report, int rounds) {
    generator random(report.seed() + Rank);
    for (int round = 0; round < rounds; ++round) {
        const conv_case<Rank> c = draw_transposed_conv<Rank>(random);
        const index_t terms = c.w[0] / c.options.groups * c.taps();
        const product_case<Rank> p{c.y, c.w, c.x, terms, "transposed " + problem_of<T, Out>(c)};
        const auto plain = [&](const auto& on, const auto& x, const auto& w, auto& y) {
            return conv_transpose(std::nothrow, on, x, w, y, c.options);
        };
        const auto indexed = [&](const auto& on, const auto& x, const auto& w, auto& y) {
            return conv_transpose(std::nothrow, on, x, w, y, c.options, index_epilogue{});
        };
        check_products_exact<T, Out>(where, report, random, p, plain);
        check_products_exact<T, Out>(where, report, random, p, indexed);
        check_products_bounded<T, Out>(where, report, random, p, plain);
    }
}

/// All cases of inputs of T: 1, 2 and 3 spatial axes, outputs of T and of the accumulator.
template <class Backend, class T>
void conformance_conv_transpose(const Backend& where, conformance_report& report) {
    if constexpr (is_floating_v<T>) {
        using accumulator = accumulator_t<T>;
        conformance_conv_transpose_rank<T, accumulator, 3>(where, report, 15);
        conformance_conv_transpose_rank<T, accumulator, 4>(where, report, 20);
        conformance_conv_transpose_rank<T, accumulator, 5>(where, report, 8);
        if constexpr (!std::is_same_v<T, accumulator>) conformance_conv_transpose_rank<T, T, 4>(where, report, 10);
    }
}
}  // namespace testing
TENFOLD_END
