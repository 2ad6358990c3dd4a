// SPDX-License-Identifier: Apache-2.0
// exp of a vector, within 2 ulp over the whole range, subnormal results included.                          [floor 4]
//
// x = n ln 2 + r with |r| <= ln 2 / 2, exp(x) = 2^n exp(r): Cody & Waite's two-part ln 2, a polynomial for exp(r), and
// 2^n in two factors, so that results between 2^-150 and the normal range are rounded once and correctly placed.
#pragma once

#include <tenfold/kernel/cpu/body/row_vectors.hpp>  // fill_lanes
#include <tenfold/kernel/cpu/simd.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T>
struct exp_constants;
template <>
struct exp_constants<float> {
    using word = std::uint32_t;
    static constexpr int fraction_bits = 23;
    static constexpr word bias = 127;
    static constexpr float low = -105.0f, high = 89.0f;  // beyond: 0 and Inf
    static constexpr float round = 0x1.8p23f;            // adding it leaves the nearest integer in the low bits
    static constexpr float log2_e = 1.44269504088896341f;
    static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;  // the high part has 9 bits: n times it is exact
};
template <>
struct exp_constants<double> {
    using word = std::uint64_t;
    static constexpr int fraction_bits = 52;
    static constexpr word bias = 1023;
    static constexpr double low = -747.0, high = 710.0;
    static constexpr double round = 0x1.8p52;
    static constexpr double log2_e = 1.44269504088896340736;
    static constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;  // 32 bits
};

/// p <- exp(r) for |r| <= 0.35. float: minimax of degree 7 after Cephes; double: Taylor to degree 13, remainder < 5e-18.
template <class V>
TENFOLD_BODY void exp_polynomial(const V& r, V& p, float) noexcept {
    TENFOLD_STRICT
    p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    const V square = r * r;
    p = p * square + r;
    p = p + 1.0f;
}
template <class V>
TENFOLD_BODY void exp_polynomial(const V& r, V& p, double) noexcept {
    TENFOLD_STRICT
    p = r * (1.0 / 6227020800) + 1.0 / 479001600;
    p = p * r + 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    const V square = r * r;
    p = p * square + r;
    p = p + 1.0;
}

/// x <- exp(x). NaN stays NaN.
template <class T, class V>
TENFOLD_BODY void exp_vector(V& x) noexcept {
    TENFOLD_STRICT
    using c = exp_constants<T>;
    using W = typename vec<typename c::word, static_cast<int>(sizeof(V))>::type;
    V low;
    V high;
    V round;
    fill_lanes(c::low, low);
    fill_lanes(c::high, high);
    fill_lanes(c::round, round);
    x = x < low ? low : x;  // false for NaN
    x = x > high ? high : x;
    const V shifted = x * c::log2_e + c::round;
    const V n = shifted - c::round;
    V r = x - n * c::ln2_high;
    r = r - n * c::ln2_low;
    V p;
    exp_polynomial(r, p, T{});
    // n as an integer: the difference of the bits; halves of it by a shift, made unsigned with an even offset.
    const W number = reinterpret_cast<W>(shifted) - reinterpret_cast<W>(round);
    const W first = ((number + 4 * c::bias) >> 1) - 2 * c::bias;
    const W second = number - first;
    p = p * reinterpret_cast<V>((first + c::bias) << c::fraction_bits);
    x = p * reinterpret_cast<V>((second + c::bias) << c::fraction_bits);
}
TENFOLD_END
TENFOLD_BODIES_END
