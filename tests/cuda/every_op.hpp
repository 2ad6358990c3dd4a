// SPDX-License-Identifier: Apache-2.0
// A call of every op for one element type, on any backend: what instantiates each kernel of the cuda backend. Nothing here runs.
#pragma once

#include <tenfold/ops.hpp>

namespace every_op {
namespace tf = tenfold;

struct scaled_sum {
    template <class V>
    TENFOLD_ANYWHERE V operator()(V x, V y) const {
        return x + x + y;
    }
};
/// A monoid whose state is a struct: the smallest value and how often it is there.
struct smallest_counted {
    struct value_type {
        float value;
        int times;
    };
    TENFOLD_ANYWHERE value_type identity() const { return {3e38f, 0}; }
    TENFOLD_ANYWHERE value_type operator()(const value_type& a, const value_type& b) const {
        if (a.value == b.value) return {a.value, a.times + b.times};
        return a.value < b.value ? a : b;
    }
    template <class T>
    TENFOLD_ANYWHERE value_type map(T x) const {
        return {static_cast<float>(x), 1};
    }
    TENFOLD_ANYWHERE int finish(const value_type& v) const { return v.times; }
};

template <class Backend, class T, std::size_t Rank>
using view = tf::tensor_view<T, Rank, typename Backend::space>;

template <class T, class Backend>
void reductions(const Backend& gpu, const view<Backend, const T, 2>& x) {
    const tf::axes rows{1};
    (void)tf::sum(gpu, x, rows);
    (void)tf::prod(gpu, x, rows);
    (void)tf::min(gpu, x, rows);
    (void)tf::max(gpu, x, rows);
    (void)tf::any(gpu, x, rows);
    (void)tf::all(gpu, x, rows);
    (void)tf::argmin(gpu, x, rows);
    (void)tf::argmax(gpu, x, rows);
    (void)tf::cumulative_sum(gpu, x, 1);
    tf::reduce(gpu, x, rows, smallest_counted{}, view<Backend, int, 1>());
    if constexpr (tf::is_floating_v<T>) {
        (void)tf::mean(gpu, x, rows);
        (void)tf::norm1(gpu, x, rows);
        (void)tf::norm2(gpu, x, rows);
        (void)tf::variance(gpu, x, rows);
        (void)tf::log_sum_exp(gpu, x, rows);
    }
}
template <class T, class Backend>
void rows_and_elements(const Backend& gpu, const view<Backend, const T, 2>& x, const view<Backend, const T, 1>& scale,
                       const view<Backend, T, 2>& y) {
    tf::copy(gpu, x, y);
    tf::transform(gpu, scaled_sum{}, x, x, y);
    if constexpr (tf::is_floating_v<T>) {
        (void)tf::softmax(gpu, x, 1);
        (void)tf::log_softmax(gpu, x, 1);
        (void)tf::layer_norm(gpu, x, 1, scale, scale);
        (void)tf::rms_norm(gpu, x, 1, scale);
    }
    if constexpr (!std::is_same_v<T, float>) tf::convert(gpu, x, view<Backend, float, 2>());
}
template <class T>
inline constexpr bool is_narrow_float = tf::is_floating_v<T> && sizeof(T) == 2;
/// What the 16-bit types have besides: float outputs. An epilogue with operands is looked at in them too.
template <class T, class Backend>
void into_floats(const Backend& gpu, const view<Backend, const T, 2>& x) {
    tf::sum(gpu, x, tf::axes{1}, view<Backend, float, 1>());
    tf::softmax(gpu, x, 1, view<Backend, float, 2>());
}
template <class T, class Backend>
void products(const Backend& gpu) {
    const view<Backend, const T, 2> x;
    const view<Backend, float, 2> y;
    const view<Backend, const float, 1> each;
    (void)tf::matmul(gpu, x, x);
    if constexpr (is_narrow_float<T>) tf::matmul(gpu, x, x, y, tf::bias(each) | tf::gelu{} | tf::add(y));
}
template <class T, class Backend>
void all(const Backend& gpu) {
    reductions<T>(gpu, {});
    rows_and_elements<T>(gpu, {}, {}, {});
    products<T>(gpu);
    if constexpr (is_narrow_float<T>) into_floats<T>(gpu, {});
}
}  // namespace every_op
