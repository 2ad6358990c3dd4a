// SPDX-License-Identifier: Apache-2.0
// Element conversions without branches: the compiler turns loops over them into vector code of the entry's ISA. [floor 4]
//
// Same results, bit for bit, as core/dtype (tests compare all patterns); those branch, which costs more in a loop.
#pragma once

#include <tenfold/core/dtype.hpp>
#include <tenfold/kernel/cpu/body/special/half.hpp>
#include <tenfold/kernel/cpu/simd.hpp>

#include <bit>
#include <utility>  // integer_sequence

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class To>
TENFOLD_BODY To convert_element(float x) noexcept {
    TENFOLD_STRICT
    const auto word = __builtin_bit_cast(std::uint32_t, x);
    const std::uint32_t magnitude = word & 0x7fffffffu;
    if constexpr (std::is_same_v<To, half>) {
        const std::uint32_t sign = (word >> 16) & 0x8000u;
        const std::uint32_t normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
        // |x| < 2^-14: a multiple of 2^-24; adding 0.5 leaves it, rounded, in the low bits.
        const std::uint32_t subnormal = __builtin_bit_cast(std::uint32_t, __builtin_bit_cast(float, magnitude) + 0.5f) - 0x3f000000u;
        const std::uint32_t nan = 0x7e00u | ((magnitude >> 13) & 0x3ffu);
        std::uint32_t bits = magnitude < 0x38800000u ? subnormal : normal;
        bits = magnitude >= 0x477ff000u ? 0x7c00u : bits;
        bits = magnitude > 0x7f800000u ? nan : bits;
        half result{};
        result.bits = static_cast<std::uint16_t>(sign | bits);
        return result;
    } else if constexpr (std::is_same_v<To, bfloat16>) {
        const std::uint32_t rounded = (word + 0x7fffu + ((word >> 16) & 1u)) >> 16;
        const std::uint32_t nan = (word >> 16) | 0x40u;
        bfloat16 result{};
        result.bits = static_cast<std::uint16_t>(magnitude > 0x7f800000u ? nan : rounded);
        return result;
    } else {
        static_assert(std::is_floating_point_v<To>);
        return static_cast<To>(x);
    }
}

/// The element as the type kernels compute in: 16-bit floats widen to float; everything else by static_cast.
template <class To, class From>
TENFOLD_BODY To widen_element(From x) noexcept {
    TENFOLD_STRICT
    if constexpr (std::is_same_v<From, bfloat16>) {
        return static_cast<To>(__builtin_bit_cast(float, static_cast<std::uint32_t>(x.bits) << 16));
    } else if constexpr (std::is_same_v<From, half>) {
        const std::uint32_t sign = static_cast<std::uint32_t>(x.bits & 0x8000u) << 16;
        const std::uint32_t magnitude = x.bits & 0x7fffu;
        // As a float with the exponent 112 too small; the product corrects it, exactly, for normal and subnormal alike.
        const float scaled = __builtin_bit_cast(float, magnitude << 13) * 0x1p112f;
        std::uint32_t bits = __builtin_bit_cast(std::uint32_t, scaled);
        bits |= magnitude >= 0x7c00u ? 0x7f800000u : 0u;
        bits |= magnitude > 0x7c00u ? 0x00400000u : 0u;  // a NaN comes out quiet
        return static_cast<To>(__builtin_bit_cast(float, sign | bits));
    } else {
        return static_cast<To>(x);
    }
}

