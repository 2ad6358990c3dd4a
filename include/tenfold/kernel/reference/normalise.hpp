// SPDX-License-Identifier: Apache-2.0
// layer_norm: y = (x - mean) / sqrt(mean of (x - mean)^2 + epsilon) scale + bias; rms_norm: the same with mean 0. [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/rows.hpp>
#include <tenfold/op/normalise.hpp>

#include <cmath>

TENFOLD_BEGIN
template <bool Centred, class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
void reference_normalise(const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
    for_each_row(a.x.extents(), a.axis, [&](index_t n, const auto& at) {
        const auto x = [&](index_t i) { return widen<double>(a.x(at(i))); };
        const auto count = static_cast<double>(n);
        double mean = 0;
        double remainder = 0;  // what the rounded mean lacks: much, beside the spread of doubles with a large offset
        if (Centred) {
            for (index_t i = 0; i < n; ++i) mean += x(i);
            mean /= count;
            for (index_t i = 0; i < n; ++i) remainder += x(i) - mean;
            remainder /= count;
        }
        const auto centred = [&](index_t i) { return (x(i) - mean) - remainder; };
        double squares = 0;
        for (index_t i = 0; i < n; ++i) squares += centred(i) * centred(i);
        const double root = std::sqrt(squares / count + a.options.epsilon);
        for (index_t i = 0; i < n; ++i) {
            double y = centred(i) / root;
            if (a.has_scale) y *= widen<double>(a.scale(i));
            if (a.has_bias) y += widen<double>(a.bias(i));
            a.y(at(i)) = narrow<Y>(y);
        }
    });
}

template <>
struct kernel<layer_norm_op, reference> {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const reference&, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) noexcept {
        reference_normalise<true>(a);
        return {};
    }
};
template <>
struct kernel<rms_norm_op, reference> {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const reference&, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) noexcept {
        reference_normalise<false>(a);
        return {};
    }
};
TENFOLD_END
