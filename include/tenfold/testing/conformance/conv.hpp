// SPDX-License-Identifier: Apache-2.0
// Conformance of conv: exact on integer data, within the proved bound on random data, over windows, layouts and strides. [floor 6]
#pragma once

#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/reference/conv.hpp>
#include <tenfold/op/conv.hpp>
#include <tenfold/testing/conformance/matmul.hpp>  // index_epilogue
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

TENFOLD_BEGIN
namespace testing {
/// One convolution: extents that fit each other.
template <std::size_t Rank>
struct conv_case {
    index_array<Rank> x, w, y;
    conv_options<Rank - 2> options;
    [[nodiscard]] index_t terms() const noexcept { return w[0] == 0 ? 0 : element_count(w) / w[0]; }
    [[nodiscard]] index_t taps() const noexcept {
        index_t count = 1;
        for (std::size_t i = 0; i + 2 < Rank; ++i) count *= w[first_spatial_axis(options.layout) + i];
        return count;
    }
};
template <class T, class Out, std::size_t Rank>
std::string problem_of(const conv_case<Rank>& c) {
    std::string text = std::string("conv:") + dtype_traits<T>::name + "->" + dtype_traits<Out>::name +
                       (c.options.layout == layout::nchw ? ":nchw" : ":nhwc") + " x" + tuple(c.x) + " w" + tuple(c.w) + " stride " +
                       tuple(c.options.stride) + " dilation " + tuple(c.options.dilation) + " padding";
    for (const padding_pair& p : c.options.padding) text += " " + std::to_string(p.begin) + "," + std::to_string(p.end);
    return text + " groups " + std::to_string(c.options.groups);
}

/// What is drawn: one class of kernels each.
enum class conv_kind { dense, deep, grouped, depthwise, pointwise };

template <std::size_t Rank>
conv_case<Rank> draw_conv(generator& random, conv_kind kind) {
    constexpr std::size_t spatial = Rank - 2;
    constexpr index_t longest[] = {65, 19, 8};
    conv_case<Rank> c{};
    conv_options<spatial>& o = c.options;
    o.layout = random.chance(0.5) ? layout::nchw : layout::nhwc;
    const std::size_t channel = channel_axis(o.layout, Rank);
    const std::size_t first = first_spatial_axis(o.layout);
    index_t in = random.between(1, 37);
    index_t out = draw_extent(random, 49);
    switch (kind) {
        case conv_kind::deep:
            in = spatial == 1 ? 521 : 401;
            out = random.between(1, 5);
            break;
        case conv_kind::grouped:
            in = random.between(1, 5);
            out = random.between(1, 5);
            o.groups = random.between(2, 4);
            break;
        case conv_kind::depthwise:
            in = out = 1;
            o.groups = random.between(2, 70);
            break;
        default: break;
    }
    c.x[0] = c.y[0] = random.chance(0.05) ? 0 : random.between(1, 2);
    c.x[channel] = in * o.groups;
    c.w[0] = c.y[channel] = out * o.groups;
    c.w[channel] = in;
    for (std::size_t i = 0; i < spatial; ++i) {
        const index_t window = kind == conv_kind::pointwise ? 1 : random.between(1, kind == conv_kind::deep ? 2 : spatial == 1 ? 9 : 4);
        o.stride[i] = random.chance(0.5) ? 1 : random.between(1, 3);
        o.dilation[i] = random.chance(0.7) ? 1 : random.between(2, 4);
        o.padding[i] = {random.chance(0.4) ? 0 : random.between(0, 4), random.chance(0.4) ? 0 : random.between(0, 4)};
        const index_t span = o.dilation[i] * (window - 1) + 1;
        const index_t least = std::max<index_t>(0, span - o.padding[i].begin - o.padding[i].end);
        c.x[first + i] = (std::max)(least, draw_extent(random, kind == conv_kind::deep ? 5 : longest[spatial - 1]));
        c.w[first + i] = window;
        c.y[first + i] = (c.x[first + i] + o.padding[i].begin + o.padding[i].end - span) / o.stride[i] + 1;
    }
    return c;
}

/// Runs one case on `where` and on the reference with integer data, where every partial sum is exact: equal bits.
template <class T, class W, class Out, std::size_t Rank, class Backend>
void check_conv_exact(const Backend& where, conformance_report& report, generator& random, const conv_case<Rank>& c) {
    arranged<T, Rank> x(random, c.x, draw_input_arrangement(random));
    arranged<W, Rank> w(random, c.w, draw_input_arrangement(random));
    const arrangement how = draw_output_arrangement(random);
    generator twin = random;  // the same strides for both results
    arranged<Out, Rank> computed(random, c.y, how);
    arranged<Out, Rank> expected(twin, c.y, how);
    const index_t magnitude = exact_magnitude<T, accumulator_t<T>>(c.terms());
    fill_integers(x.view(), random, magnitude);
    fill_integers(w.view(), random, magnitude);

    const auto compare = [&](const char* what, const auto& epilogue) {
        const status s = conv(std::nothrow, where, x, w, computed, c.options, epilogue);
        const status r = conv(std::nothrow, reference{}, x, w, expected, c.options, epilogue);
        const auto describe = [&] { return problem_of<T, Out>(c) + " " + what + ", y " + name_of(how); };
        if (!report.check(s.ok() && r.ok(), [&] { return describe() + ": " + std::string(s.ok() ? r.message() : s.message()); })) return;
        report.check(compare_exact(computed.view(), expected.view()), std::string("conv ") + dtype_traits<T>::name + " exact", describe);
        report.check(computed.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
    };
    if (random.chance(0.6)) {
        compare("identity", identity{});
    } else {
        arranged<Out, 1> per_channel(random, {c.w[0]}, draw_input_arrangement(random));
        fill_integers(per_channel.view(), random, 15);
        compare("bias|index", bias(per_channel.view()) | index_epilogue{});
    }
    report.check(x.gaps_intact() && w.gaps_intact(), [&] { return problem_of<T, Out>(c) + ": wrote into an input's buffer"; });
}

/// Runs one case with random data: the error stays within the bound, which holds for sums in any order.
template <class T, class Out, std::size_t Rank, class Backend>
void check_conv_bounded(const Backend& where, conformance_report& report, generator& random, const conv_case<Rank>& c) {
    const distribution data = random.pick(all_distributions);
    arranged<T, Rank> x(random, c.x, draw_input_arrangement(random));
    arranged<T, Rank> w(random, c.w, draw_input_arrangement(random));
    arranged<Out, Rank> y(random, c.y, draw_output_arrangement(random));
    fill_random(x.view(), random, data);
    fill_random(w.view(), random, data);
    auto wide_x = materialised_as<double>(input_view(x));
    auto wide_w = materialised_as<double>(input_view(w));
    tensor<double, Rank> result(c.y);
    tensor<double, Rank> bound(c.y);
    conv(reference{}, wide_x, wide_w, result, c.options);
    for (index_t i = 0; i < wide_x.size(); ++i) wide_x.data()[i] = std::abs(wide_x.data()[i]);
    for (index_t i = 0; i < wide_w.size(); ++i) wide_w.data()[i] = std::abs(wide_w.data()[i]);
    conv(reference{}, wide_x, wide_w, bound, c.options);
    constexpr rounding r = rounding_of<accumulator_t<T>, Out>();
    constexpr rounding r64 = rounding_of<double, double>();  // of the oracle
    for (index_t i = 0; i < bound.size(); ++i) {
        const double magnitude = bound.data()[i];
        bound.data()[i] =
            dot_bound(c.terms(), c.terms(), r, magnitude, result.data()[i]) + dot_bound(c.terms(), c.terms(), r64, magnitude, 0);
    }
    const auto describe = [&] { return problem_of<T, Out>(c) + " data " + name_of(data); };
    const status s = conv(std::nothrow, where, x, w, y, c.options);
    if (!report.check(s.ok(), [&] { return describe() + ": " + std::string(s.message()); })) return;
    report.check(compare_bounded(y.view(), result.view(), bound.view()), std::string("conv ") + dtype_traits<T>::name, describe);
    report.check(y.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
}

template <class T, class W, class Out, std::size_t Rank, class Backend>
void conformance_conv_rank(const Backend& where, conformance_report& report, int rounds) {
    static constexpr conv_kind kinds[] = {conv_kind::dense, conv_kind::dense, conv_kind::grouped, conv_kind::depthwise,
                                          conv_kind::pointwise};
    generator random(report.seed() + Rank);
    for (int round = 0; round < rounds; ++round) {
        check_conv_exact<T, W, Out>(where, report, random, draw_conv<Rank>(random, random.pick(kinds)));
        if constexpr (is_floating_v<T>) check_conv_bounded<T, Out>(where, report, random, draw_conv<Rank>(random, random.pick(kinds)));
    }
    for (int round = 0; round < 3; ++round) check_conv_exact<T, W, Out>(where, report, random, draw_conv<Rank>(random, conv_kind::deep));
}

/// All convolution cases of inputs of T: 1, 2 and 3 spatial axes, outputs of T and of the accumulator, mixed signs for 8-bit types.
template <class Backend, class T>
void conformance_conv(const Backend& where, conformance_report& report) {
    using accumulator = accumulator_t<T>;
    conformance_conv_rank<T, T, accumulator, 3>(where, report, 20);
    conformance_conv_rank<T, T, accumulator, 4>(where, report, 30);
    conformance_conv_rank<T, T, accumulator, 5>(where, report, 12);
    if constexpr (is_floating_v<T> && !std::is_same_v<T, accumulator>) conformance_conv_rank<T, T, T, 4>(where, report, 20);
    if constexpr (sizeof(T) == 1) {
        using other = std::conditional_t<std::is_signed_v<T>, std::uint8_t, std::int8_t>;
        conformance_conv_rank<T, other, std::int32_t, 4>(where, report, 20);
        conformance_conv_rank<T, T, float, 3>(where, report, 10);
    }
}
}  // namespace testing
TENFOLD_END
