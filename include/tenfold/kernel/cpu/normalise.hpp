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

/// The mean of a row, 0 unless it is taken away, and the sum of the squares of the differences to it.
struct row_moments {
    double mean;
    double squares;

    /// Of `n` elements <- with those of the `count` that follow [Chan, Golub & LeVeque 1983].
    void merge(double n, const row_moments& piece, double count) noexcept {
        const double share = count / (n + count);
        const double distance = piece.mean - mean;
        squares += piece.squares + distance * distance * (n * share);
        mean += distance * share;
    }
};

/// Where squares leave the range of float, or beside NaN and Inf: element by element in double.
template <bool Centred, class At>
row_moments moments_in_double(index_t count, const At& at) noexcept {
    row_moments m{0, 0};
    if (Centred) {
        for (index_t i = 0; i < count; ++i) m.mean += at(i);
        m.mean /= static_cast<double>(count);
    }
    for (index_t i = 0; i < count; ++i) m.squares += (at(i) - m.mean) * (at(i) - m.mean);
    return m;
}
/// What comes of it for `count` elements, of which the first has the parameters numbered `first`.
template <class C, class At, class To>
void normalise_in_double(const normalise_setting<C>& s, const row_moments& m, index_t first, index_t count, const At& at,
                         const To& to) noexcept {
    const double root = std::sqrt(m.squares / static_cast<double>(s.n) + s.epsilon);
    for (index_t i = 0; i < count; ++i) {
        const double value = (at(i) - m.mean) / root;
        to(i) = static_cast<C>(value * static_cast<double>(s.scale.values[(first + i) * s.scale.step]) +
                               static_cast<double>(s.bias.values[(first + i) * s.bias.step]));
    }
}
/// The elements of a row in a group, by number.
template <class C>
auto elements_of(row_direction direction, C* x, index_t x_step, index_t row) noexcept {
    const bool across = direction == row_direction::across;
    C* const from = across ? x + row : x + row * x_step;
    const index_t step = across ? x_step : 1;
    return [from, step](index_t i) -> C& { return from[i * step]; };
}
template <class C>
auto doubles_of(row_direction direction, const C* x, index_t x_step, index_t row) noexcept {
    return [at = elements_of(direction, x, x_step, row)](index_t i) { return static_cast<double>(at(i)); };
}

/// Sums of d = x - centre and of its square, and the centre, of each row of a group.
template <class C>
void group_statistics(int isa, row_direction direction, const row_statistics_arguments<C>& statistics) noexcept {
    if (direction == row_direction::across) {
        dispatch<column_statistics<C>>(isa, &statistics);
    } else {
        dispatch<row_statistics<C>>(isa, &statistics);
    }
}

/// Small squares that float has lost matter only beside a smaller epsilon still.
TENFOLD_INLINE bool keeps_digits(double mean_square, double epsilon) noexcept { return mean_square >= 1e-30 || epsilon >= 1e-24; }

/// 1 / the root of a mean square, which rounding may have left a little below 0.
TENFOLD_INLINE double inverse_root(double mean_square, double epsilon) noexcept {
    // A NaN must not meet the comparison, which a translation unit with -ffast-math may turn round.
    return is_nan(mean_square) ? mean_square : 1 / std::sqrt((mean_square < 0 ? 0 : mean_square) + epsilon);
}

/// The elements [first, first + count) of rows <- theirs, from what is known of each row.
template <class C>
void normalise_elements(const normalise_setting<C>& s, row_direction direction, const C* x, index_t x_step, C* y, index_t y_step,
                        index_t rows, index_t first, index_t count, const C* centre, const C* rest, const C* factor, const upcoming& next,
                        index_t ahead) noexcept {
    const normalise_arguments_of_rows<C> finish{x,
                                                y,
                                                x_step,
                                                y_step,
                                                rows,
                                                count,
                                                centre,
                                                rest,
                                                factor,
                                                s.scale.values + first * s.scale.step,
                                                s.bias.values + first * s.bias.step,
                                                s.scale.step,
                                                s.bias.step,
                                                next,
                                                ahead,
                                                direction == row_direction::streamed};
    if (direction == row_direction::across) {
        dispatch<normalise_columns<C>>(s.isa, &finish);
    } else {
        dispatch<normalise_rows<C>>(s.isa, &finish);
    }
}

