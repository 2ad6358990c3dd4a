// SPDX-License-Identifier: Apache-2.0
// softmax: y = exp(x - m) / sum exp(x - m); log_softmax: y = x - m - log sum exp(x - m); m the row's maximum. [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/rows.hpp>
#include <tenfold/op/softmax.hpp>

#include <cmath>
#include <limits>

TENFOLD_BEGIN
/// A NaN in the row makes the sum NaN, whatever the maximum; so do +Inf and a row of -Inf, where x - m is Inf - Inf.
template <class X, class Y, std::size_t Rank, class Space, class Finish>
void reference_softmax(const softmax_arguments<X, Y, Rank, Space>& a, const Finish& finish) {
    for_each_row(a.x.extents(), a.axis, [&](index_t n, const auto& at) {
        double maximum = -std::numeric_limits<double>::infinity();
        for (index_t i = 0; i < n; ++i) {
            const auto x = widen<double>(a.x(at(i)));
            if (x > maximum) maximum = x;
        }
        double total = 0;
        for (index_t i = 0; i < n; ++i) total += std::exp(widen<double>(a.x(at(i))) - maximum);
        for (index_t i = 0; i < n; ++i) a.y(at(i)) = narrow<Y>(finish(widen<double>(a.x(at(i))) - maximum, total));
    });
}

template <>
struct kernel<softmax_op, reference> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const reference&, const softmax_arguments<X, Y, Rank, Space>& a) noexcept {
        reference_softmax(a, [](double shifted, double total) { return std::exp(shifted) / total; });
        return {};
    }
};
template <>
struct kernel<log_softmax_op, reference> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const reference&, const softmax_arguments<X, Y, Rank, Space>& a) noexcept {
        reference_softmax(a, [](double shifted, double total) { return shifted - std::log(total); });
        return {};
    }
};
TENFOLD_END