/// out <- the `lanes` elements at p, widened. Written with vectors because loops are vectorised only where the
/// consumer optimises; lanes of `To` fill a register of the entry's instruction set.
template <int Bytes, class To, class From>
TENFOLD_BODY void load_widened(const From* p, typename vec<To, Bytes>::type& out) noexcept {
    TENFOLD_STRICT
    constexpr int lanes = vec<To, Bytes>::lanes;
    using V = typename vec<To, Bytes>::type;
    if constexpr (std::is_same_v<From, To>) {
        load_vector(p, out);
    } else if constexpr (std::is_same_v<From, bfloat16> || std::is_same_v<From, half>) {
        using Words = typename vec<std::uint32_t, lanes * 4>::type;
        using Floats = typename vec<float, lanes * 4>::type;
        typename vec<std::uint16_t, lanes * 2>::type pattern;
        load_vector(reinterpret_cast<const std::uint16_t*>(p), pattern);
        Words bits;
        if constexpr (std::is_same_v<From, bfloat16>) {
            bits = __builtin_convertvector(pattern, Words) << 16;
        } else if constexpr (widens_halves(sizeof(Words))) {
            widen_halves(pattern, bits);
        } else {
            // As a float with the exponent 112 too small, Inf and NaN with that of Inf. The product, exact, corrects the others
            // and makes a NaN quiet. Comparisons of vectors give 0 or all ones.
            using Halves = typename vec<std::int16_t, lanes * 2>::type;
            using Integers = typename vec<std::int32_t, lanes * 4>::type;
            bits = reinterpret_cast<Words>(__builtin_convertvector(reinterpret_cast<Halves>(pattern), Integers));
            bits = (bits << 13) & 0x8fffffffu;
            bits |= reinterpret_cast<Words>((bits & 0x0f800000u) == 0x0f800000u) & 0x7f800000u;
            bits = reinterpret_cast<Words>(reinterpret_cast<Floats>(bits) * 0x1p112f);
        }
        out = __builtin_convertvector(reinterpret_cast<Floats>(bits), V);
    } else if constexpr (sizeof(From) == 1) {
        using Integers = typename vec<std::int32_t, lanes * 4>::type;
        typename vec<From, lanes>::type narrow_lanes;
        load_vector(p, narrow_lanes);
        // Through 16 bits: g++ 12 takes one step to four times the width lane by lane.
        using Shorts = typename vec<std::int16_t, lanes * 2>::type;
        if constexpr (sizeof(To) == 2) {
            out = __builtin_convertvector(narrow_lanes, V);
        } else {
            out = __builtin_convertvector(__builtin_convertvector(__builtin_convertvector(narrow_lanes, Shorts), Integers), V);
        }
    } else {
        typename vec<From, lanes* static_cast<int>(sizeof(From))>::type source;
        load_vector(p, source);
        out = __builtin_convertvector(source, V);
    }
}
/// out <- the 16-bit lanes numbered First, First + Step ... of a and b, one behind the other.
template <int First, int Step, class Pattern, class V, int... At>
TENFOLD_BODY void pick_shorts(const V& a, const V& b, Pattern& out, std::integer_sequence<int, At...>) noexcept {
    using Shorts = typename vec<std::uint16_t, static_cast<int>(sizeof(V))>::type;
    const Shorts low = reinterpret_cast<Shorts>(a);
    const Shorts high = reinterpret_cast<Shorts>(b);
#if TENFOLD_SHUFFLE_TAKES_PACKS
    out = __builtin_shufflevector(low, high, (First + At * Step)...);
#else
    constexpr int lanes = static_cast<int>(sizeof(V) / 2);
    const auto lane = [&](int i) { return i < lanes ? low[i] : high[i - lanes]; };
    ((out[At] = lane(First + At * Step)), ...);
#endif
}

/// out <- the patterns of the 16-bit floats nearest to those in a and b, as convert_element has them.
template <class To, class V>
TENFOLD_BODY void narrow_floats(const V& a, const V& b, typename vec<std::uint16_t, static_cast<int>(sizeof(V))>::type& out) noexcept {
    TENFOLD_STRICT
    constexpr int bytes = static_cast<int>(sizeof(V));
    using lanes = std::make_integer_sequence<int, bytes / 2>;
    using Words = typename vec<std::int32_t, bytes>::type;
    if constexpr (std::is_same_v<To, half> && widens_halves(bytes)) {
        typename vec<std::uint16_t, bytes / 2>::type low;
        typename vec<std::uint16_t, bytes / 2>::type high;
        narrow_to_halves(a, low);
        narrow_to_halves(b, high);
        pick_shorts<0, 1>(low, high, out, lanes{});
    } else {
        Words word[2] = {reinterpret_cast<Words>(a), reinterpret_cast<Words>(b)};
        for (Words& w : word) {
            const Words magnitude = w & 0x7fffffff;
            if constexpr (std::is_same_v<To, bfloat16>) {
                using Unsigned = typename vec<std::uint32_t, bytes>::type;  // a NaN may wrap around; it is not taken
                const Unsigned pattern = reinterpret_cast<Unsigned>(w);
                const Words rounded = reinterpret_cast<Words>(pattern + (((pattern >> 16) & 1) + 0x7fff));
                w = magnitude > 0x7f800000 ? w | 0x400000 : rounded;  // the result is the upper half
            } else {
                const Words normal = (magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1)) >> 13;
                V tiny = reinterpret_cast<V>(magnitude);
                tiny = tiny + 0.5f;
                Words bits = magnitude < 0x38800000 ? reinterpret_cast<Words>(tiny) - 0x3f000000 : normal;
                bits = magnitude >= 0x477ff000 ? Words{} + 0x7c00 : bits;
                bits = magnitude > 0x7f800000 ? ((magnitude >> 13) & 0x3ff) | 0x7e00 : bits;
                w = bits | ((w >> 16) & 0x8000);  // the lower half
            }
        }
        pick_shorts<std::is_same_v<To, bfloat16> ? 1 : 0, 2>(word[0], word[1], out, lanes{});
    }
}
TENFOLD_END
TENFOLD_BODIES_END
