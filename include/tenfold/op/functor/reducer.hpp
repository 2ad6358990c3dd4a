// SPDX-License-Identifier: Apache-2.0
// The reductions by name: what each one computes, of which types, into which types. No loops.              [floor 3]
#pragma once

#include <tenfold/core/dtype.hpp>

#include <concepts>
#include <limits>
#include <type_traits>

TENFOLD_TYPES_BEGIN
/// What min, max and arg* do with NaN.
enum class nan : bool {
    propagate,  ///< a NaN among the elements is the result (arg*: the first one)
    ignore      ///< NaN is skipped; where all elements are NaN it is the result (arg*: index 0)
};
/// How far the bits of a rounded sum reach.
enum class determinism : unsigned char {
    backend,      ///< the order that is fastest on the backend: its own bits, the same at every call
    cross_device  ///< the order of summation_order.hpp: the same bits on reference and cpu of every machine; on a GPU by design
};
TENFOLD_TYPES_END

TENFOLD_BEGIN
struct no_options {};
struct sum_options {
    determinism bits = determinism::backend;
};
struct extremum_options {
    tenfold::nan nan = tenfold::nan::propagate;
};
struct variance_options {
    double correction = 0;  ///< the sum of squares is divided by n - correction: 0 of a population, 1 of a sample
};

/// A result of floating-point elements: their type, or float for 16-bit ones.
template <class T, class Y>
inline constexpr bool is_float_result = is_floating_v<T> && (std::is_same_v<Y, T> || (sizeof(T) == 2 && std::is_same_v<Y, float>));

/// Each reducer has
///     name                what messages call it
///     options             its options, empty for most
///     result<T>           the element type of a result that is returned
///     accepts<T, Y>       whether elements of T can be reduced into elements of Y
///     types               the sentence a compiler prints where not
///     needs_elements      whether an empty reduction is an error
struct sum_reducer {
    static constexpr const char* name = "sum";
    using options = sum_options;
    template <class T>
    using result = std::conditional_t<is_floating_v<T>, T, index_t>;
    template <class T, class Y>
    static constexpr bool accepts = is_float_result<T, Y> || (is_integer_v<T> && is_integer_v<Y>);
    static constexpr bool needs_elements = false;
    determinism bits = determinism::backend;

    sum_reducer() = default;
    TENFOLD_INLINE constexpr explicit sum_reducer(const options& o) noexcept : bits(o.bits) {}
};
struct prod_reducer : sum_reducer {
    using sum_reducer::sum_reducer;
    static constexpr const char* name = "prod";
};

template <bool Largest>
struct extremum_reducer {
    static constexpr const char* name = Largest ? "max" : "min";
    using options = extremum_options;
    template <class T>
    using result = T;
    template <class T, class Y>
    static constexpr bool accepts = std::is_same_v<T, Y>;
    static constexpr bool needs_elements = true;
    tenfold::nan nan = tenfold::nan::propagate;

    extremum_reducer() = default;
    TENFOLD_INLINE constexpr explicit extremum_reducer(const options& o) noexcept : nan(o.nan) {}
};
using min_reducer = extremum_reducer<false>;
using max_reducer = extremum_reducer<true>;

/// any: an element is not zero; all: no element is. NaN is not zero.
template <bool All>
struct truth_reducer {
    static constexpr const char* name = All ? "all" : "any";
    using options = no_options;
    template <class T>
    using result = bool;
    template <class T, class Y>
    static constexpr bool accepts = std::is_same_v<Y, bool> || std::is_same_v<Y, std::uint8_t>;
    static constexpr bool needs_elements = false;
};
using any_reducer = truth_reducer<false>;
using all_reducer = truth_reducer<true>;

/// Reductions that leave the integers: convert() integers first.
template <class Options = no_options>
struct real_reducer {
    using options = Options;
    template <class T>
    using result = T;
    template <class T, class Y>
    static constexpr bool accepts = is_float_result<T, Y>;
    static constexpr bool needs_elements = false;
};
/// Those that are sums.
struct real_sum_reducer : real_reducer<sum_options> {
    determinism bits = determinism::backend;

    real_sum_reducer() = default;
    TENFOLD_INLINE constexpr explicit real_sum_reducer(const sum_options& o) noexcept : bits(o.bits) {}
};
struct mean_reducer : real_sum_reducer {
    using real_sum_reducer::real_sum_reducer;
    static constexpr const char* name = "mean";
};
struct norm1_reducer : real_sum_reducer {
    using real_sum_reducer::real_sum_reducer;
    static constexpr const char* name = "norm1";
};
struct norm2_reducer : real_reducer<> {
    static constexpr const char* name = "norm2";
};
struct log_sum_exp_reducer : real_reducer<> {
    static constexpr const char* name = "log_sum_exp";
};
struct variance_reducer : real_reducer<variance_options> {
    static constexpr const char* name = "variance";
    double correction = 0;

    variance_reducer() = default;
    TENFOLD_INLINE constexpr explicit variance_reducer(const variance_options& o) noexcept : correction(o.correction) {}
};

/// Whether a reduction of T may be asked for in the order of every device. Where nothing is rounded, every order is that one.
template <class Reducer, class T>
inline constexpr bool is_ordered_sum = is_floating_v<T> && requires(const Reducer& r) { r.bits; };

/// Whether it is asked for so.
template <class T, class Reducer>
TENFOLD_INLINE constexpr bool crosses_devices(const Reducer& reducer) noexcept {
    if constexpr (is_ordered_sum<Reducer, T>) {
        return reducer.bits == determinism::cross_device;
    } else {
        return false;
    }
}

/// A monoid of the caller for reduce(): `value_type` (trivially copyable), `identity()` and an associative
/// `(value_type, value_type) -> value_type`. Optional: `map(element) -> value_type`, else a conversion, and
/// `finish(value_type) -> result`, else the value itself.
template <class M, class T>
concept monoid = std::is_trivially_copyable_v<typename M::value_type> && requires(const M& m, const typename M::value_type& a) {
    { m.identity() } -> std::convertible_to<typename M::value_type>;
    { m(a, a) } -> std::convertible_to<typename M::value_type>;
} && (requires(const M& m, const T& x) {
                     { m.map(x) } -> std::convertible_to<typename M::value_type>;
                 } || std::convertible_to<T, typename M::value_type>);

/// A monoid as a reducer.
template <class Monoid>
struct monoid_reducer {
    static constexpr const char* name = "reduce";
    static constexpr bool needs_elements = false;
    using value_type = typename Monoid::value_type;
    Monoid functor;

    template <class T>
    TENFOLD_INLINE value_type map(const T& x) const {
        if constexpr (requires { functor.map(x); }) {
            return functor.map(x);
        } else {
            return static_cast<value_type>(x);
        }
    }
    template <class Y>
    TENFOLD_INLINE Y finish(const value_type& total) const {
        if constexpr (requires { functor.finish(total); }) {
            return static_cast<Y>(functor.finish(total));
        } else {
            return static_cast<Y>(total);
        }
    }
};
TENFOLD_END
