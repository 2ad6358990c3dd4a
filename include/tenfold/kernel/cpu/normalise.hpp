// SPDX-License-Identifier: Apache-2.0
// layer_norm and rms_norm on the CPU: statistics of a group of rows, then its elements while they are in cache. [floor 4]
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/kernel/cpu/body/normalise_rows.hpp>
#include <tenfold/kernel/cpu/body/row_moments.hpp>
#include <tenfold/kernel/cpu/rows.hpp>
#include <tenfold/op/normalise.hpp>

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

/// A row of a group, by number.
template <class C>
row_elements<C> elements_of(row_direction direction, C* x, index_t x_step, index_t row) noexcept {
    return direction == row_direction::across ? row_elements<C>{x + row, x_step} : row_elements<C>{x + row * x_step, 1};
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

/// The same where rows of floats are `beyond` their range: those go through double, from their moments, and the others do as they would
/// without them. A row's bits are its own, whichever rows share its group.
inline void normalise_beyond(const normalise_setting<float>& s, row_direction direction, const float* x, index_t x_step, float* y,
                             index_t y_step, index_t rows, index_t first, index_t count, const float* centre, const float* rest,
                             const float* factor, row_set beyond, const row_moments* moments) noexcept {
    static_assert(most_rows <= 64);  // bits of a row_set
    const auto is_beyond = [beyond](index_t row) { return (beyond >> row & 1) != 0; };
    const auto in_double = [&](index_t row, row_elements<const float> from, row_elements<float> to, index_t at, index_t many) {
        const auto parameters = [at](const row_parameter<float>& p) { return row_elements<const float>{p.values + at * p.step, p.step}; };
        normalise_in_double<float>({from, to, parameters(s.scale), parameters(s.bias), many, s.n, s.epsilon}, moments[row]);
    };
    if (direction != row_direction::across) {
        for (index_t row = 0; row < rows; ++row) {
            if (is_beyond(row)) {
                in_double(row, elements_of(direction, x, x_step, row), elements_of(direction, y, y_step, row), first, count);
            } else {
                normalise_elements(s, direction, x + row * x_step, x_step, y + row * y_step, y_step, 1, first, count, centre + row,
                                   rest + row, factor + row, nothing_next(x), 0);
            }
        }
        return;
    }
    // Their lanes wait aside while all lanes are computed, which may be in place.
    constexpr index_t most = 16;
    float aside[most_rows * most];
    for (index_t at = 0; at < count; at += most) {
        const index_t many = count - at < most ? count - at : most;
        for (index_t row = 0; row < rows; ++row) {
            if (is_beyond(row)) in_double(row, {x + at * x_step + row, x_step}, {aside + row * most, 1}, first + at, many);
        }
        normalise_elements(s, direction, x + at * x_step, x_step, y + at * y_step, y_step, rows, first + at, many, centre, rest, factor,
                           nothing_next(x), 0);
        for (index_t row = 0; row < rows; ++row) {
            for (index_t i = 0; is_beyond(row) && i < many; ++i) y[(at + i) * y_step + row] = aside[row * most + i];
        }
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
    [[maybe_unused]] const row_set beyond = finish_sums<Centred, C>({centre, sums, squares, rows, s.n, s.epsilon}, rest, factor);
    if constexpr (std::is_same_v<C, float>) {
        if (beyond != 0) {
            row_moments moments[most_rows];
            for (index_t row = 0; row < rows; ++row) {
                if ((beyond >> row & 1) != 0) moments[row] = moments_in_double<Centred>(elements_of(direction, x, x_step, row), s.n);
            }
            normalise_beyond(s, direction, x, x_step, y, y_step, rows, 0, s.n, centre, rest, factor, beyond, moments);
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
        const index_t x_row = direction == row_direction::across ? 1 : x_step;
        merge_sums<Centred, C>({centre, sums, squares, rows, count, setting.epsilon}, elements_of(direction, x, x_step, 0), x_row, first,
                               states);
    }

    void finish(row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows, index_t first, index_t count,
                const state* states, const upcoming& next) const noexcept {
        C centre[most_rows];
        C rest[most_rows];
        C factor[most_rows];
        [[maybe_unused]] const row_set beyond =
            finish_moments<C>(states, rows, setting.n, setting.epsilon, &centre[0], &rest[0], &factor[0]);
        if constexpr (std::is_same_v<C, float>) {
            if (beyond != 0) {
                normalise_beyond(setting, direction, x, x_step, y, y_step, rows, first, count, centre, rest, factor, beyond, states);
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
