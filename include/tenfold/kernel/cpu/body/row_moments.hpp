// SPDX-License-Identifier: Apache-2.0
// Norms: from the sums of each row of a group to its mean and factor, and rows that only double can hold.   [floor 4]
//
// Scalar code in entries of its own, where each product and each sum is rounded: no flag of the consumer's moves a bit. g++ has
// contraction off there; clang fuses what stands in one expression, so a product that is added to something has a name.
#pragma once

#include <tenfold/kernel/cpu/body/row_vectors.hpp>

#include <cstdint>
#include <type_traits>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// The mean of a row, 0 unless it is taken away, and the sum of the squares of the differences to it.
struct row_moments {
    double mean;
    double squares;
};

/// A row wherever it lies.
template <class T>
struct row_elements {
    T* first;
    index_t step;
};

/// A set of rows of a group: bit i is row i.
using row_set = std::uint64_t;

/// By bits: no flag may take these away.
TENFOLD_BODY bool is_a_number(double x) noexcept { return __builtin_bit_cast(std::uint64_t, x) << 1 <= 0xffe0000000000000u; }
TENFOLD_BODY bool is_a_finite_number(double x) noexcept { return __builtin_bit_cast(std::uint64_t, x) << 1 < 0xffe0000000000000u; }

/// Not below 0, where rounding may have left it; NaN stays.
TENFOLD_BODY double not_negative(double x) noexcept {
    TENFOLD_STRICT
    return is_a_number(x) && x < 0 ? 0 : x;
}

/// Small squares that float has lost matter only beside a smaller epsilon still.
TENFOLD_BODY bool keeps_digits(double mean_square, double epsilon) noexcept {
    TENFOLD_STRICT
    return mean_square >= 1e-30 || epsilon >= 1e-24;
}

/// moments of `n` elements <- with those of the `count` that follow [Chan, Golub & LeVeque 1983].
TENFOLD_BODY void merge_moments(row_moments& moments, double n, const row_moments& piece, double count) noexcept {
    TENFOLD_STRICT
    const double share = count / (n + count);
    const double distance = piece.mean - moments.mean;
    const double between = distance * distance * (n * share);
    const double shift = distance * share;
    const double added = piece.squares + between;
    moments.squares = moments.squares + added;
    moments.mean = moments.mean + shift;
}

/// Where squares leave the range of float, or beside NaN and Inf: element by element in double.
template <bool Centred, class T>
TENFOLD_FUNCTOR_ENTRY row_moments moments_in_double(row_elements<const T> x, index_t count) noexcept {
    TENFOLD_STRICT
    row_moments m{0, 0};
    if (Centred) {
        for (index_t i = 0; i < count; ++i) m.mean += static_cast<double>(x.first[i * x.step]);
        m.mean /= static_cast<double>(count);
    }
    for (index_t i = 0; i < count; ++i) {
        const double distance = static_cast<double>(x.first[i * x.step]) - m.mean;
        const double square = distance * distance;
        m.squares += square;
    }
    return m;
}

template <class T>
struct elements_in_double {
    row_elements<const T> x;
    row_elements<T> y;
    row_elements<const T> scale, bias;
    index_t count;
    index_t n;  ///< of the row
    double epsilon;
};
/// y <- (x - mean) / root scale + bias.
template <class T>
TENFOLD_FUNCTOR_ENTRY void normalise_in_double(const elements_in_double<T>& a, const row_moments& m) noexcept {
    TENFOLD_STRICT
    const double root = __builtin_sqrt(m.squares / static_cast<double>(a.n) + a.epsilon);
    for (index_t i = 0; i < a.count; ++i) {
        const double value = (static_cast<double>(a.x.first[i * a.x.step]) - m.mean) / root;
        const double scaled = value * static_cast<double>(a.scale.first[i * a.scale.step]);
        a.y.first[i * a.y.step] = static_cast<T>(scaled + static_cast<double>(a.bias.first[i * a.bias.step]));
    }
}

