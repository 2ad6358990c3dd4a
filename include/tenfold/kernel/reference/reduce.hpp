// SPDX-License-Identifier: Apache-2.0
// y(kept) = fold of x over the reduced axes: one definition per reducer, sums in double or exact integers.   [floor 4]
#pragma once

#include <tenfold/exec/fp_environment.hpp>
#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/element.hpp>  // wide_t, widen, narrow, for_each_index
#include <tenfold/kernel/reference/ordered_sum.hpp>
#include <tenfold/op/reduce.hpp>

#include <cmath>

TENFOLD_BEGIN
/// NaN by bit pattern: `x != x` is folded to false under -ffast-math.
template <class T>
TENFOLD_INLINE constexpr bool is_nan_element(T x) noexcept {
    if constexpr (!is_floating_v<T>) {
        return false;
    } else {
        return (std::bit_cast<std::uint64_t>(widen<double>(x)) & 0x7fffffffffffffffu) > 0x7ff0000000000000u;
    }
}
template <class T>
TENFOLD_INLINE constexpr bool is_negative_element(T x) noexcept {
    if constexpr (!is_floating_v<T>) {
        return x < T{0};
    } else {
        return (std::bit_cast<std::uint64_t>(widen<double>(x)) >> 63) != 0;
    }
}
/// The canonical quiet NaN of T.
template <class T>
TENFOLD_INLINE constexpr T quiet_nan() noexcept {
    return narrow<T>(std::bit_cast<double>(0x7ff8000000000000u));
}

/// a < b in the order of min and max: -0 < +0. No NaN.
template <class T>
TENFOLD_INLINE constexpr bool ordered_before(T a, T b) noexcept {
    if (a < b) return true;
    return a == b && is_negative_element(a) && !is_negative_element(b);
}

/// The elements that one output is made of: each(f) calls f with every one, in the order of their indices.
template <class Each, class Wide>
TENFOLD_INLINE Wide wide_sum(const Each& each, Wide start) {
    Wide total = start;
    each([&](auto x) { total += widen<Wide>(x); });
    return total;
}

