// SPDX-License-Identifier: Apache-2.0
// softmax and log_softmax on the CPU: three passes over rows that stay in cache, else two over their pieces. [floor 4]
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/kernel/cpu/body/softmax_columns.hpp>
#include <tenfold/kernel/cpu/rows.hpp>
#include <tenfold/kernel/reference/convert_value.hpp>  // is_nan
#include <tenfold/op/softmax.hpp>

#include <cmath>

TENFOLD_BEGIN
/// One group of rows. `Step` ends it: softmax_scale keeps exponentials in y and divides them by their sum, which takes their scale
/// away (it lies in [1, n] times the scale: its reciprocal is a normal number); log_softmax_shift subtracts maximum and logarithm.
template <class Step, class C>
void softmax_group(int isa, row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows, index_t n,
                   const upcoming& next) noexcept {
    constexpr bool keep = std::is_same_v<Step, softmax_scale>;
    C maximum[most_rows];
    C totals[most_rows];
    C last[most_rows];
    const softmax_sums_arguments<C> sums{x,    keep ? y : nullptr,          x_step, y_step, rows, n, maximum, totals,
                                         next, ahead_of<C>(rows, n, y_step)};
    if (direction == row_direction::across) {
        dispatch<softmax_column_sums<C>>(isa, &sums);
    } else {
        dispatch<softmax_row_sums<C>>(isa, &sums);
    }
    for (index_t row = 0; row < rows; ++row) {
        last[row] = keep ? 1 / totals[row] : static_cast<C>(std::log(static_cast<double>(totals[row]) * exp_constants<C>::scale));
    }
    const C* const first = keep ? &last[0] : &maximum[0];
    // The exponentials that are kept in y are in cache: streaming the quotients would throw them out first.
    const bool streamed = !keep && direction == row_direction::streamed;
    const softmax_finish_arguments<C> finish{keep ? y : x, y,    keep ? y_step : x_step, y_step,  rows, n,
                                             first,        last, nothing_next(x),        streamed};
    if (direction == row_direction::across) {
        dispatch<softmax_column_finish<C, Step>>(isa, &finish);
    } else {
        dispatch<softmax_row_finish<C, Step>>(isa, &finish);
    }
}

/// The larger of the maxima so far and the sum of the exponentials, relative to it, with the scale of exp_scaled. NaN: a NaN or +Inf
/// was there; 0: nothing above -Inf.
struct softmax_state {
    double maximum;
    double sum;

    void merge(const softmax_state& piece) noexcept {
        // A NaN must not meet a comparison, which a translation unit with -ffast-math may turn round.
        if (is_nan(sum)) return;
        if (is_nan(piece.sum)) {
            *this = piece;
        } else if (piece.sum == 0) {
            return;
        } else if (sum == 0) {
            *this = piece;
        } else if (piece.maximum <= maximum) {
            sum += piece.sum * std::exp(piece.maximum - maximum);
        } else {
            sum = sum * std::exp(maximum - piece.maximum) + piece.sum;
            maximum = piece.maximum;
        }
    }
};

template <class Step, class C>
struct softmax_kernel {
    using state = softmax_state;
    int isa;
    index_t n;

    void whole(row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows,
               const upcoming& next) const noexcept {
        softmax_group<Step>(isa, direction, x, x_step, y, y_step, rows, n, next);
    }

    void absorb(row_direction direction, const C* x, index_t x_step, index_t rows, index_t first, index_t count, state* states,
                const upcoming& next) const noexcept {
        C maximum[most_rows];
        C totals[most_rows];
        const bool across = direction == row_direction::across;
        const softmax_sums_arguments<C> sums{x, nullptr, x_step, 0, rows, count, maximum, totals, next, 0};
        if (across) {
            dispatch<softmax_column_sums<C>>(isa, &sums);
        } else {
            dispatch<softmax_row_sums<C>>(isa, &sums);
        }
        for (index_t row = 0; row < rows; ++row) {
            state piece{static_cast<double>(maximum[row]), static_cast<double>(totals[row])};
            // -Inf - -Inf is NaN, but the maximum of the whole row may be larger. NaNs have passed it by.
            if (is_nan(piece.sum) && piece.maximum < 0 && !is_finite(piece.maximum)) {
                bool numbers = true;
                for (index_t i = 0; i < count; ++i) {
                    numbers = numbers && !is_nan(static_cast<double>(across ? x[i * x_step + row] : x[row * x_step + i]));
                }
                if (numbers) piece.sum = 0;
            }
            if (first == 0) {
                states[row] = piece;
            } else {
                states[row].merge(piece);
            }
        }
    }

    void finish(row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows, index_t, index_t count,
                const state* states, const upcoming& next) const noexcept {
        using step = std::conditional_t<std::is_same_v<Step, softmax_scale>, softmax_quotient, Step>;
        C maximum[most_rows];
        C last[most_rows];
        for (index_t row = 0; row < rows; ++row) {
            const double sum = states[row].sum;
            maximum[row] = static_cast<C>(states[row].maximum);  // where it is -Inf, every x - maximum is NaN
            last[row] = static_cast<C>(std::is_same_v<step, softmax_quotient> ? 1 / sum : std::log(sum * double{exp_constants<C>::scale}));
        }
        const softmax_finish_arguments<C> finish{x,     y,       x_step, y_step, rows,
                                                 count, maximum, last,   next,   direction == row_direction::streamed};
        if (direction == row_direction::across) {
            dispatch<softmax_column_finish<C, step>>(isa, &finish);
        } else {
            dispatch<softmax_row_finish<C, step>>(isa, &finish);
        }
    }
};

template <class Step, class X, class Y, std::size_t Rank, class Space>
status run_softmax(const char* op, const cpu& where, const softmax_arguments<X, Y, Rank, Space>& a) {
    using C = accumulator_t<X>;
    int isa = 0;
    if (status s = choose_isa(op, where, isa); !s.ok()) return s;
    if (a.y.empty()) return {};
    const std::size_t along = axis_from_front<Rank>(a.axis);
    const index_t n = a.x.extent(along);
    return row_walk<C>(isa, a.x, a.y, along).run(op, where, a.x.data(), a.y.data(), softmax_kernel<Step, C>{isa, n});
}

template <>
struct kernel<softmax_op, cpu> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cpu& where, const softmax_arguments<X, Y, Rank, Space>& a) {
        return run_softmax<softmax_scale>(softmax_op::name, where, a);
    }
};
template <>
struct kernel<log_softmax_op, cpu> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cpu& where, const softmax_arguments<X, Y, Rank, Space>& a) {
        return run_softmax<log_softmax_shift>(log_softmax_op::name, where, a);
    }
};
TENFOLD_END
