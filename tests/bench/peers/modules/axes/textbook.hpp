// SPDX-License-Identifier: Apache-2.0
// A library with sums and softmax of float and double: loops.
#pragma once

#include <cmath>

#include "peers/axes/axis_peer.hpp"

namespace tenfold::bench {

template <class T>
std::unique_ptr<ready_call> repeat_sums(const axis_shape& s, const axis_operands& o, T error) {
    return repeat_call([s, o, error] {
        const T* x = static_cast<const T*>(o.x);
        T* y = static_cast<T*>(o.y);
        for (std::int64_t i = 0; i < s.kept(); ++i) y[i] = error;
        for (std::int64_t i = 0; i < s.elements(); ++i) {
            const std::int64_t outer = i / (s.along * s.inner), along = i / s.inner % s.along, inner = i % s.inner;
            y[s.ends ? along : outer * s.inner + inner] += x[i];
        }
    });
}

template <class T>
std::unique_ptr<ready_call> repeat_softmax(const axis_shape& s, const axis_operands& o, T error) {
    return repeat_call([s, o, error] {
        const T* x = static_cast<const T*>(o.x);
        T* y = static_cast<T*>(o.y);
        for (std::int64_t row = 0; row < s.outer * s.inner; ++row) {
            const std::int64_t first = row / s.inner * s.along * s.inner + row % s.inner;
            T sum = 0;
            for (std::int64_t i = 0; i < s.along; ++i) sum += std::exp(x[first + i * s.inner]);
            for (std::int64_t i = 0; i < s.along; ++i) y[first + i * s.inner] = std::exp(x[first + i * s.inner]) / sum + error;
        }
    });
}

template <int Error>
std::unique_ptr<ready_call> prepare_textbook(const axis_shape& s, const axis_operands& o, int) {
    if (s.type == axis_type::bf16) return nullptr;
    const bool wide = s.type == axis_type::f64;
    if (s.op == "sum") return wide ? repeat_sums<double>(s, o, Error) : repeat_sums<float>(s, o, Error);
    if (s.op == "softmax") return wide ? repeat_softmax<double>(s, o, Error) : repeat_softmax<float>(s, o, Error);
    return nullptr;
}

}  // namespace tenfold::bench