template <class T, class Y, class Each>
Y fold_elements(const sum_reducer&, index_t count, const Each& each) {
    using wide = wide_t<T>;
    if constexpr (is_floating_v<T>)
        return narrow<Y>(wide_sum(each, count > 0 ? -0.0 : 0.0));  // -0 is the identity of +
    else
        return static_cast<Y>(wide_sum(each, wide{0}));
}
template <class T, class Y, class Each>
Y fold_elements(const mean_reducer&, index_t count, const Each& each) {
    if (count == 0) return quiet_nan<Y>();
    return narrow<Y>(wide_sum(each, -0.0) / static_cast<double>(count));
}
template <class T, class Y, class Each>
Y fold_elements(const prod_reducer&, index_t, const Each& each) {
    using wide = wide_t<T>;
    wide product = 1;
    each([&](T x) { product *= widen<wide>(x); });
    return narrow<Y>(product);
}
template <class T, class Y, bool Largest, class Each>
Y fold_elements(const extremum_reducer<Largest>& reducer, index_t, const Each& each) {
    bool any_nan = false;
    bool any_number = false;
    T best{};
    each([&](T x) {
        if (is_nan_element(x)) {
            any_nan = true;
        } else if (!any_number || (Largest ? ordered_before(best, x) : ordered_before(x, best))) {
            best = x;
            any_number = true;
        }
    });
    if constexpr (is_floating_v<T>) {
        if (any_nan && (reducer.nan == tenfold::nan::propagate || !any_number)) return quiet_nan<T>();
    }
    return best;
}
template <class T, class Y, bool All, class Each>
Y fold_elements(const truth_reducer<All>&, index_t, const Each& each) {
    bool truth = All;
    each([&](T x) {
        const bool not_zero = is_nan_element(x) || x != T(0);
        truth = All ? truth && not_zero : truth || not_zero;
    });
    return static_cast<Y>(truth);
}
template <class T, class Y, class Each>
Y fold_elements(const norm1_reducer&, index_t, const Each& each) {
    double total = 0;
    each([&](T x) { total += std::abs(widen<double>(x)); });
    return narrow<Y>(total);
}
/// Scaled by a power of two near the largest magnitude, so that no square overflows or vanishes.
template <class T, class Y, class Each>
Y fold_elements(const norm2_reducer&, index_t, const Each& each) {
    double largest = 0;
    each([&](T x) {
        const double magnitude = std::abs(widen<double>(x));
        if (is_nan_element(x) || magnitude > largest) largest = magnitude;
    });
    if (is_nan_element(largest) || largest == 0 || largest > (std::numeric_limits<double>::max)()) {
        bool any_nan = false;
        each([&](T x) { any_nan |= is_nan_element(x); });
        return any_nan ? quiet_nan<Y>() : narrow<Y>(largest);
    }
    const int exponent = std::ilogb(largest);
    double total = 0;
    each([&](T x) {
        const double scaled = std::ldexp(widen<double>(x), -exponent);
        total += scaled * scaled;
    });
    return narrow<Y>(std::ldexp(std::sqrt(total), exponent));
}
/// Two passes: the mean, then the squares of the differences from it.
template <class T, class Y, class Each>
Y fold_elements(const variance_reducer& reducer, index_t count, const Each& each) {
    if (!(static_cast<double>(count) > reducer.correction)) return quiet_nan<Y>();
    const double centre = wide_sum(each, 0.0) / static_cast<double>(count);
    double squares = 0;
    each([&](T x) {
        const double d = widen<double>(x) - centre;
        squares += d * d;
    });
    return narrow<Y>(squares / (static_cast<double>(count) - reducer.correction));
}
/// m + log sum exp(x - m) with m the largest element: no term overflows, and one of them is 1.
template <class T, class Y, class Each>
Y fold_elements(const log_sum_exp_reducer&, index_t, const Each& each) {
    double largest = -std::numeric_limits<double>::infinity();
    bool any_nan = false;
    each([&](T x) {
        any_nan |= is_nan_element(x);
        if (widen<double>(x) > largest) largest = widen<double>(x);
    });
    if (any_nan) return quiet_nan<Y>();
    if (std::abs(largest) > (std::numeric_limits<double>::max)()) return narrow<Y>(largest);
    double total = 0;
    each([&](T x) { total += std::exp(widen<double>(x) - largest); });
    return narrow<Y>(largest + std::log(total));
}
template <class T, class Y, class Monoid, class Each>
Y fold_elements(const monoid_reducer<Monoid>& reducer, index_t, const Each& each) {
    typename Monoid::value_type total = reducer.functor.identity();
    each([&](T x) { total = reducer.functor(total, reducer.map(x)); });
    return reducer.template finish<Y>(total);
}

/// Calls f(index of the output, each): `each` walks the indices of x that the output is made of, kept axes fixed.
template <std::size_t Rank, class F>
void for_each_output(const index_array<Rank>& extents, const reduced_axes& axes, const F& f) {
    index_array<Rank> kept = extents;
    index_array<Rank> reduced = extents;
    for (std::size_t i = 0; i < Rank; ++i) (axes.contains(i) ? kept : reduced)[i] = 1;
    for_each_index(kept, [&](const index_array<Rank>& at) {
        f(at, [&](const auto& visit) {
            for_each_index(reduced, [&](index_array<Rank> index) {
                for (std::size_t i = 0; i < Rank; ++i) index[i] += at[i];
                visit(index);
            });
        });
    });
}

template <>
struct kernel<reduce_op, reference> {
    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
    static status run(const reference&, const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) {
        const auto write_each = [&](const auto& fold) {
            const auto y = a.output();
            for_each_output(a.x.extents(), a.axes, [&](const index_array<Rank>& at, const auto& each_index) {
                y(at) = fold([&](const auto& visit) { each_index([&](const index_array<Rank>& index) { visit(a.x(index)); }); });
            });
        };
        if constexpr (is_ordered_sum<Reducer, T>) {
            if (crosses_devices<T>(a.reducer) && a.count() > 0) {
                const fp_environment ieee;  // what is the same everywhere does not depend on a caller that flushes subnormals
                write_each([&](const auto& each) { return ordered_fold<Reducer, T, Y>(a.y.size(), a.count(), each); });
                return {};
            }
        }
        write_each([&](const auto& each) { return fold_elements<T, Y>(a.reducer, a.count(), each); });
        return {};
    }
};
TENFOLD_END
