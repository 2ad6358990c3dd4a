// SPDX-License-Identifier: Apache-2.0
// softmax and log_softmax on the CPU: three passes over rows that stay in cache, else two over their pieces. [floor 4]
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/kernel/cpu/body/softmax_columns.hpp>
#include <tenfold/kernel/cpu/body/softmax_totals.hpp>
#include <tenfold/kernel/cpu/rows.hpp>
#include <tenfold/op/softmax.hpp>

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
    finish_totals<Step>(&totals[0], rows, &last[0]);
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
        const row_elements<const C> elements{x, across ? x_step : 1};
        merge_totals(&maximum[0], &totals[0], elements, across ? 1 : x_step, rows, first, count, states);
    }

    void finish(row_direction direction, const C* x, index_t x_step, C* y, index_t y_step, index_t rows, index_t, index_t count,
                const state* states, const upcoming& next) const noexcept {
        using step = std::conditional_t<std::is_same_v<Step, softmax_scale>, softmax_quotient, Step>;
        C maximum[most_rows];
        C last[most_rows];
        finish_states<step>(states, rows, &maximum[0], &last[0]);
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
