// SPDX-License-Identifier: Apache-2.0
// Conformance of layer_norm and rms_norm: within the op's bound of the reference in double.                [floor 6]
#pragma once

#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/reference/normalise.hpp>
#include <tenfold/testing/conformance/softmax.hpp>  // draw_row_extents

TENFOLD_BEGIN
namespace testing {
/// Rows around an offset, so that a one-pass variance would lose its digits; some rows are constant, some hold NaN or Inf.
template <class T, std::size_t Rank>
void fill_norm_data(tensor_view<T, Rank> x, generator& random) {
    static constexpr double offsets[] = {0, 0, 3, 100};
    static constexpr double scales[] = {1, 10, 0};
    static constexpr double special[] = {INFINITY, -INFINITY, NAN};
    const double offset = random.pick(offsets);
    const double scale = random.pick(scales);
    const double rate = random.chance(0.2) ? 0.01 : 0;
    fill(x, [&] { return random.chance(rate) ? random.pick(special) : offset + scale * (2 * random.fraction() - 1); });
}

/// Centred: layer_norm, else rms_norm. The oracle is the reference in double; for T = double it is as inexact as what it
/// judges, in proportion to n: the bound allows for that.
template <bool Centred, class T, class Parameter, class Out, class Backend>
void check_normalise_case(const Backend& where, conformance_report& report, generator& random) {
    using op = std::conditional_t<Centred, layer_norm_op, rms_norm_op>;
    const auto along = static_cast<std::size_t>(random.below(3));
    const index_array<3> extents = draw_row_extents(random, along);
    const index_t axis = static_cast<index_t>(along) - (random.chance(0.5) ? 3 : 0);
    const bool weighted = random.chance(0.6);
    const normalise_options options{.epsilon = random.chance(0.5) ? 1e-5 : 1e-3};
    const arrangement how = draw_output_arrangement(random);
    arranged<T, 3> x(random, extents, draw_input_arrangement(random));
    arranged<Parameter, 1> scale(random, {extents[along]}, draw_input_arrangement(random));
    arranged<T, 1> bias(random, {extents[along]}, draw_input_arrangement(random));
    arranged<Out, 3> y(random, extents, how);
    fill_norm_data(x.view(), random);
    fill_random(scale.view(), random);
    fill_random(bias.view(), random);
    const auto describe = [&] {
        return std::string(op::name) + " " + dtype_traits<T>::name + "->" + dtype_traits<Out>::name + " " + tuple(extents) + " axis " +
               std::to_string(axis) + (weighted ? " weighted" : "") + " y " + name_of(how);
    };
    const auto call = [&](const auto& on, const auto& in, const auto& factor, const auto& shift, auto& out) {
        if constexpr (Centred) {
            return weighted ? layer_norm(std::nothrow, on, in, axis, factor, shift, out, options)
                            : layer_norm(std::nothrow, on, in, axis, out, options);
        } else {
            return weighted ? rms_norm(std::nothrow, on, in, axis, factor, out, options)
                            : rms_norm(std::nothrow, on, in, axis, out, options);
        }
    };
    const auto wide = materialised_as<double>(input_view(x));
    tensor<double, 3> exact(extents);
    tensor<double, 3> normalised(extents);
    tensor<double, 3> bound(extents);
    const status s = call(where, x, scale, bias, y);
    const bool judged =
        call(reference{}, wide, materialised_as<double>(input_view(scale)), materialised_as<double>(input_view(bias)), exact).ok();
    if (!report.check(s.ok() && judged, [&] { return describe() + ": " + std::string(s.message()); })) return;
    if (Centred) report.check(layer_norm(std::nothrow, reference{}, wide, axis, normalised, options).ok(), describe);

    constexpr rounding r = rounding_of<accumulator_t<T>, Out>();
    for_each_row(extents, axis, [&](index_t n, const auto& at) {
        double squares = 0;
        for (index_t i = 0; i < n; ++i) squares += wide.view()(at(i)) * wide.view()(at(i));
        for (index_t i = 0; i < n; ++i) {
            const double result = exact.view()(at(i));
            const double factor = weighted ? std::abs(as_double(scale.view()(i))) : 1;
            const double shift = weighted ? std::abs(as_double(bias.view()(i))) : 0;
            double computing = r.accumulator;
            if constexpr (Centred) {
                computing *= op::error_bound(normalised.view()(at(i)), factor, shift, result);
            } else {
                computing *= op::error_bound(result);
            }
            if (std::is_same_v<T, double>) { computing += static_cast<double>(n + 4) * 0x1p-53 * (std::abs(result) + factor + shift); }
            bound.view()(at(i)) = computing + 2 * r.accumulator_underflow + r.output * (std::abs(result) + computing) + r.output_underflow;
        }
    });
    report.check(compare_bounded(y.view(), exact.view(), bound.view()), std::string(op::name) + " " + dtype_traits<T>::name, describe);
    report.check(y.gaps_intact() && x.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
    if constexpr (std::is_same_v<T, Out>) {
        arranged<T, 3> z(random, extents, how);
        for_each_index(extents, [&](const index_array<3>& i) { z.view()(i) = x.view()(i); });
        report.check(call(where, z, scale, bias, z).ok() && z.gaps_intact(), [&] { return describe() + ": in place"; });
        report.check(compare_bounded(z.view(), exact.view(), bound.view()), std::string(op::name) + " " + dtype_traits<T>::name,
                     [&] { return describe() + " in place"; });
    }
}

template <class Backend, class T>
void conformance_normalise(const Backend& where, conformance_report& report) {
    if constexpr (is_floating_v<T>) {
        using wide = accumulator_t<T>;
        generator random(report.seed());
        for (int round = 0; round < 60; ++round) {
            check_normalise_case<true, T, T, T>(where, report, random);
            check_normalise_case<false, T, wide, T>(where, report, random);
            if constexpr (!std::is_same_v<T, wide>) check_normalise_case<true, T, wide, wide>(where, report, random);
        }
    }
}
}  // namespace testing
TENFOLD_END
