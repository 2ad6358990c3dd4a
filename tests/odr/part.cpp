// SPDX-License-Identifier: Apache-2.0
// One part of the mixed program; ODR_PART is its name. The same functions, the flags of the build differ.
#include <odr/part.hpp>
#include <tenfold/core/axes.hpp>
#include <tenfold/tenfold.hpp>

#include <array>

namespace tf = tenfold;

namespace {
tf::status reference(const odr::input& a, const odr::input& b, const odr::output& c) {
    return tf::matmul(std::nothrow, tf::reference{}, a, b, c);
}
tf::status cpu(const odr::input& a, const odr::input& b, const odr::output& c) { return tf::matmul(std::nothrow, tf::cpu{}, a, b, c); }

tf::status refused(const odr::input& a, const odr::output& c) {
#if defined(__cpp_exceptions)
    try {
        tf::matmul(tf::cpu{}, a, a, c);
    } catch (const tf::shape_error&) {}
#endif
    return tf::matmul(std::nothrow, tf::cpu{}, a, a, c);
}

struct small_view {
    char before;
    tf::tensor_view<tf::half, 3> view;
};
constexpr std::array<std::size_t, 18> layout = {
    sizeof(tf::half),
    alignof(tf::half),
    sizeof(tf::bfloat16),
    sizeof(odr::input),
    alignof(odr::input),
    sizeof(tf::tensor_view<double, 0>),
    sizeof(small_view),
    offsetof(small_view, view),
    sizeof(tf::tensor<float, 2>),
    alignof(tf::tensor<float, 2>),
    sizeof(tf::status),
    alignof(tf::status),
    sizeof(tf::cpu),
    alignof(tf::cpu),
    sizeof(tf::reference),
    sizeof(tf::arena_ref),
    sizeof(tf::shape_error),
    sizeof(tf::axes<3>),
};
}

extern const odr::part ODR_PART;
const odr::part ODR_PART = {
    ODR_PART_NAME,
#if defined(__AVX2__)
    true,
#else
    false,
#endif
#if defined(__AVX512F__)
    true,
#else
    false,
#endif
    reference,     cpu, refused, layout.data(), layout.size(),
};
