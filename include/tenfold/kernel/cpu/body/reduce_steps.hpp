// SPDX-License-Identifier: Apache-2.0
// What one vector of elements does to a vector of accumulators: the inner operation of each reduction.      [floor 4]
//
// A step has   lane                  the type of accumulators
//              group                 in which columns add up eight rows; the lane, or a narrower integer that holds them
//              parts                 accumulators per lane
//              constants             lanes that a call sets: two reductions that differ in these alone share the code
//              pack                  elements per lane along a run
//              start<Bytes>(s)       accumulators before the first element
//              absorb<Bytes>(s, x, p, c)  s[parts] and one vector of elements; p: a parameter per output, c: the constants
//              merge(s, t)           two accumulators of one part, as vectors or as single lanes
//              folds                 short runs are worth code of their own
//              asks_ahead            so slow that memory would stand still: what comes next is asked for
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>
#include <tenfold/kernel/cpu/body/exp.hpp>

#include <limits>
#include <type_traits>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// All lanes <- value. Lane by lane: g++ splits a whole vector of scalars up before it knows the instruction set.
template <class Lane, class V>
TENFOLD_BODY void broadcast(Lane value, V& out) noexcept {
    V lanes{};
    TENFOLD_UNROLL
    for (int i = 0; i < static_cast<int>(sizeof(V) / sizeof(Lane)); ++i) lanes[i] = value;
    out = lanes;
}

template <std::size_t Bytes>
using integer_of =
    std::conditional_t<Bytes == 8, std::int64_t,
                       std::conditional_t<Bytes == 4, std::int32_t, std::conditional_t<Bytes == 2, std::int16_t, std::int8_t>>>;

/// Loads the lanes a step works on: widened elements, or the bare bits for steps that order them as integers.
template <class Step, int Bytes, class Lane, class T>
TENFOLD_BODY void load_lanes(const T* p, typename vec<Lane, Bytes>::type& out) noexcept {
    if constexpr (Step::bare_bits) {
        load_vector(reinterpret_cast<const Lane*>(p), out);
    } else {
        load_widened<Bytes, Lane>(p, out);
    }
}

/// 64 bytes of zeros, of ones, of zeros: a vector loaded from the middle selects the first or the last lanes. (A comparison with a
/// scalar would be taken lane by lane: g++ splits it up before it knows the instruction set.)
struct lane_mask_bytes {
    unsigned char value[192];
    constexpr lane_mask_bytes() noexcept : value{} {
        for (int i = 64; i < 128; ++i) value[i] = 0xff;
    }
};
inline constexpr lane_mask_bytes lane_masks{};

/// s <- t in those lanes i for which first <= i + at < last, in a unit of 64 bytes of which the first or the last are meant.
template <class Lane, class V>
TENFOLD_BODY void take_lanes(V& s, const V& t, index_t at, index_t first, index_t last) noexcept {
    using Bits = typename vec<integer_of<sizeof(Lane)>, static_cast<int>(sizeof(V))>::type;
    constexpr auto size = static_cast<index_t>(sizeof(Lane));
    Bits taken;
    load_bytes(lane_masks.value + (first > 0 ? 64 - first * size : 128 - last * size) + at * size, taken);
    s = reinterpret_cast<V>((reinterpret_cast<Bits>(t) & taken) | (reinterpret_cast<Bits>(s) & ~taken));
}

/// What most steps share.
template <class Lane>
struct arithmetic_step {
    using lane = Lane;
    using group = Lane;
    static constexpr int parts = 1;
    static constexpr int constants = 0;
    static constexpr int pack = 1;
    static constexpr bool bare_bits = false;
    static constexpr bool folds = false;
    static constexpr bool asks_ahead = false;
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        s = V{};
    }
    template <class V>
    TENFOLD_BODY static void merge(V& s, const V& t) noexcept {
        TENFOLD_STRICT
        s += t;
    }
};

