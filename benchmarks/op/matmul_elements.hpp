// SPDX-License-Identifier: Apache-2.0
// The element types of a matmul's operands, from their name to C++.
#pragma once

#include <tenfold/core/dtype.hpp>  // bfloat16

#include <cstdint>  // std::int8_t, std::uint8_t, std::int32_t

#include "op/matmul_shape.hpp"  // matmul_types

namespace tenfold::bench {

template <class A, class B, class C>
struct element_types {
    using a = A;
    using b = B;
    using c = C;
};

template <matmul_types Types>
struct elements_of;
template <>
struct elements_of<matmul_types::f32> : element_types<float, float, float> {};
template <>
struct elements_of<matmul_types::f64> : element_types<double, double, double> {};
template <>
struct elements_of<matmul_types::bf16> : element_types<bfloat16, bfloat16, float> {};
template <>
struct elements_of<matmul_types::u8s8> : element_types<std::uint8_t, std::int8_t, std::int32_t> {};
template <>
struct elements_of<matmul_types::s8> : element_types<std::int8_t, std::int8_t, std::int32_t> {};

/// Calls f(elements_of<types>()).
template <class F>
auto with_elements(matmul_types types, const F& f) {
    switch (types) {
        case matmul_types::f64: return f(elements_of<matmul_types::f64>());
        case matmul_types::bf16: return f(elements_of<matmul_types::bf16>());
        case matmul_types::u8s8: return f(elements_of<matmul_types::u8s8>());
        case matmul_types::s8: return f(elements_of<matmul_types::s8>());
        default: return f(elements_of<matmul_types::f32>());
    }
}

}  // namespace tenfold::bench
