// SPDX-License-Identifier: Apache-2.0
// What one vector of elements does to a vector of accumulators: the inner operation of each reduction.      [floor 4]
//
// A step has   lane                  the type of accumulators
//              start<Bytes>(s)       accumulators before the first element
//              absorb<Bytes>(s, x, p)  one vector of elements; p: a parameter per output (a mean, a maximum), else unused
//              merge(s, t)           two accumulators, as vectors or as single lanes
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

/// 0, 1, 2 ... to be loaded as a vector.
template <class Integer>
struct counting_numbers {
    Integer value[64 / sizeof(Integer)];
    constexpr counting_numbers() noexcept : value{} {
        Integer next = 0;
        for (Integer& v : value) v = next++;
    }
};
template <class Integer>
inline constexpr counting_numbers<Integer> lane_numbers{};

template <std::size_t Bytes>
using integer_of =
    std::conditional_t<Bytes == 8, std::int64_t,
                       std::conditional_t<Bytes == 4, std::int32_t, std::conditional_t<Bytes == 2, std::int16_t, std::int8_t>>>;

/// Loads the lanes a step works on: widened elements, or the bare bits for steps that order them as integers.
template <class Step, int Bytes, class T>
TENFOLD_BODY void load_lanes(const T* p, typename vec<typename Step::lane, Bytes>::type& out) noexcept {
    if constexpr (Step::bare_bits) {
        load_vector(reinterpret_cast<const typename Step::lane*>(p), out);
    } else {
        load_widened<Bytes, typename Step::lane>(p, out);
    }
}

/// Loads `count` elements, fewer than a vector has lanes, and none beyond them; the other lanes are of zeros.
template <class Step, int Bytes, class T>
TENFOLD_BODY void load_tail(const T* p, index_t count, typename vec<typename Step::lane, Bytes>::type& out) noexcept {
    alignas(64) T copy[static_cast<std::size_t>(vec<typename Step::lane, Bytes>::lanes)] = {};
    for (index_t i = 0; i < count; ++i) copy[i] = p[i];
    load_lanes<Step, Bytes>(static_cast<const T*>(copy), out);
}

/// The first `count` lanes of s absorb x; the others stay as they are.
template <class Step, int Bytes, class V>
TENFOLD_BODY void absorb_tail(V& s, const V& x, const V& parameter, index_t count) noexcept {
    using Integer = integer_of<sizeof(typename Step::lane)>;
    typename vec<Integer, Bytes>::type number;
    load_vector(lane_numbers<Integer>.value, number);
    V t = s;
    Step::template absorb<Bytes>(t, x, parameter);
    s = number < static_cast<Integer>(count) ? t : s;
}

/// What most steps share.
template <class Lane>
struct arithmetic_step {
    using lane = Lane;
    static constexpr bool bare_bits = false;
    template <class V>
    TENFOLD_BODY static void merge(V& s, const V& t) noexcept {
        TENFOLD_STRICT
        s += t;
    }
};

/// s + x. The identity is -0: x + -0 is x for every x, so that a sum of -0 alone stays -0.
template <class Lane>
struct sum_step : arithmetic_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        broadcast(static_cast<Lane>(std::is_floating_point_v<Lane> ? -0.0 : 0.0), s);
    }
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V&) noexcept {
        TENFOLD_STRICT
        s += x;
    }
};

template <class Lane>
struct product_step : arithmetic_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        broadcast(Lane{1}, s);
    }
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V&) noexcept {
        TENFOLD_STRICT
        s *= x;
    }
    template <class V>
    TENFOLD_BODY static void merge(V& s, const V& t) noexcept {
        TENFOLD_STRICT
        s *= t;
    }
};

/// Steps whose terms are >= +0.
template <class Lane>
struct magnitude_step : arithmetic_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        s = V{};
    }
};
/// s + |x|
template <class Lane>
struct absolute_step : magnitude_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V&) noexcept {
        TENFOLD_STRICT
        const V negative = -x;
        s += x < V{} ? negative : x;
    }
};
/// s + x x
template <class Lane>
struct square_step : magnitude_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V&) noexcept {
        TENFOLD_STRICT
        s += x * x;
    }
};
/// s + (x - p) (x - p)
template <class Lane>
struct centred_square_step : magnitude_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V& p) noexcept {
        TENFOLD_STRICT
        const V d = x - p;
        s += d * d;
    }
};

/// s + (p x) (p x): p is a power of two that keeps squares in range
template <class Lane>
struct scaled_square_step : magnitude_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V& p) noexcept {
        TENFOLD_STRICT
        const V scaled = x * p;
        s += scaled * scaled;
    }
};
/// s + exp(x - p)
template <class Lane>
struct exponential_step : magnitude_step<Lane> {
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V& p) noexcept {
        TENFOLD_STRICT
        V e = x - p;
        exp_vector<Lane>(e);
        s += e;
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

/// The largest or smallest key.
template <class Order, bool Largest>
struct extremum_step {
    using lane = typename Order::key;
    static constexpr bool bare_bits = true;
    static constexpr lane worst = Largest ? (std::numeric_limits<lane>::min)() : (std::numeric_limits<lane>::max)();
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        broadcast(lane{worst}, s);
    }
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V&) noexcept {
        V k = x;
        Order::template to_keys<Bytes>(k);
        merge(s, k);
    }
    template <class V>
    TENFOLD_BODY static void merge(V& s, const V& t) noexcept {
        if constexpr (Largest) {
            s = s < t ? t : s;
        } else {
            s = t < s ? t : s;
        }
    }
};

/// How patterns are combined, as unsigned integers without the sign bit of floats.
enum class pattern : int {
    combined,       ///< the bits of all together: zero if every element is
    smallest,  ///< zero if some element is
    largest    ///< the bits of the largest magnitude; of a NaN, if there is one
};
template <class T, pattern Kind>
struct pattern_step {
    using lane = std::make_unsigned_t<bits_of_t<T>>;
    static constexpr bool bare_bits = true;
    static constexpr lane counted =
        static_cast<lane>(is_floating_v<T> ? (std::numeric_limits<lane>::max)() >> 1 : (std::numeric_limits<lane>::max)());
    template <int Bytes, class V>
    TENFOLD_BODY static void start(V& s) noexcept {
        broadcast(static_cast<lane>(Kind == pattern::smallest ? ~lane{0} : lane{0}), s);
    }
    template <int Bytes, class V>
    TENFOLD_BODY static void absorb(V& s, const V& x, const V&) noexcept {
        const V t = x & counted;
        merge(s, t);
    }
    template <class V>
    TENFOLD_BODY static void merge(V& s, const V& t) noexcept {
        if constexpr (Kind == pattern::combined) {
            s = static_cast<V>(s | t);
        } else if constexpr (Kind == pattern::smallest) {
            s = t < s ? t : s;
        } else {
            s = s < t ? t : s;
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