/// s + x, or s + |x|: the constant is the bits of x that count. The identity is -0: x + -0 is x for every x, so that a sum
/// of -0 alone stays -0.
template <class Lane>
struct sum_step : arithmetic_step<Lane> {
    static constexpr int constants = 1;
    static constexpr bool folds = true;
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        broadcast(static_cast<Lane>(-0.0), s);
    }
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V* s, const V& x, const V&, const V* c) noexcept {
        TENFOLD_STRICT
        using Bits = typename vec<integer_of<sizeof(Lane)>, Bytes>::type;
        *s += reinterpret_cast<V>(reinterpret_cast<Bits>(x) & reinterpret_cast<Bits>(*c));
    }
};
template <class Lane>
    requires std::is_integral_v<Lane>
struct sum_step<Lane> : arithmetic_step<Lane> {
    static constexpr bool folds = true;
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V* s, const V& x, const V&, const V*) noexcept {
        *s += x;
    }
};

/// Bytes into 32 bits: four neighbours of a run at once, by shifts within their word; eight rows first in 16 bits.
template <class T>
struct byte_sum_step : arithmetic_step<std::int32_t> {
    using group = std::conditional_t<std::is_signed_v<T>, std::int16_t, std::uint16_t>;
    static constexpr int pack = 4;
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V* s, const V& x, const V&, const V*) noexcept {
        if constexpr (sizeof(V{}[0]) == 2) {
            *s += x;
        } else {
            using H = typename vec<group, Bytes>::type;
            using L = typename vec<std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>, Bytes>::type;
            const H bytes = reinterpret_cast<H>(x);
            const H even = bytes << 8;
            const H pairs = (even >> 8) + (bytes >> 8);
            const L both = reinterpret_cast<L>(pairs);
            const L low = both << 16;
            *s += reinterpret_cast<V>((low >> 16) + (both >> 16));
        }
    }
};

template <class Lane>
struct product_step : arithmetic_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        broadcast(Lane{1}, s);
    }
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V* s, const V& x, const V&, const V*) noexcept {
        TENFOLD_STRICT
        *s *= x;
    }
    template <class V>
    TENFOLD_BODY static void merge(V& s, const V& t) noexcept {
        TENFOLD_STRICT
        s *= t;
    }
};

/// s + (x - p) and s + (x - p) (x - p)
template <class Lane>
struct moments_step : arithmetic_step<Lane> {
    static constexpr int parts = 2;
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V* s, const V& x, const V& p, const V*) noexcept {
        TENFOLD_STRICT
        const V d = x - p;
        s[0] += d;
        s[1] += d * d;
    }
};
/// s + (p x) (p x): p is a power of two that keeps squares in range
template <class Lane>
struct scaled_square_step : arithmetic_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V* s, const V& x, const V& p, const V*) noexcept {
        TENFOLD_STRICT
        const V scaled = x * p;
        *s += scaled * scaled;
    }
};
/// s + exp(x - p) 2^scale_bits (see exp_scaled): no x is above p
template <class Lane>
struct exponential_step : arithmetic_step<Lane> {
    static constexpr bool asks_ahead = true;
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V* s, const V& x, const V& p, const V*) noexcept {
        TENFOLD_STRICT
        V e = x - p;
        exp_scaled<Lane>(e);
        *s += e;
    }
};

/// The signed integer with the bits of T.
template <class T>
using bits_of_t = std::conditional_t<is_integer_v<T>, T, integer_of<sizeof(T)>>;

/// Integers in the order of their floats. Inverting the magnitude bits of negative patterns puts -NaN < -Inf < ... < -0 <
/// +0 < ... < +Inf < +NaN; an offset modulo 2^n then moves the NaNs of one sign round to the other end, so that all NaNs
/// are above +Inf (`NanHigh`) or below -Inf. Plain integer max and min then know NaN and the sign of zero without a
/// branch, in any order of the elements, whatever the compiler assumes about NaN. `TieZeros`: -0 and +0 get one key.
template <class T, bool NanHigh, bool TieZeros = false>
struct float_order {
    using key = bits_of_t<T>;
    using word = std::make_unsigned_t<key>;
    static constexpr int sign_shift = static_cast<int>(sizeof(T)) * 8 - 1;
    static constexpr word infinity = static_cast<word>(std::is_same_v<T, double>  ? 0x7ff0000000000000u
                                                       : std::is_same_v<T, float> ? 0x7f800000u
                                                       : std::is_same_v<T, half>  ? 0x7c00u
                                                                                  : 0x7f80u);
    static constexpr word magnitude = static_cast<word>((std::numeric_limits<key>::max)());
    static constexpr word nans = static_cast<word>(magnitude - infinity);  // of one sign
    static constexpr word offset = NanHigh ? static_cast<word>(0u - nans - (TieZeros ? 1u : 0u)) : nans;
    static constexpr word quiet = static_cast<word>(infinity | ((nans >> 1) + 1u));
    /// The smallest key of a NaN where they are above +Inf, the largest where they are below -Inf.
    static constexpr key nan_bound = static_cast<key>(
        static_cast<word>(NanHigh ? infinity + 1u + offset : static_cast<word>(~infinity) - 1u + (TieZeros ? 1u : 0u) + offset));

