// SPDX-License-Identifier: Apache-2.0
// layer_norm and rms_norm on the CPU: statistics of a group of rows, then its elements while they are in cache. [floor 4]
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/kernel/cpu/body/normalise_rows.hpp>
#include <tenfold/kernel/cpu/rows.hpp>
#include <tenfold/kernel/reference/convert_value.hpp>  // is_finite
#include <tenfold/op/normalise.hpp>

#include <cmath>

TENFOLD_BEGIN
/// Values for each element of a row, contiguous in the type computed in; with step 0 one vector's worth of the same value.
template <class C>
struct row_parameter {
    const C* values;
    index_t step;
};

/// What a group needs beside its elements.
template <class C>
struct normalise_setting {
    int isa;
    index_t n;
    double epsilon;
    row_parameter<C> scale, bias;
};

/// Groups with squares that leave the range of float, or with NaN or Inf: element by element in double.
template <bool Centred, class C>
void normalise_wide(const normalise_setting<C>& s, row_direction direction, const C* x, index_t x_step, C* y, index_t y_step,
                    index_t rows) noexcept {
    const bool along = direction != row_direction::across;
    const auto count = static_cast<double>(s.n);
    for (index_t row = 0; row < rows; ++row) {
        const auto at = [&](index_t i, index_t step) { return along ? row * step + i : row + i * step; };
        double means = 0;
        double squares = 0;
        if (Centred) {
            for (index_t i = 0; i < s.n; ++i) means += static_cast<double>(x[at(i, x_step)]);
            means /= count;
        }
        for (index_t i = 0; i < s.n; ++i) {
            const double d = static_cast<double>(x[at(i, x_step)]) - means;
            squares += d * d;
        }
        const double root = std::sqrt(squares / count + s.epsilon);
        for (index_t i = 0; i < s.n; ++i) {
            const double value = (static_cast<double>(x[at(i, x_step)]) - means) / root;
            y[at(i, y_step)] = static_cast<C>(value * static_cast<double>(s.scale.values[i * s.scale.step]) +
                                              static_cast<double>(s.bias.values[i * s.bias.step]));
        }
    }
}

template <bool Centred, class C>
void normalise_group(const normalise_setting<C>& s, row_direction direction, const C* x, index_t x_step, C* y, index_t y_step,
                     index_t rows) noexcept {
    C centre[most_rows] = {};
    C rest[most_rows];
    C factor[most_rows];
    C sums[most_rows];
    C squares[most_rows];
    const bool along = direction != row_direction::across;
    // Beside streaming stores the hardware alone asks for what comes next: 3 to 11 % faster than asking for it here.
    const index_t ahead = direction == row_direction::streamed ? 0 : ahead_of<C>(rows, s.n, x_step);
    const row_statistics_arguments<C> statistics{x, x_step, rows, s.n, Centred ? &centre[0] : nullptr, sums, squares, ahead};
    if (along) {
        dispatch<row_statistics<C>>(s.isa, &statistics);
    } else {
        dispatch<column_statistics<C>>(s.isa, &statistics);
    }
    const double share = 1 / static_cast<double>(s.n);
    bool fits = true;
    for (index_t row = 0; row < rows; ++row) {
        const double deviation = Centred ? static_cast<double>(sums[row]) * share : 0;
        const double mean_square = static_cast<double>(squares[row]) * share - deviation * deviation;
        // A NaN must not meet the comparison, which a translation unit with -ffast-math may turn round.
        const double inverse = is_nan(mean_square) ? mean_square : 1 / std::sqrt((mean_square < 0 ? 0 : mean_square) + s.epsilon);
        rest[row] = static_cast<C>(deviation);
        factor[row] = static_cast<C>(inverse);
        // Small squares that float has lost matter only beside a smaller epsilon still.
        const bool kept = mean_square >= 1e-30 || s.epsilon >= 1e-24;
        fits = fits && kept && is_finite(sums[row]) && is_finite(squares[row]) && inverse <= 1e38;
    }
    if constexpr (std::is_same_v<C, float>) {
        if (!fits) return normalise_wide<Centred>(s, direction, x, x_step, y, y_step, rows);
    }
    const normalise_arguments_of_rows<C> finish{x,
                                                y,
                                                x_step,
                                                y_step,
                                                rows,
                                                s.n,
                                                centre,
                                                rest,
                                                factor,
                                                s.scale.values,
                                                s.bias.values,
                                                s.scale.step,
                                                s.bias.step,
                                                ahead_of<C>(rows, s.n, y_step),
                                                direction == row_direction::streamed};
    if (along) {
        dispatch<normalise_rows<C>>(s.isa, &finish);
    } else {
        dispatch<normalise_columns<C>>(s.isa, &finish);
    }
}

template <bool Centred, class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
status run_normalise(const char* op, const cpu& where, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
    using C = accumulator_t<X>;
    int isa = 0;
    if (status s = choose_isa(op, where, isa); !s.ok()) return s;
    if (a.y.empty()) return {};
    const std::size_t along = axis_from_front<Rank>(a.axis);
    const index_t n = a.x.extent(along);

    constexpr index_t widest_vector = 64;
    const index_t parameter_bytes = round_up(n * index_t{sizeof(C)}, widest_vector);
    const scratch_buffer parameters(2 * parameter_bytes);
    if (!parameters) return scratch_failure(op, 2 * parameter_bytes);
    const auto widened = [&](bool present, const auto& view, index_t at, C without) -> row_parameter<C> {
        using P = typename std::remove_cvref_t<decltype(view)>::value_type;
        C* const copy = parameters.template at<C>(at);
        if (!present) {
            for (index_t i = 0; i < widest_vector / index_t{sizeof(C)}; ++i) copy[i] = without;
            return {copy, 0};
        }
        move_plane<C, P>(isa, {view.data(), 0, n == 1 ? 1 : view.stride(0), copy, 0, 1, 1, n, false});
        return {copy, 1};
    };
    const fp_environment ieee;
    const normalise_setting<C> setting{isa, n, a.options.epsilon, widened(a.has_scale, a.scale, 0, C{1}),
                                       widened(a.has_bias, a.bias, parameter_bytes, -C{})};
    return row_walk<C>(isa, a.x, a.y, along)
        .run(op, where, a.x.data(), a.y.data(),
             [&setting](row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows) {
                 normalise_group<Centred>(setting, direction, x, x_step, y, y_step, rows);
             });
}

template <>
struct kernel<layer_norm_op, cpu> {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const cpu& where, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
        return run_normalise<true>(layer_norm_op::name, where, a);
    }
};
template <>
struct kernel<rms_norm_op, cpu> {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const cpu& where, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
        return run_normalise<false>(rms_norm_op::name, where, a);
    }
};
TENFOLD_END