template <bool Centred, class C>
void normalise_group(const normalise_setting<C>& s, row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows,
                     const upcoming& next) noexcept {
    C centre[most_rows] = {};
    C rest[most_rows];
    C factor[most_rows];
    C sums[most_rows];
    C squares[most_rows];
    group_statistics<C>(s.isa, direction, {x, x_step, rows, s.n, Centred ? &centre[0] : nullptr, sums, squares, next});
    const double share = 1 / static_cast<double>(s.n);
    bool fits = true;
    for (index_t row = 0; row < rows; ++row) {
        const double deviation = Centred ? static_cast<double>(sums[row]) * share : 0;
        const double mean_square = static_cast<double>(squares[row]) * share - deviation * deviation;
        const double inverse = inverse_root(mean_square, s.epsilon);
        rest[row] = static_cast<C>(deviation);
        factor[row] = static_cast<C>(inverse);
        fits = fits && keeps_digits(mean_square, s.epsilon) && is_finite(sums[row]) && is_finite(squares[row]) && inverse <= 1e38;
    }
    if constexpr (std::is_same_v<C, float>) {
        if (!fits) {
            for (index_t row = 0; row < rows; ++row) {
                const auto at = doubles_of(direction, x, x_step, row);
                normalise_in_double(s, moments_in_double<Centred>(s.n, at), 0, s.n, at, elements_of(direction, y, y_step, row));
            }
            return;
        }
    }
    normalise_elements(s, direction, x, x_step, y, y_step, rows, 0, s.n, centre, rest, factor, nothing_next(x),
                       ahead_of<C>(rows, s.n, y_step));
}

template <bool Centred, class C>
struct normalise_kernel {
    using state = row_moments;
    const normalise_setting<C>& setting;

    void whole(row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows,
               const upcoming& next) const noexcept {
        // Beside streaming stores the hardware alone asks for what comes next: 3 to 11 % faster than asking for it here.
        const bool streamed = direction == row_direction::streamed;
        normalise_group<Centred>(setting, direction, x, x_step, y, y_step, rows, streamed ? nothing_next(x) : next);
    }

    void absorb(row_direction direction, const C* x, index_t x_step, index_t rows, index_t first, index_t count, state* states,
                const upcoming& next) const noexcept {
        C centre[most_rows] = {};
        C sums[most_rows];
        C squares[most_rows];
        group_statistics<C>(setting.isa, direction, {x, x_step, rows, count, Centred ? &centre[0] : nullptr, sums, squares, next});
        const auto n = static_cast<double>(count);
        for (index_t row = 0; row < rows; ++row) {
            const double deviation = Centred ? static_cast<double>(sums[row]) / n : 0;
            const double excess = Centred ? static_cast<double>(sums[row]) * deviation : 0;  // an infinite sum times 0 would be NaN
            const double spread = static_cast<double>(squares[row]) - excess;
            state piece{static_cast<double>(centre[row]) + deviation, spread < 0 ? 0 : spread};
            const bool fits = is_finite(sums[row]) && is_finite(squares[row]) && keeps_digits(piece.squares / n, setting.epsilon);
            if (std::is_same_v<C, float> && !fits) piece = moments_in_double<Centred>(count, doubles_of(direction, x, x_step, row));
            if (first == 0) {
                states[row] = piece;
            } else {
                states[row].merge(static_cast<double>(first), piece, n);
            }
        }
    }

    void finish(row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows, index_t first, index_t count,
                const state* states, const upcoming& next) const noexcept {
        C centre[most_rows];
        C rest[most_rows];
        C factor[most_rows];
        bool fits = true;
        for (index_t row = 0; row < rows; ++row) {
            const double mean_square = states[row].squares / static_cast<double>(setting.n);
            const double inverse = inverse_root(mean_square, setting.epsilon);
            centre[row] = static_cast<C>(states[row].mean);
            rest[row] = static_cast<C>(states[row].mean - static_cast<double>(centre[row]));
            factor[row] = static_cast<C>(inverse);
            fits =
                fits && keeps_digits(mean_square, setting.epsilon) && is_finite(mean_square) && is_finite(centre[row]) && inverse <= 1e38;
        }
        if constexpr (std::is_same_v<C, float>) {
            if (!fits) {
                for (index_t row = 0; row < rows; ++row) {
                    normalise_in_double(setting, states[row], first, count, doubles_of(direction, x, x_step, row),
                                        elements_of(direction, y, y_step, row));
                }
                return;
            }
        }
        normalise_elements(setting, direction, x, x_step, y, y_step, rows, first, count, centre, rest, factor, next, 0);
    }
};

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
    return row_walk<C>(isa, a.x, a.y, along).run(op, where, a.x.data(), a.y.data(), normalise_kernel<Centred, C>{setting});
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
