// SPDX-License-Identifier: Apache-2.0
// Conformance of max_pool and average_pool: equal bits, NaN and zeros included; sums of integers are exact. [floor 6]
#pragma once

#include <tenfold/kernel/reference/pool.hpp>
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

TENFOLD_BEGIN
namespace testing {
/// Windows that fit the input and, with padding below their span, always meet it.
template <class Options, std::size_t Spatial>
Options draw_pool_options(generator& random, const index_array<Spatial>& input) {
    Options o;
    o.layout = random.chance(0.5) ? layout::nchw : layout::nhwc;
    for (std::size_t i = 0; i < Spatial; ++i) {
        const index_t window = random.between(1, 4);
        const index_t dilation = random.between(1, 2);
        const index_t span = dilation * (window - 1) + 1;
        o.window[i] = span <= input[i] ? window : 1;
        o.dilation[i] = o.window[i] > 1 ? dilation : 1;
        o.stride[i] = random.between(0, 3);
        const index_t most = o.window[i] > 1 && o.dilation[i] == 1 ? o.window[i] - 1 : 0;
        o.padding[i] = {random.between(0, most), random.between(0, most)};
    }
    return o;
}

template <class Op, class T, class Out, std::size_t Spatial, class Options, class Backend, class Call>
void check_pool_case(const Backend& where, conformance_report& report, generator& random, const Options& options,
                     const index_array<Spatial>& input, const Call& call) {
    index_array<Spatial + 2> extents = filled<Spatial + 2>(1);
    extents[0] = random.between(0, 2);
    extents[channel_axis(options.layout, Spatial + 2)] = random.chance(0.2) ? 65 : random.between(1, 20);
    for (std::size_t i = 0; i < Spatial; ++i) extents[first_spatial_axis(options.layout) + i] = input[i];
    arranged<T, Spatial + 2> x(random, extents, draw_input_arrangement(random));
    fill_integers(x.view(), random, 15);
    if constexpr (is_floating_v<T>) {
        static constexpr double special[] = {NAN, INFINITY, -INFINITY, -0.0, 0.0, -0.0};
        const double rate = random.chance(0.5) ? 0.1 : 0;
        for_each_index(extents, [&](const auto& i) {
            if (random.chance(rate)) x.view()(i) = narrow<T>(random.pick(special));
        });
    }
    status problem;
    const index_array<Spatial + 2> pooled =
        pool_extents(extents, pool_windows<Spatial>(Op::name, extents, options, problem), options.layout);
    const arrangement how = draw_output_arrangement(random);
    generator twin = random;
    arranged<Out, Spatial + 2> computed(random, pooled, how);
    arranged<Out, Spatial + 2> expected(twin, pooled, how);
    const auto describe = [&] {
        return std::string(Op::name) + " " + dtype_traits<T>::name + "->" + dtype_traits<Out>::name + " x " + tuple(extents) +
               (options.layout == layout::nchw ? " nchw" : " nhwc") + " window " + tuple(options.window) + " stride " +
               tuple(options.stride) + " dilation " + tuple(options.dilation) + " y " + name_of(how);
    };
    const status s = call(where, x, computed, options);
    const status r = call(reference{}, x, expected, options);
    if (!report.check(s.ok() && r.ok(), [&] { return describe() + ": " + std::string(s.ok() ? r.message() : s.message()); })) return;
    report.check(compare_exact(computed.view(), expected.view()), std::string(Op::name) + " " + dtype_traits<T>::name, describe);
    report.check(computed.gaps_intact() && x.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
}

template <class T, std::size_t Spatial, class Backend>
void conformance_pool_rank(const Backend& where, conformance_report& report, generator& random) {
    const auto maximum = [](const auto& on, const auto& x, auto& y, const max_pool_options<Spatial>& o) {
        return max_pool(std::nothrow, on, x, y, o);
    };
    const auto average = [](const auto& on, const auto& x, auto& y, const average_pool_options<Spatial>& o) {
        return average_pool(std::nothrow, on, x, y, o);
    };
    for (int round = 0; round < 40; ++round) {
        index_array<Spatial> input{};
        for (auto& e : input) e = random.between(1, Spatial == 3 ? 7 : 19);
        if (random.chance(0.2)) input[Spatial - 1] = 150;
        auto options = draw_pool_options<max_pool_options<Spatial>>(random, input);
        options.nan = random.chance(0.5) ? nan::propagate : nan::ignore;
        check_pool_case<max_pool_op, T, T>(where, report, random, options, input, maximum);
        if constexpr (is_floating_v<T>) {
            auto mean = draw_pool_options<average_pool_options<Spatial>>(random, input);
            mean.count_padding = random.chance(0.5);
            check_pool_case<average_pool_op, T, T>(where, report, random, mean, input, average);
            check_pool_case<average_pool_op, T, accumulator_t<T>>(where, report, random, mean, input, average);
        }
    }
}

template <class Backend, class T>
void conformance_pool(const Backend& where, conformance_report& report) {
    generator random(report.seed());
    conformance_pool_rank<T, 1>(where, report, random);
    conformance_pool_rank<T, 2>(where, report, random);
    conformance_pool_rank<T, 3>(where, report, random);
}
}  // namespace testing
TENFOLD_END
