// SPDX-License-Identifier: Apache-2.0
// Comparison of two results: bit for bit, or as the ratio of error to bound; what is worst is put into words. [floor 6]
#pragma once

#include <tenfold/core/tensor_view.hpp>
#include <tenfold/kernel/reference/element.hpp>  // for_each_index, narrow, widen

#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>

TENFOLD_BEGIN
namespace testing {
/// Any element as a double; int64 beyond 2^53 is rounded, so compare those exactly.
template <class T>
double as_double(T x) noexcept {
    if constexpr (is_floating_v<T>)
        return static_cast<double>(static_cast<std::conditional_t<std::is_same_v<T, double>, double, float>>(x));
    else
        return static_cast<double>(static_cast<std::int64_t>(x));
}

/// NaN by bit pattern: `x != x` is folded away under -ffast-math.
template <class T>
bool is_nan(T x) noexcept {
    if constexpr (!is_floating_v<T>) {
        return false;
    } else if constexpr (sizeof(T) == 2) {
        constexpr unsigned infinity = std::is_same_v<T, half> ? 0x7c00u : 0x7f80u;
        return (x.bits & 0x7fffu) > infinity;
    } else if constexpr (sizeof(T) == 4) {
        return (std::bit_cast<std::uint32_t>(x) & 0x7fffffffu) > 0x7f800000u;
    } else {
        return (std::bit_cast<std::uint64_t>(x) & 0x7fffffffffffffffu) > 0x7ff0000000000000u;
    }
}

/// Equal bits, or NaN on both sides (sign and payload of a NaN are unspecified). +0 and -0 differ.
template <class T>
bool same_value(T x, T y) noexcept {
    return std::memcmp(&x, &y, sizeof(T)) == 0 || (is_nan(x) && is_nan(y));
}

/// What a comparison found.
struct comparison {
    index_t elements = 0;  ///< compared
    index_t wrong = 0;
    double max_ratio = 0;  ///< largest error / bound; for exact comparisons 0 or infinite
    std::string worst;     ///< one clause about the first wrong element of an exact comparison, or the worst of a bounded one
    [[nodiscard]] bool ok() const noexcept { return wrong == 0; }
};

inline std::string number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}
inline std::string number(index_t value) { return std::to_string(value); }
template <std::size_t Rank>
std::string tuple(const index_array<Rank>& values) {
    std::string text = "(";
    for (std::size_t i = 0; i < Rank; ++i) text += (i > 0 ? ", " : "") + std::to_string(values[i]);
    return text + ")";
}

/// Views of one type and equal extents; all elements must be the same_value.
template <class T, class U, std::size_t Rank>
    requires std::is_same_v<std::remove_const_t<T>, std::remove_const_t<U>>
comparison compare_exact(tensor_view<T, Rank> computed, tensor_view<U, Rank> expected) {
    comparison result;
    if (computed.extents() != expected.extents()) {
        result.wrong = 1;
        result.max_ratio = INFINITY;
        result.worst = "extents are " + tuple(computed.extents()) + ", expected " + tuple(expected.extents());
        return result;
    }
    for_each_index(computed.extents(), [&](const index_array<Rank>& index) {
        ++result.elements;
        if (same_value(computed(index), expected(index))) return;
        if (result.wrong++ == 0) {
            result.max_ratio = INFINITY;
            result.worst = "at " + tuple(index) + ": computed " + number(as_double(computed(index))) + ", expected " +
                           number(as_double(expected(index)));
        }
    });
    return result;
}

/// Computed against a more exact result: |computed - expected| <= bound(index) everywhere. NaN must meet NaN; Inf must meet
/// the same Inf, or a value that rounds to it.
template <class T, class E, std::size_t Rank, class Bound>
comparison compare_bounded(tensor_view<T, Rank> computed, tensor_view<E, Rank> expected, const Bound& bound) {
    comparison result;
    for_each_index(computed.extents(), [&](const index_array<Rank>& index) {
        ++result.elements;
        const auto stored = computed(index);
        const double have = as_double(stored);
        const double want = as_double(expected(index));
        const double allowed = bound(index);
        double ratio = 0;
        if (is_nan(have) || is_nan(want)) {
            ratio = is_nan(have) && is_nan(want) ? 0 : INFINITY;
        } else if (std::isinf(have) || std::isinf(want)) {
            const double beyond = want + std::copysign(allowed, want);
            const bool same = have == want || have == as_double(narrow<std::remove_const_t<T>>(std::isinf(allowed) ? want : beyond));
            ratio = same ? 0 : INFINITY;
        } else if (have != want) {
            ratio = std::abs(have - want) / allowed;  // a bound of 0 makes it infinite
        }
        if (ratio > result.max_ratio || result.elements == 1) {
            result.max_ratio = ratio;
            result.worst = "at " + tuple(index) + ": computed " + number(have) + ", expected " + number(want) + ", bound " +
                           number(allowed) + ", ratio " + number(ratio);
        }
        if (!(ratio <= 1)) ++result.wrong;
    });
    return result;
}
}  // namespace testing
TENFOLD_END
