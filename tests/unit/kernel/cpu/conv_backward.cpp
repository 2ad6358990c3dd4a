// SPDX-License-Identifier: Apache-2.0
// Gradients of convolution and its transpose: what they are by definition, every output written, bits, refusals.
#include <tenfold/backends/cpu.hpp>
#include <tenfold/backends/reference.hpp>
#include <tenfold/op/conv_backward.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace tf = tenfold;
using tf::index_t;

namespace {
template <class T>
tf::tensor<T, 4> random_tensor(tf::testing::generator& random, const tf::index_array<4>& extents) {
    tf::tensor<T, 4> x(extents);
    tf::testing::fill_random(x.view(), random);
    return x;
}
template <class T>
double dot(const tf::tensor<T, 4>& a, const tf::tensor<T, 4>& b) {
    double sum = 0;
    for (index_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a.data()[i]) * static_cast<double>(b.data()[i]);
    return sum;
}
bool same_bits(const tf::tensor<float, 4>& a, const tf::tensor<float, 4>& b) {
    return a.extents() == b.extents() && std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}
/// nchw, in channels first order.
struct shape {
    const char* what;
    tf::index_array<4> x, w;
    tf::conv_options<2> options;
};
const shape shapes[] = {
    {"dense", {2, 20, 15, 15}, {40, 20, 3, 3}, {.padding = {{1, 1}, {1, 1}}}},
    {"stride 2", {1, 16, 17, 20}, {33, 16, 3, 3}, {.stride = {2, 2}, .padding = {{1, 0}, {0, 2}}}},
    {"image", {1, 3, 33, 29}, {16, 3, 7, 7}, {.stride = {2, 2}, .padding = {{3, 3}, {3, 3}}}},
    {"dilated", {1, 8, 20, 21}, {8, 8, 3, 3}, {.stride = {3, 1}, .dilation = {2, 4}}},
    {"grouped", {1, 12, 9, 9}, {6, 4, 3, 3}, {.stride = {2, 1}, .groups = 3}},
    {"depthwise", {2, 37, 13, 14}, {37, 1, 3, 3}, {.padding = {{1, 1}, {1, 1}}, .groups = 37}},
    {"far strides", {1, 4, 13, 14}, {5, 4, 2, 1}, {.stride = {5, 4}}},
};
}  // namespace

TEST_CASE(
    "gradients are the adjoints of conv: <conv(x, w), y> = <x, data(y, "
    "w)> = <w, weights(x, y)> [E48]") {
    tf::testing::generator random(41);
    for (const shape& s : shapes) {
        const auto x = random_tensor<double>(random, s.x);
        const auto w = random_tensor<double>(random, s.w);
        const auto out = tf::conv(tf::cpu{}, x, w, s.options);
        const auto y = random_tensor<double>(random, out.extents());
        tf::tensor<double, 4> by_x(s.x);
        tf::tensor<double, 4> by_w(s.w);
        tf::conv_backward_data(tf::cpu{}, y, w, by_x, s.options);
        tf::conv_backward_weights(tf::cpu{}, x, y, by_w, s.options);
        const double expected = dot(out, y);
        double scale = 0;
        for (index_t i = 0; i < out.size(); ++i) scale += std::abs(out.data()[i] * y.data()[i]);
        CHECK_MESSAGE(std::abs(dot(x, by_x) - expected) <= 1e-12 * scale, s.what);
        CHECK_MESSAGE(std::abs(dot(w, by_w) - expected) <= 1e-12 * scale, s.what);
    }
}

TEST_CASE("gradients equal finite differences, one element at a time [E48]") {
    tf::testing::generator random(42);
    const tf::conv_options<2> options{.stride = {2, 1}, .padding = {{1, 0}, {1, 1}}, .dilation = {1, 2}, .groups = 2};
    auto x = random_tensor<double>(random, {1, 4, 5, 6});
    auto w = random_tensor<double>(random, {6, 2, 2, 3});
    const auto y = random_tensor<double>(random, tf::conv(tf::reference{}, x, w, options).extents());
    tf::tensor<double, 4> by_x(x.extents());
    tf::tensor<double, 4> by_w(w.extents());
    const auto loss = [&] { return dot(tf::conv(tf::reference{}, x, w, options), y); };
    const auto check = [&](tf::tensor<double, 4>& argument, const tf::tensor<double, 4>& gradient) {
        for (index_t i = 0; i < argument.size(); ++i) {  // loss is linear in each element: a difference has no error but rounding
            const double old = argument.data()[i];
            argument.data()[i] = old + 0.5;
            const double above = loss();
            argument.data()[i] = old - 0.5;
            CHECK(std::abs(above - loss() - gradient.data()[i]) <= 1e-11 * (1 + std::abs(above)));
            argument.data()[i] = old;
        }
    };
    const auto check_both = [&](const auto& where) {
        tf::conv_backward_data(where, y, w, by_x, options);
        tf::conv_backward_weights(where, x, y, by_w, options);
        check(x, by_x);
        check(w, by_w);
    };
    check_both(tf::reference{});
    check_both(tf::cpu{});
}

