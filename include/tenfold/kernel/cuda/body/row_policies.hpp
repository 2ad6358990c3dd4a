// SPDX-License-Identifier: Apache-2.0
// softmax, log_softmax, layer_norm and rms_norm as two folds over a row and one value per element.           [floor 4]
//
// A policy has first and second, the states of the folds, with identity, fold of an element and combination each; close_first(), what
// the second fold knows of the first; prepared(), what becomes of an element between them; close() and finished(), the result. Sums and squares of every type are kept in double: no finite row
// of floats overflows it, and an offset costs no accuracy of the spread.
#pragma once

#include <tenfold/kernel/cuda/body/reduce_policies.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
TENFOLD_DEVICE float exponential(float x) { return __builtin_expf(x); }
TENFOLD_DEVICE double exponential(double x) { return __builtin_exp(x); }

TENFOLD_DEVICE float logarithm(float x) { return __builtin_logf(x); }
TENFOLD_DEVICE double logarithm(double x) { return __builtin_log(x); }

/// 1 / sqrt(x) for x > 0 within 2 ulp, by Newton's iteration: a division or a root of doubles is a call, which keeps registers on a
/// stack. +Inf gives 0, NaN itself.
TENFOLD_DEVICE double inverse_root(double x) {
    if (!(x < infinite)) return x == x ? 0 : x;
    const bool tiny = x < 0x1p-1000;
    if (tiny) x *= 0x1p108;
    auto y = as_bits<double>(0x5fe6eb50c7b537a9u - (as_bits<std::uint64_t>(x) >> 1));  // within 3.5 %, which four steps square
    for (int i = 0; i < 4; ++i) y = __builtin_fma(0.5 * y, __builtin_fma(-x * y, y, 1.0), y);
    return tiny ? y * 0x1p54 : y;
}

/// What a row is computed in.
template <class X>
using row_value_t = std::conditional_t<std::is_same_v<X, double>, double, float>;

/// The largest element, then the sum of exp(x - largest). A NaN makes the sum NaN, and so do +Inf and a row of -Inf.
template <class X, bool Logarithm>
struct softmax_policy {
    using value = row_value_t<X>;
    using first = value;
    using second = double;
    static constexpr bool has_first = true;

    TENFOLD_DEVICE static first first_identity() { return static_cast<value>(-infinite); }
    TENFOLD_DEVICE static first fold_first(first s, value x) { return s < x ? x : s; }
    TENFOLD_DEVICE static first combine_first(first a, first b) { return a < b ? b : a; }
    TENFOLD_DEVICE static first close_first(first largest, double) { return largest; }
    TENFOLD_DEVICE static value prepared(value x, first largest) { return Logarithm ? x - largest : exponential(x - largest); }
    TENFOLD_DEVICE static second second_identity() { return 0; }
    TENFOLD_DEVICE static second fold_second(second s, value x, first) { return s + static_cast<double>(Logarithm ? exponential(x) : x); }
    TENFOLD_DEVICE static second combine_second(second a, second b) { return a + b; }
    struct row {
        value last;
    };
    TENFOLD_DEVICE static row close(first, second total, double, double) {
        const auto sum = static_cast<value>(total);
        return {Logarithm ? logarithm(sum) : sum};
    }
    TENFOLD_DEVICE static value finished(value x, const row& r) { return Logarithm ? x - r.last : x / r.last; }
};

/// Of the differences from a rounded mean: their sum is what that lacks of the mean, times n.
struct differences {
    double squares;
    double sum;
};

/// The sum, then the sum of squared differences from the mean; without a mean the squares alone. The mean of doubles is a rounded value
/// and its remainder, so that its error is relative to the spread of the row, not to its offset; that of other types has digits to spare.
template <class X, bool Centred>
struct normalise_policy {
    static constexpr bool has_remainder = Centred && std::is_same_v<X, double>;
    using value = row_value_t<X>;
    using first = double;
    using second = std::conditional_t<has_remainder, differences, double>;
    static constexpr bool has_first = Centred;

    TENFOLD_DEVICE static first first_identity() { return 0; }
    TENFOLD_DEVICE static first fold_first(first s, value x) { return s + static_cast<double>(x); }
    TENFOLD_DEVICE static first combine_first(first a, first b) { return a + b; }
    TENFOLD_DEVICE static first close_first(first sum, double share) { return sum * share; }
    TENFOLD_DEVICE static value prepared(value x, first) { return x; }
    TENFOLD_DEVICE static second second_identity() { return {}; }
    TENFOLD_DEVICE static second fold_second(second s, value x, first mean) {
        const double apart = static_cast<double>(x) - mean;
        if constexpr (has_remainder) {
            return {__builtin_fma(apart, apart, s.squares), s.sum + apart};
        } else {
            return __builtin_fma(apart, apart, s);
        }
    }
    TENFOLD_DEVICE static second combine_second(second a, second b) {
        if constexpr (has_remainder) {
            return {a.squares + b.squares, a.sum + b.sum};
        } else {
            return a + b;
        }
    }
    struct exact_row {
        double mean, remainder;
        double factor;
    };
    struct plain_row {
        double mean;
        double factor;
    };
    using row = std::conditional_t<has_remainder, exact_row, plain_row>;
    TENFOLD_DEVICE static row close(first mean, second s, double share, double epsilon) {
        if constexpr (has_remainder) {
            const double remainder = s.sum * share;
            const double variance = __builtin_fma(-remainder, remainder, s.squares * share);
            return {mean, remainder, inverse_root((variance < 0 ? 0 : variance) + epsilon)};
        } else {
            return {mean, inverse_root(__builtin_fma(s, share, epsilon))};
        }
    }
    TENFOLD_DEVICE static value finished(value x, const row& r) {
        double apart = static_cast<double>(x) - r.mean;
        if constexpr (has_remainder) apart -= r.remainder;
        return static_cast<value>(apart * r.factor);
    }
};
}  // namespace gpu_kernels
TENFOLD_END
