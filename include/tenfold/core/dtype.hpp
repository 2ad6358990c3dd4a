// SPDX-License-Identifier: Apache-2.0
// What ops need to know of an element type: name, accumulator, unit roundoff, class.                       [floor 1]
#pragma once

#include <tenfold/core/dtype/list.hpp>
#include <tenfold/core/index.hpp>

#include <concepts>
#include <type_traits>

TENFOLD_TYPES_BEGIN
/// name         short name used in messages, problem strings and records
/// accumulator  type in which products are summed (matmul, convolution): exact int32 for 8-bit, float for 16-bit floats
/// sum_type     type in which elements are summed (reductions): int64 for every integer, so that it cannot overflow
///              before 2^31 elements; it wraps modulo 2^64
/// roundoff     unit roundoff u of the type itself, 0 for integers
template <class T>
struct dtype_traits;

template <>
struct dtype_traits<float> {
    static constexpr const char* name = "f32";
    using accumulator = float;
    using sum_type = float;
    static constexpr double roundoff = 0x1p-24;
};
template <>
struct dtype_traits<double> {
    static constexpr const char* name = "f64";
    using accumulator = double;
    using sum_type = double;
    static constexpr double roundoff = 0x1p-53;
};
template <>
struct dtype_traits<half> {
    static constexpr const char* name = "f16";
    using accumulator = float;
    using sum_type = float;
    static constexpr double roundoff = 0x1p-11;
};
template <>
struct dtype_traits<bfloat16> {
    static constexpr const char* name = "bf16";
    using accumulator = float;
    using sum_type = float;
    static constexpr double roundoff = 0x1p-8;
};
template <>
struct dtype_traits<std::int8_t> {
    static constexpr const char* name = "s8";
    using accumulator = std::int32_t;
    using sum_type = std::int64_t;
    static constexpr double roundoff = 0;
};
template <>
struct dtype_traits<std::uint8_t> {
    static constexpr const char* name = "u8";
    using accumulator = std::int32_t;
    using sum_type = std::int64_t;
    static constexpr double roundoff = 0;
};
template <>
struct dtype_traits<std::int32_t> {
    static constexpr const char* name = "s32";
    using accumulator = std::int32_t;
    using sum_type = std::int64_t;
    static constexpr double roundoff = 0;
};
template <>
struct dtype_traits<std::int64_t> {
    static constexpr const char* name = "s64";
    using accumulator = std::int64_t;
    using sum_type = std::int64_t;
    static constexpr double roundoff = 0;
};
template <>
struct dtype_traits<bool> {
    static constexpr const char* name = "bool";
    using accumulator = bool;
    using sum_type = bool;
    static constexpr double roundoff = 0;
};

template <class T>
using accumulator_t = typename dtype_traits<std::remove_const_t<T>>::accumulator;

template <class T>
using sum_type_t = typename dtype_traits<std::remove_const_t<T>>::sum_type;

template <class T, class List>
inline constexpr bool is_in_list_v = false;
template <class T, class... U>
inline constexpr bool is_in_list_v<T, type_list<U...>> = (std::is_same_v<T, U> || ...);

/// An element type of operands.
template <class T>
concept dtype = is_in_list_v<std::remove_const_t<T>, dtype_list>;

/// An element type of any tensor, outputs included.
template <class T>
concept element = dtype<T> || std::same_as<std::remove_const_t<T>, std::int64_t> || std::same_as<std::remove_const_t<T>, bool>;

template <class T>
inline constexpr bool is_floating_v = dtype_traits<std::remove_const_t<T>>::roundoff > 0;

template <class T>
inline constexpr bool is_integer_v = element<T> && !is_floating_v<T> && !std::is_same_v<std::remove_const_t<T>, bool>;
TENFOLD_TYPES_END
