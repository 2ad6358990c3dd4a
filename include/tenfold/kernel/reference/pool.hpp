// SPDX-License-Identifier: Apache-2.0
// max_pool: y(n, c, o) = max over taps t inside of x(n, c, o stride + t dilation - begin); average_pool: their mean. [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/convert_value.hpp>  // is_nan
#include <tenfold/kernel/reference/element.hpp>
#include <tenfold/op/pool.hpp>

#include <cmath>
#include <limits>

TENFOLD_BEGIN
/// Calls f(index into x) for every tap of a window that lies inside the input; returns their number.
template <std::size_t Rank, class F>
index_t for_each_tap(const window_geometry<Rank - 2>& g, layout order, const index_array<Rank>& output, const F& f) {
    const std::size_t first = first_spatial_axis(order);
    index_t inside = 0;
    for_each_index(g.window, [&](const auto& tap) {
        index_array<Rank> at = output;
        for (std::size_t i = 0; i + 2 < Rank; ++i) {
            at[first + i] = output[first + i] * g.stride[i] + tap[i] * g.dilation[i] - g.begin[i];
            if (at[first + i] < 0 || at[first + i] >= g.input[i]) return;
        }
        ++inside;
        f(at);
    });
    return inside;
}

template <>
struct kernel<max_pool_op, reference> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const reference&, const pool_arguments<X, Y, Rank, Space, max_pool_options<Rank - 2>>& a) noexcept {
        for_each_index(a.y.extents(), [&](const index_array<Rank>& index) {
            bool any = false;
            bool any_nan = false;
            X most{};
            for_each_tap<Rank>(a.windows, a.options.layout, index, [&](const index_array<Rank>& at) {
                const X x = a.x(at);
                if (is_nan_value(x)) {
                    any_nan = true;
                } else if (!any || most < x || (most == x && is_negative_zero(most))) {
                    any = true;
                    most = x;
                }
            });
            const bool nan_wins = any_nan && (a.options.nan == nan::propagate || !any);
            a.y(index) = nan_wins ? canonical_nan<X>() : most;
        });
        return {};
    }

private:
    template <class T>
    static bool is_nan_value(T x) noexcept {
        if constexpr (is_floating_v<T>) return is_nan(widen<double>(x));
        return false;
    }
    template <class T>
    static bool is_negative_zero(T x) noexcept {
        if constexpr (is_floating_v<T>) return std::signbit(widen<double>(x));
        return false;
    }
    /// Quiet, positive, without payload.
    template <class T>
    static T canonical_nan() noexcept {
        if constexpr (is_floating_v<T>) return narrow<T>(std::numeric_limits<double>::quiet_NaN());
        return T{};
    }
};

template <>
struct kernel<average_pool_op, reference> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const reference&, const pool_arguments<X, Y, Rank, Space, average_pool_options<Rank - 2>>& a) noexcept {
        const index_t taps = element_count(a.windows.window);
        for_each_index(a.y.extents(), [&](const index_array<Rank>& index) {
            double sum = 0;
            const index_t inside =
                for_each_tap<Rank>(a.windows, a.options.layout, index, [&](const index_array<Rank>& at) { sum += widen<double>(a.x(at)); });
            a.y(index) = narrow<Y>(sum / static_cast<double>(a.options.count_padding ? taps : inside));
        });
        return {};
    }
};
TENFOLD_END
