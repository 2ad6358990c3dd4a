// SPDX-License-Identifier: Apache-2.0
// Conformance of softmax and log_softmax: within the op's bound of the reference in double; special rows.  [floor 6]
#pragma once

#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/reference/softmax.hpp>
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

TENFOLD_BEGIN
namespace testing {
/// Extents of rank 3 with one axis to work along: short, as long as a few vectors, or long.
inline index_array<3> draw_row_extents(generator& random, std::size_t along) noexcept {
    index_array<3> extents{random.between(1, 3), draw_extent(random, 33), draw_extent(random, 65)};
    if (random.chance(0.5)) extents[along] = draw_extent(random, 257);
    if (random.chance(0.05)) extents[along] = 1531;
    return extents;
}
/// Numbers of one sign or both, small or wide apart; a few rows hold NaN, Inf or -Inf.
template <class T, std::size_t Rank>
void fill_row_data(tensor_view<T, Rank> x, generator& random) {
    static constexpr double scales[] = {1, 8, 30};
    static constexpr double special[] = {INFINITY, -INFINITY, -INFINITY, -0.0, NAN};
    const double scale = random.pick(scales);
    const double rate = random.chance(0.3) ? 0.01 : 0;
    fill(x, [&] { return random.chance(rate) ? random.pick(special) : scale * (2 * random.fraction() - 1); });
}

/// `Op` is softmax_op or log_softmax_op, `call` runs it. The oracle is the reference in double on the same values; for T =
/// double the bound also allows for the oracle's own sum of n terms.
template <class Op, class T, class Out, class Backend, class Call>
void check_softmax_case(const Backend& where, conformance_report& report, generator& random, const Call& call) {
    const auto along = static_cast<std::size_t>(random.below(3));
    const index_array<3> extents = draw_row_extents(random, along);
    const index_t axis = static_cast<index_t>(along) - (random.chance(0.5) ? 3 : 0);
    const arrangement how = draw_output_arrangement(random);
    arranged<T, 3> x(random, extents, draw_input_arrangement(random));
    arranged<Out, 3> y(random, extents, how);
    fill_row_data(x.view(), random);
    const auto wide = materialised_as<double>(input_view(x));
    tensor<double, 3> exact(extents);
    tensor<double, 3> bound(extents);
    const auto describe = [&] {
        return std::string(Op::name) + " " + dtype_traits<T>::name + "->" + dtype_traits<Out>::name + " " + tuple(extents) + " axis " +
               std::to_string(axis) + " y " + name_of(how);
    };
    const status s = call(where, x, axis, y);
    if (!report.check(s.ok() && call(reference{}, wide, axis, exact).ok(), [&] { return describe() + ": " + std::string(s.message()); }))
        return;
    constexpr rounding r = rounding_of<accumulator_t<T>, Out>();
    for_each_row(extents, axis, [&](index_t n, const auto& at) {
        double maximum = -INFINITY;
        for (index_t i = 0; i < n; ++i) maximum = wide.view()(at(i)) > maximum ? wide.view()(at(i)) : maximum;
        const double oracle_u = std::is_same_v<T, double> ? static_cast<double>(n) * 0x1p-53 : 0;
        for (index_t i = 0; i < n; ++i) {
            const double result = exact.view()(at(i));
            const double computing = r.accumulator * Op::error_bound(result, maximum - wide.view()(at(i)), n) +
                                     oracle_u * (std::is_same_v<Op, softmax_op> ? result : 1);
            bound.view()(at(i)) = computing + 2 * r.accumulator_underflow + r.output * (std::abs(result) + computing) + r.output_underflow;
        }
    });
    report.check(compare_bounded(y.view(), exact.view(), bound.view()), std::string(Op::name) + " " + dtype_traits<T>::name, describe);
    report.check(y.gaps_intact() && x.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });

    if constexpr (std::is_same_v<T, Out>) {  // in place: the same bits
        arranged<T, 3> z(random, extents, how);
        for_each_index(extents, [&](const index_array<3>& i) { z.view()(i) = x.view()(i); });
        tensor<T, 3> apart(extents);
        for_each_index(extents, [&](const index_array<3>& i) { apart.view()(i) = x.view()(i); });
        const bool ran = call(where, z, axis, z).ok() && call(where, apart, axis, apart).ok();
        report.check(ran && z.gaps_intact(), [&] { return describe() + ": in place"; });
        report.check(compare_bounded(z.view(), exact.view(), bound.view()), std::string(Op::name) + " " + dtype_traits<T>::name,
                     [&] { return describe() + " in place"; });
    }
}

template <class Backend, class T>
void conformance_softmax(const Backend& where, conformance_report& report) {
    if constexpr (is_floating_v<T>) {
        const auto plain = [](const auto& on, const auto& x, index_t axis, auto& y) { return softmax(std::nothrow, on, x, axis, y); };
        const auto logarithm = [](const auto& on, const auto& x, index_t axis, auto& y) {
            return log_softmax(std::nothrow, on, x, axis, y);
        };
        generator random(report.seed());
        for (int round = 0; round < 60; ++round) {
            check_softmax_case<softmax_op, T, T>(where, report, random, plain);
            check_softmax_case<log_softmax_op, T, T>(where, report, random, logarithm);
            if constexpr (!std::is_same_v<T, accumulator_t<T>>)
                check_softmax_case<softmax_op, T, accumulator_t<T>>(where, report, random, plain);
        }
    }
}
}  // namespace testing
TENFOLD_END