TEST_CASE(
    "outputs that no tap reaches are written: zero, or the epilogue of "
    "zero [E47]") {
    constexpr float stale = std::numeric_limits<float>::quiet_NaN();
    for (const tf::layout order : {tf::layout::nchw, tf::layout::nhwc}) {
        const bool first = order == tf::layout::nchw;
        const tf::conv_options<2> options{.stride = {4, 3}, .layout = order};  // window 2 x 1
        tf::tensor<float, 4> x(first ? tf::index_array<4>{1, 2, 3, 3} : tf::index_array<4>{1, 3, 3, 2});
        tf::tensor<float, 4> w(first ? tf::index_array<4>{2, 5, 2, 1} : tf::index_array<4>{2, 2, 1, 5});
        tf::tensor<float, 4> y(first ? tf::index_array<4>{1, 5, 11, 9} : tf::index_array<4>{1, 11, 9, 5});
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = 1;
        for (index_t i = 0; i < w.size(); ++i) w.data()[i] = 1;
        tf::tensor<float, 1> bias({5});
        for (index_t i = 0; i < 5; ++i) bias(i) = static_cast<float>(10 * i);
        const auto check = [&](float per_channel) {
            for (index_t c = 0; c < 5; ++c)
                for (index_t h = 0; h < 11; ++h)
                    for (index_t v = 0; v < 9; ++v) {
                        const float sum = h % 4 < 2 && v % 3 == 0 ? 2.0f : 0.0f;  // of two channels of x
                        CHECK((first ? y(0, c, h, v) : y(0, h, v, c)) == sum + per_channel * static_cast<float>(c));
                    }
        };
        const auto spoil = [&] {
            for (index_t i = 0; i < y.size(); ++i) y.data()[i] = stale;
        };
        spoil();
        tf::conv_backward_data(tf::cpu{}, x, w, y, options);
        check(0);
        spoil();
        tf::conv_transpose(tf::cpu{}, x, w, y, options, tf::bias(bias));
        check(10);
    }
}

TEST_CASE("conv_transpose takes an epilogue in place of options") {
    tf::tensor<float, 4> x({1, 2, 3, 3}), w({2, 3, 2, 2}), y({1, 3, 4, 4});
    for (auto* t : {&x, &w}) std::fill(t->data(), t->data() + t->size(), -1.0f);
    const auto shift = [](float value, index_t, index_t c, index_t, index_t) { return value + static_cast<float>(c); };
    tf::conv_transpose(tf::cpu{}, x, w, y, shift);
    CHECK(y(0, 2, 1, 1) == 10);
    CHECK(tf::conv_transpose(std::nothrow, tf::cpu{}, x, w, y, shift).ok());
    CHECK(y(0, 1, 0, 0) == 3);
}

TEST_CASE(
    "no images: weights get zeros; no channels between: the data "
    "gradient is zero [E45]") {
    const tf::tensor_view<const float, 4> no_x(nullptr, {0, 3, 8, 8});
    const tf::tensor_view<const float, 4> no_y(nullptr, {0, 4, 6, 6});
    tf::tensor<float, 4> w({4, 3, 3, 3});
    for (index_t i = 0; i < w.size(); ++i) w.data()[i] = 7;
    tf::conv_backward_weights(tf::cpu{}, no_x, no_y, w);
    for (index_t i = 0; i < w.size(); ++i) CHECK(w.data()[i] == 0);
    const tf::tensor_view<const float, 4> no_outputs(nullptr, {1, 0, 6, 6});
    const tf::tensor_view<const float, 4> no_filters(nullptr, {0, 3, 3, 3});
    tf::tensor<float, 4> x({1, 3, 8, 8});
    for (index_t i = 0; i < x.size(); ++i) x.data()[i] = 7;
    tf::conv_backward_data(tf::cpu{}, no_outputs, no_filters, x);
    for (index_t i = 0; i < x.size(); ++i) CHECK(x.data()[i] == 0);
}

