// SPDX-License-Identifier: Apache-2.0
// exp of a vector, within 2 ulp over the whole range, subnormal results included.                          [floor 4]
//
// x = n ln 2 + r with |r| <= ln 2 / 2, exp(x) = 2^n exp(r): Cody & Waite's two-part ln 2, a polynomial for exp(r), and
// 2^n from the bits of n. Two ways to 2^n: exp_vector takes any x and multiplies by two factors, so that results between
// 2^-150 and the normal range are rounded once and correctly placed; exp_scaled takes x <= 0 and leaves the result 2^64
// (2^512) times as large, where nothing is subnormal: for sums and quotients, in little more than half the operations.
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
    static constexpr int scale_bits = 64;                // of exp_scaled
    static constexpr float scale = 0x1p-64f;             // takes them back
    static constexpr float low = -105.0f, high = 89.0f;  // beyond: 0 and Inf
    static constexpr float round = 0x1.8p23f;            // adding it leaves the nearest integer in the low bits
    static constexpr float log2_e = 1.44269504088896341f;
    static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;  // the high part has 9 bits: n times it is exact
    // (exp(r) - 1 - r) / r^2, highest power first; minimax, exp(r) within 3.2e-9.
    static constexpr int degree = 4;
    static constexpr float powers[] = {0x1.6a2256p-10f, 0x1.123b02p-7f, 0x1.5558f8p-5f, 0x1.55549p-3f, 0x1.fffffcp-2f};
};
template <>
struct exp_constants<double> {
    using word = std::uint64_t;
    static constexpr int fraction_bits = 52;
    static constexpr word bias = 1023;
    static constexpr int scale_bits = 512;
    static constexpr double scale = 0x1p-512;
    static constexpr double low = -747.0, high = 710.0;
    static constexpr double round = 0x1.8p52;
    static constexpr double log2_e = 1.44269504088896340736;
    static constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;  // 32 bits
    // As above, within 4e-18.
    static constexpr int degree = 9;
    static constexpr double powers[] = {0x1.ad7e896d20a96p-26, 0x1.28ae3470e8f16p-22, 0x1.71df271fdd3e9p-19, 0x1.a01999444e974p-16,
                                        0x1.a01a0128fda66p-13, 0x1.6c16c1846fcd2p-10, 0x1.1111111128172p-7,  0x1.5555555550754p-5,
                                        0x1.55555555554f8p-3,  0x1.000000000000ap-1};
};

/// p <- exp(x - n ln 2), |x - n ln 2| <= 0.35.
template <class T, class V>
TENFOLD_BODY void exp_of_rest(const V& x, const V& n, V& p) noexcept {
    TENFOLD_STRICT
    using c = exp_constants<T>;
    V r = x - n * c::ln2_high;
    r = r - n * c::ln2_low;
    p = r * c::powers[0] + c::powers[1];
    TENFOLD_UNROLL
    for (int i = 2; i <= c::degree; ++i) p = p * r + c::powers[i];
    p = p * r + T{1};
    p = p * r + T{1};
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
    V p;
    exp_of_rest<T>(x, shifted - c::round, p);
    // n as an integer: the difference of the bits; halves of it by a shift, made unsigned with an even offset.
    const W number = reinterpret_cast<W>(shifted) - reinterpret_cast<W>(round);
    const W first = ((number + 4 * c::bias) >> 1) - 2 * c::bias;
    const W second = number - first;
    p = p * reinterpret_cast<V>((first + c::bias) << c::fraction_bits);
    x = p * reinterpret_cast<V>((second + c::bias) << c::fraction_bits);
}

/// x <- 2^scale_bits exp(x) for x <= 0; what exp would round to 0 stays below 2^scale_bits times half the smallest subnormal. NaN
/// stays NaN.
template <class T, class V>
TENFOLD_BODY void exp_scaled(V& x) noexcept {
    TENFOLD_STRICT
    using c = exp_constants<T>;
    using W = typename vec<typename c::word, static_cast<int>(sizeof(V))>::type;
    // n arrives in the low bits together with the bias and the scale: a shift makes a float of it, the rest falls out on the left.
    constexpr T round = c::round + static_cast<T>(c::bias) + static_cast<T>(c::scale_bits);
    V low;
    fill_lanes(c::low, low);
    x = low > x ? low : x;  // false for NaN
    const V shifted = x * c::log2_e + round;
    V p;
    exp_of_rest<T>(x, shifted - round, p);
    x = p * reinterpret_cast<V>(reinterpret_cast<W>(shifted) << c::fraction_bits);
}
TENFOLD_END
TENFOLD_BODIES_END