    template <int Bytes>
    TENFOLD_BODY static void to_keys(typename vec<key, Bytes>::type& x) noexcept {
        using W = typename vec<word, Bytes>::type;
        using V = typename vec<key, Bytes>::type;
        const V sign = x >> sign_shift;  // 0 or all ones
        W k = reinterpret_cast<const W&>(x) ^ (reinterpret_cast<const W&>(sign) & magnitude);
        if constexpr (TieZeros) k -= reinterpret_cast<const W&>(sign);
        k += offset;
        x = reinterpret_cast<const V&>(k);
    }
    /// The value behind a key that came from to_keys without TieZeros; the canonical quiet NaN for every NaN.
    TENFOLD_BODY static T to_value(key from) noexcept {
        const auto k = static_cast<word>(static_cast<word>(from) - offset);
        const auto sign = static_cast<word>((k >> sign_shift) != 0 ? magnitude : word{0});
        auto bits = static_cast<word>(k ^ sign);
        bits = (bits & magnitude) > infinity ? quiet : bits;
        return __builtin_bit_cast(T, bits);
    }
};
template <class T, bool NanHigh, bool TieZeros>
    requires is_integer_v<T>
struct float_order<T, NanHigh, TieZeros> {
    using key = T;
    template <int Bytes>
    TENFOLD_BODY static void to_keys(typename vec<T, Bytes>::type&) noexcept {}
    TENFOLD_BODY static T to_value(T k) noexcept { return k; }
};

/// How the bits x of an element are ordered: ((x ^ (sign of x & magnitude)) + offset) ^ flip, as signed integers, where the
/// largest wins. float_order says which constants order floats; flip = -1 turns the largest into the smallest.
template <class Key>
struct key_constants {
    Key magnitude, offset, flip;

    TENFOLD_BODY Key value_bits(Key key) const noexcept {  // of a key
        using word = std::make_unsigned_t<Key>;
        const auto k = static_cast<word>(static_cast<word>(key ^ flip) - static_cast<word>(offset));
        return static_cast<Key>(k ^ (static_cast<Key>(k) < 0 ? static_cast<word>(magnitude) : word{0}));
    }
};

/// The largest key.
template <class Key>
struct extremum_step {
    using lane = Key;
    using group = Key;
    static constexpr int parts = 1;
    static constexpr int constants = 3;  // key_constants
    static constexpr int pack = 1;
    static constexpr bool bare_bits = true;
    static constexpr bool asks_ahead = false;
    static constexpr bool folds = sizeof(Key) >= 4;  // lanes of one or two bytes would take as many vectors
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        broadcast((std::numeric_limits<Key>::min)(), s);
    }
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V* s, const V& x, const V&, const V* c) noexcept {
        using W = typename vec<std::make_unsigned_t<Key>, Bytes>::type;
        V k = x;
        if constexpr (sizeof(Key) > 1) k ^= (x >> (static_cast<int>(sizeof(Key)) * 8 - 1)) & c[0];  // no float has 8 bits
        k = reinterpret_cast<V>(reinterpret_cast<W>(k) + reinterpret_cast<W>(c[1])) ^ c[2];
        merge(*s, k);
    }
    template <class V>
    TENFOLD_BODY static void merge(V& s, const V& t) noexcept {
        s = s < t ? t : s;
    }
};
TENFOLD_END
TENFOLD_BODIES_END