/// What statistics of a group or of a piece of it found: per row the rounded mean and, of d = x - centre, the sum and that of d^2.
template <class T>
struct group_sums {
    const T* centre;
    const T* sums;
    const T* squares;
    index_t rows, n;
    double epsilon;
};

/// rest <- what the centre lacks of the mean, factor <- 1 / root, of each row. Gives the rows that T cannot hold.
template <bool Centred, class T>
TENFOLD_FUNCTOR_ENTRY row_set finish_sums(const group_sums<T>& a, T* rest, T* factor) noexcept {
    TENFOLD_STRICT
    const double share = 1 / static_cast<double>(a.n);
    row_set beyond = 0;
    for (index_t row = 0; row < a.rows; ++row) {
        const double deviation = Centred ? static_cast<double>(a.sums[row]) * share : 0;
        const double square_of_deviation = deviation * deviation;
        const double square = static_cast<double>(a.squares[row]) * share;
        const double mean_square = square - square_of_deviation;
        const double inverse = 1 / __builtin_sqrt(not_negative(mean_square) + a.epsilon);
        rest[row] = static_cast<T>(deviation);
        factor[row] = static_cast<T>(inverse);
        const bool fits = keeps_digits(mean_square, a.epsilon) && is_a_finite_number(static_cast<double>(a.sums[row])) &&
                          is_a_finite_number(static_cast<double>(a.squares[row])) && inverse <= 1e38;
        beyond |= static_cast<row_set>(!fits) << row;
    }
    return std::is_same_v<T, float> ? beyond : 0;
}

/// moments of each row <- with those of a piece of it, elements `first` on; x: the piece of row 0, rows x_row apart.
template <bool Centred, class T>
TENFOLD_FUNCTOR_ENTRY void merge_sums(const group_sums<T>& a, row_elements<const T> x, index_t x_row, index_t first,
                                      row_moments* moments) noexcept {
    TENFOLD_STRICT
    const auto n = static_cast<double>(a.n);
    for (index_t row = 0; row < a.rows; ++row) {
        const auto sum = static_cast<double>(a.sums[row]);
        const double deviation = Centred ? sum / n : 0;
        const double excess = Centred ? sum * deviation : 0;  // an infinite sum times 0 would be NaN
        row_moments piece{static_cast<double>(a.centre[row]) + deviation, not_negative(static_cast<double>(a.squares[row]) - excess)};
        if constexpr (std::is_same_v<T, float>) {
            const bool fits = is_a_finite_number(sum) && is_a_finite_number(static_cast<double>(a.squares[row])) &&
                              keeps_digits(piece.squares / n, a.epsilon);
            if (!fits) piece = moments_in_double<Centred>(row_elements<const T>{x.first + row * x_row, x.step}, a.n);
        }
        if (first == 0) {
            moments[row] = piece;
        } else {
            merge_moments(moments[row], static_cast<double>(first), piece, n);
        }
    }
}

/// centre, rest and factor of each row of n elements <- from its moments. Gives the rows that T cannot hold.
template <class T>
TENFOLD_FUNCTOR_ENTRY row_set finish_moments(const row_moments* moments, index_t rows, index_t n, double epsilon, T* centre, T* rest,
                                             T* factor) noexcept {
    TENFOLD_STRICT
    row_set beyond = 0;
    for (index_t row = 0; row < rows; ++row) {
        const double mean_square = moments[row].squares / static_cast<double>(n);
        const double inverse = 1 / __builtin_sqrt(not_negative(mean_square) + epsilon);
        centre[row] = static_cast<T>(moments[row].mean);
        rest[row] = static_cast<T>(moments[row].mean - static_cast<double>(centre[row]));
        factor[row] = static_cast<T>(inverse);
        const bool fits = keeps_digits(mean_square, epsilon) && is_a_finite_number(mean_square) &&
                          is_a_finite_number(static_cast<double>(centre[row])) && inverse <= 1e38;
        beyond |= static_cast<row_set>(!fits) << row;
    }
    return std::is_same_v<T, float> ? beyond : 0;
}
TENFOLD_END
TENFOLD_BODIES_END
