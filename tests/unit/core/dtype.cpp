// SPDX-License-Identifier: Apache-2.0
// Conversions of the 16-bit types over all their patterns and all ties, against arithmetic in double; dtype facts.
#include <tenfold/core/dtype.hpp>
#include <tenfold/testing/compare.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>

using tenfold::bfloat16;
using tenfold::half;

namespace {
/// The value of a 16-bit pattern from its definition.
double half_by_definition(unsigned pattern) {
    const double sign = (pattern & 0x8000u) != 0 ? -1 : 1;
    const int exponent = static_cast<int>((pattern >> 10) & 31u);
    const double fraction = static_cast<double>(pattern & 1023u);
    if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
    return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}
double bfloat16_by_definition(unsigned pattern) {
    const double sign = (pattern & 0x8000u) != 0 ? -1 : 1;
    const int exponent = static_cast<int>((pattern >> 7) & 255u);
    const double fraction = static_cast<double>(pattern & 127u);
    if (exponent == 255) return fraction == 0 ? sign * INFINITY : NAN;
    return sign * (exponent == 0 ? std::ldexp(fraction, -133) : std::ldexp(128 + fraction, exponent - 134));
}

/// All patterns back and forth; between each two neighbours the midpoint goes to the even one, its float neighbours away.
template <class T, class Definition>
int wrong_conversions(const Definition& by_definition, unsigned infinity) {
    int wrong = 0;
    for (unsigned pattern = 0; pattern < 65536; ++pattern) {
        const T x = T::from_bits(static_cast<std::uint16_t>(pattern));
        const double value = by_definition(pattern);
        const float widened = x;
        if (std::isnan(value)) {
            if (!tenfold::testing::is_nan(x) || !tenfold::testing::is_nan(widened) || !tenfold::testing::is_nan(T(widened))) ++wrong;
            continue;
        }
        if (static_cast<double>(widened) != value || std::signbit(widened) != ((pattern & 0x8000u) != 0)) ++wrong;
        if (T(widened).bits != x.bits) ++wrong;
        const unsigned magnitude = pattern & 0x7fffu;
        if (magnitude >= infinity) continue;
        // The next pattern's value; beyond the largest it is what a larger exponent range would have.
        const double next = magnitude + 1 == infinity ? value + (value - by_definition(pattern - 1)) : by_definition(pattern + 1);
        const double middle = (value + next) / 2;
        const auto tie = static_cast<float>(middle);
        if (static_cast<double>(tie) != middle) continue;  // bfloat16's subnormal ties are below float's
        const unsigned even = (pattern & 1u) == 0 ? pattern : pattern + 1;
        if (T(tie).bits != even) ++wrong;
        if (T(std::nextafter(tie, 0.0f)).bits != pattern) ++wrong;
        if (T(std::nextafter(tie, std::copysign(INFINITY, tie))).bits != pattern + 1) ++wrong;
    }
    return wrong;
}
}  // namespace

TEST_CASE("half and bfloat16 convert exactly and round to nearest even, on every pattern and every tie [E54][H45]") {
    CHECK(wrong_conversions<half>(half_by_definition, 0x7c00) == 0);
    CHECK(wrong_conversions<bfloat16>(bfloat16_by_definition, 0x7f80) == 0);
}

TEST_CASE("a NaN stays a NaN and 65520 is the first half that overflows [E54][E16]") {
    for (const std::uint32_t pattern : {0x7fffffffu, 0x7f800001u, 0xff800001u, 0xffffffffu, 0x7fc00000u}) {
        const auto x = std::bit_cast<float>(pattern);
        CHECK(tenfold::testing::is_nan(half(x)));
        CHECK(tenfold::testing::is_nan(bfloat16(x)));
    }
    CHECK(static_cast<float>(half(65519.996f)) == 65504.0f);
    CHECK(half(65520.0f).bits == 0x7c00);
    CHECK(half(-65520.0f).bits == 0xfc00);
    CHECK(bfloat16(std::numeric_limits<float>::max()).bits == 0x7f80);
    CHECK(half(0x1p-25f).bits == 0);  // tie to even
    CHECK(half(std::nextafter(0x1p-25f, 1.0f)).bits == 1);
}

TEST_CASE("accumulators and sums are wide enough by type [E16]") {
    using namespace tenfold;
    static_assert(std::is_same_v<accumulator_t<half>, float> && std::is_same_v<accumulator_t<bfloat16>, float>);
    static_assert(std::is_same_v<accumulator_t<const std::int8_t>, std::int32_t> &&
                  std::is_same_v<accumulator_t<std::uint8_t>, std::int32_t>);
    static_assert(std::is_same_v<sum_type_t<std::int32_t>, std::int64_t> && std::is_same_v<accumulator_t<double>, double>);
    static_assert(!dtype<std::int16_t> && !dtype<long double> && !dtype<std::int64_t> && element<std::int64_t> && element<bool> &&
                  !dtype<char>);
    CHECK(std::string(dtype_traits<bfloat16>::name) == "bf16");
}

TEST_CASE("element types that are not supported are no dtype: complex, 8-bit floats, int16 [E19]") {
    struct complex_like {
        float re, im;
    };
    static_assert(!tenfold::element<complex_like> && !tenfold::element<std::int16_t> && !tenfold::element<std::uint32_t> &&
                  !tenfold::element<long double>);
    CHECK(tenfold::dtype<float>);
}