TEST_CASE("conv_transpose refuses weights repeated beyond any memory [E43][E44]") {
    constexpr index_t taps = index_t{1} << 57;
    const float one = 1;
    const tf::tensor_view<const float, 3> x(&one, {1, 1, 4}, {0, 0, 0}), w(&one, {1, 1, taps}, {0, 0, 0});
    tf::tensor<float, 3> y({1, 1, 1});
    CHECK(tf::conv_transpose(std::nothrow, tf::cpu{}, x, w, y, {.padding = {{taps + 2, 0}}}).code() == tf::status_code::out_of_memory);
}

TEST_CASE("bits do not depend on threads [E10][E15]") {
    tf::testing::generator random(43);
    for (const shape& s : shapes) {
        tf::index_array<4> extents = s.x;
        extents[0] += 2;
        extents[2] += 30;
        const auto x = random_tensor<float>(random, extents);
        const auto w = random_tensor<float>(random, s.w);
        const auto y = random_tensor<float>(random, tf::conv(tf::cpu{}, x, w, s.options).extents());
        const auto gradients = [&](int threads) {
            struct pair {
                tf::tensor<float, 4> x, w;
            } g{tf::tensor<float, 4>(extents), tf::tensor<float, 4>(s.w)};
            tf::conv_backward_data(tf::cpu{.threads = threads}, y, w, g.x, s.options);
            tf::conv_backward_weights(tf::cpu{.threads = threads}, x, y, g.w, s.options);
            return g;
        };
        const auto expected = gradients(1);
        for (const int threads : {2, 7}) {
            const auto computed = gradients(threads);
            CHECK_MESSAGE(same_bits(computed.x, expected.x), s.what);
            CHECK_MESSAGE(same_bits(computed.w, expected.w), s.what);
        }
    }
}

TEST_CASE(
    "operands that do not fit are refused with a sentence, before "
    "anything is written [E43][E44]") {
    tf::tensor<float, 4> x({1, 6, 9, 9});
    tf::tensor<float, 4> w({4, 6, 3, 3});
    tf::tensor<float, 4> y({1, 4, 7, 7});
    const auto refused = [](const tf::status& s, const char* part, tf::status_code code = tf::status_code::shape) {
        CHECK(s.code() == code);
        CHECK_MESSAGE(std::string(s.message()).find(part) != std::string::npos, std::string(s.message()));
    };
    x.data()[0] = w.data()[0] = 5;
    refused(tf::conv_backward_data(std::nothrow, tf::cpu{}, y, w, x, {.stride = {2, 2}}), "grad_output.extent(2) = 7 must be 4");
    refused(tf::conv_backward_data(std::nothrow, tf::cpu{}, y, w, x, {.groups = 4}), "groups = 4 must be at least 1 and divide both");
    refused(tf::conv_backward_data(std::nothrow, tf::cpu{}, y, w, x, {.groups = 2}), "w.extent(1) = 6 must be 3");
    refused(tf::conv_backward_data(std::nothrow, tf::cpu{}, y, w, y), "w.extent(1) = 6 must be 4");
    refused(tf::conv_backward_weights(std::nothrow, tf::cpu{}, x, y, w, {.padding = {{1, 1}, {0, 0}}}), "must be 9");
    refused(tf::conv_backward_weights(std::nothrow, tf::cpu{}, x, y, w, {.dilation = {5, 1}}), "no window fits along axis 2 of x");
    refused(tf::conv_backward_data(std::nothrow, tf::cpu{}, y, w, x, {.dilation = {5, 1}}), "no window fits along axis 2 of grad_input");
    refused(tf::conv_transpose(std::nothrow, tf::cpu{}, y, w, x, {.algorithm = tf::conv_algorithm::winograd}), "winograd",
            tf::status_code::unsupported);
    const tf::tensor_view<float, 4> over_y(y.data(), {1, 6, 5, 5});
    refused(tf::conv_transpose(std::nothrow, tf::cpu{}, tf::tensor_view<const float, 4>(y.data(), {1, 4, 3, 3}), w, over_y),
            "y overlaps x");
    CHECK(x.data()[0] == 5);
    CHECK(w.data()[0] == 5);
}
