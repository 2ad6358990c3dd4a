// SPDX-License-Identifier: Apache-2.0
// A call of each kernel in the list of kernel/cpu/precompiled.hpp, none other; each result is compared with the reference.
#include <tenfold/backends/cpu.hpp>
#include <tenfold/backends/reference.hpp>
#include <tenfold/testing/data.hpp>

#include <cmath>
#include <cstdio>

namespace tf = tenfold;

int call_unlisted();  // unlisted.cpp
int call_without_option();

namespace {
int failures = 0;

template <class T, std::size_t Rank>
tf::tensor<T, Rank> operand(const tf::index_array<Rank>& extents, std::uint64_t seed) {
    tf::tensor<T, Rank> x(extents);
    tf::testing::generator random(seed);
    tf::testing::fill_integers(x.view(), random, 8);
    return x;
}

template <class T, std::size_t Rank>
void compare(const char* name, const tf::tensor<T, Rank>& got, const tf::tensor<T, Rank>& expected, double tolerance) {
    for (tf::index_t i = 0; i < got.size(); ++i) {
        if (std::abs(static_cast<double>(got.data()[i]) - static_cast<double>(expected.data()[i])) <= tolerance) continue;
        std::printf("%s: element %ld is %g, expected %g\n", name, static_cast<long>(i), static_cast<double>(got.data()[i]),
                    static_cast<double>(expected.data()[i]));
        ++failures;
        return;
    }
}

/// Small integers: every sum is exact, whatever its order.
template <class A, class B, class C, std::size_t Rank>
void check_matmul(const char* name) {
    tf::index_array<Rank> a_extents{}, b_extents{}, c_extents{};
    a_extents.fill(3);
    b_extents.fill(3);
    c_extents.fill(3);
    a_extents[Rank - 2] = c_extents[Rank - 2] = 37;
    a_extents[Rank - 1] = b_extents[Rank - 2] = 20;
    b_extents[Rank - 1] = c_extents[Rank - 1] = 45;
    const auto a = operand<A, Rank>(a_extents, 1);
    const auto b = operand<B, Rank>(b_extents, 2);
    tf::tensor<C, Rank> c(c_extents), expected(c_extents);
    tf::matmul(tf::cpu{}, a, b, c);
    tf::matmul(tf::reference{}, a, b, expected);
    compare(name, c, expected, 0);
}

/// op(backend, x) along the last axis.
template <std::size_t Rank, class Op>
void check_rows(const char* name, const Op& op) {
    tf::index_array<Rank> extents{};
    extents.fill(5);
    extents[Rank - 1] = 67;
    const auto x = operand<float, Rank>(extents, 3);
    compare(name, op(tf::cpu{}, x), op(tf::reference{}, x), 1e-5);
}
}  // namespace

int main() {
    check_matmul<float, float, float, 2>("matmul f32");
    check_matmul<float, float, float, 3>("matmul f32, batches");
    check_matmul<double, double, double, 2>("matmul f64");
    check_matmul<tf::bfloat16, tf::bfloat16, tf::bfloat16, 2>("matmul bf16");
    check_matmul<tf::bfloat16, tf::bfloat16, float, 2>("matmul bf16 into f32");
    check_matmul<tf::half, tf::half, tf::half, 2>("matmul f16");
    check_matmul<tf::half, tf::half, float, 2>("matmul f16 into f32");
    check_matmul<std::int8_t, std::int8_t, std::int32_t, 2>("matmul s8");
    check_matmul<std::uint8_t, std::int8_t, std::int32_t, 2>("matmul u8 s8");
    const auto x = operand<float, 4>({2, 7, 13, 15}, 4);
    const auto w = operand<float, 4>({9, 7, 3, 3}, 5);
    compare("conv", tf::conv(tf::cpu{}, x, w), tf::conv(tf::reference{}, x, w), 0);
    check_rows<2>("sum", [](const auto& where, const auto& rows) { return tf::sum(where, rows, tf::axes{1}); });
    check_rows<2>("mean", [](const auto& where, const auto& rows) { return tf::mean(where, rows, tf::axes{1}); });
    const auto softmax = [](const auto& where, const auto& rows) { return tf::softmax(where, rows, -1); };
    const auto layer_norm = [](const auto& where, const auto& rows) { return tf::layer_norm(where, rows, -1); };
    const auto rms_norm = [](const auto& where, const auto& rows) { return tf::rms_norm(where, rows, -1); };
    check_rows<2>("softmax", softmax);
    check_rows<3>("softmax of rank 3", softmax);
    check_rows<2>("layer_norm", layer_norm);
    check_rows<3>("layer_norm of rank 3", layer_norm);
    check_rows<2>("rms_norm", rms_norm);
    check_rows<3>("rms_norm of rank 3", rms_norm);
    failures += call_unlisted() + call_without_option();
    return failures == 0 ? 0 : 1;
}
