// SPDX-License-Identifier: Apache-2.0
// Softmax: from the maximum and sum of each row of a group to what its elements are finished with.         [floor 4]
//
// Scalar code in entries of its own, rounded as in row_moments.hpp; logarithms and exponentials of single numbers are libm's.
#pragma once

#include <tenfold/kernel/cpu/body/row_moments.hpp>  // row_elements
#include <tenfold/kernel/cpu/body/softmax_rows.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// The larger of the maxima so far and the sum of the exponentials, relative to it, with the scale of exp_scaled. NaN: a NaN or +Inf
/// was there; 0: nothing above -Inf.
struct softmax_state {
    double maximum;
    double sum;
};

/// Not inlined: under -ffast-math glibc declares both as functions of vectors too, and a loop would take those, with other bits.
TENFOLD_FUNCTOR_ENTRY inline double single_exp(double x) noexcept { return __builtin_exp(x); }
TENFOLD_FUNCTOR_ENTRY inline double single_log(double x) noexcept { return __builtin_log(x); }

TENFOLD_BODY void merge_softmax(softmax_state& state, const softmax_state& piece) noexcept {
    TENFOLD_STRICT
    if (!is_a_number(state.sum)) return;
    if (!is_a_number(piece.sum) || state.sum == 0) {
        state = piece;
    } else if (piece.sum == 0) {
        return;
    } else if (piece.maximum <= state.maximum) {
        const double scaled = piece.sum * single_exp(piece.maximum - state.maximum);
        state.sum = state.sum + scaled;
    } else {
        const double scaled = state.sum * single_exp(state.maximum - piece.maximum);
        state = {piece.maximum, scaled + piece.sum};
    }
}

/// What takes the scale of exp_scaled away from a sum: its logarithm, or a factor for numbers that have the scale too.
template <class Step, class T>
TENFOLD_BODY double end_of_sum(double sum) noexcept {
    TENFOLD_STRICT
    return std::is_same_v<Step, log_softmax_shift> ? single_log(sum * double{exp_constants<T>::scale}) : 1 / sum;
}

/// last <- per row of a group.
template <class Step, class T>
TENFOLD_FUNCTOR_ENTRY void finish_totals(const T* totals, index_t rows, T* last) noexcept {
    TENFOLD_STRICT
    for (index_t row = 0; row < rows; ++row) {
        if constexpr (std::is_same_v<Step, softmax_scale>) {
            last[row] = 1 / totals[row];
        } else {
            last[row] = static_cast<T>(end_of_sum<Step, T>(static_cast<double>(totals[row])));
        }
    }
}

/// states of the rows <- with the maxima and totals of a piece of `count` elements, `first` or none before it; x: the piece of row 0,
/// rows x_row apart.
template <class T>
TENFOLD_FUNCTOR_ENTRY void merge_totals(const T* maximum, const T* totals, row_elements<const T> x, index_t x_row, index_t rows,
                                        index_t first, index_t count, softmax_state* states) noexcept {
    TENFOLD_STRICT
    for (index_t row = 0; row < rows; ++row) {
        softmax_state piece{static_cast<double>(maximum[row]), static_cast<double>(totals[row])};
        // -Inf - -Inf is NaN, but the maximum of the whole row may be larger. NaNs have passed it by.
        if (!is_a_number(piece.sum) && piece.maximum < 0 && !is_a_finite_number(piece.maximum)) {
            bool numbers = true;
            for (index_t i = 0; i < count; ++i) numbers = numbers && is_a_number(static_cast<double>(x.first[row * x_row + i * x.step]));
            if (numbers) piece.sum = 0;
        }
        if (first == 0) {
            states[row] = piece;
        } else {
            merge_softmax(states[row], piece);
        }
    }
}

/// maximum and last <- of rows whose pieces have all been merged. Where the maximum is -Inf, every x - maximum is NaN.
template <class Step, class T>
TENFOLD_FUNCTOR_ENTRY void finish_states(const softmax_state* states, index_t rows, T* maximum, T* last) noexcept {
    TENFOLD_STRICT
    for (index_t row = 0; row < rows; ++row) {
        maximum[row] = static_cast<T>(states[row].maximum);
        last[row] = static_cast<T>(end_of_sum<Step, T>(states[row].sum));
    }
}
TENFOLD_END
TENFOLD_BODIES_END
