// SPDX-License-Identifier: Apache-2.0
// max_pool and average_pool on reference and cpu: padding, NaN, zeros, divisors, windows without an element.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <support/every_backend.hpp>

namespace tf = tenfold;
using support::on_every_backend;
using tf::index_t;

TEST_CASE("max_pool: padding never wins, NaN by policy, +0 above -0 [E57][E32][E33]") {
    on_every_backend([](const auto& where) {
        const float data[] = {-5, -3, -4, NAN, -1, -0.0f, 0.0f, -0.0f};
        const tf::tensor_view<const float, 3> x(data, {1, 1, 8});
        const auto y = tf::max_pool(where, x, {.window = {2}, .padding = {{1, 1}}});
        CHECK(y.extent(2) == 5);
        CHECK(y(0, 0, 0) == -5);
        CHECK(y(0, 0, 1) == -3);
        CHECK(std::isnan(y(0, 0, 2)));
        CHECK(y(0, 0, 3) == 0);
        CHECK_FALSE(std::signbit(y(0, 0, 3)));
        CHECK(std::signbit(y(0, 0, 4)));
        const auto z = tf::max_pool(where, x, {.window = {2}, .nan = tf::nan::ignore});
        CHECK(z(0, 0, 1) == -4);
        CHECK(std::isnan(tf::max_pool(where, x.slice(2, 3, 4), {.window = {1}, .nan = tf::nan::ignore})(0, 0, 0)));
    });
}

TEST_CASE("average_pool counts padding in the divisor, or does not [E57]") {
    on_every_backend([](const auto& where) {
        tf::tensor<float, 4> x({1, 1, 2, 2});
        for (index_t i = 0; i < 4; ++i) x.data()[i] = 12;
        const auto counted = tf::average_pool(where, x, {.window = {2, 2}, .stride = {1, 1}, .padding = {{1, 1}, {1, 1}}});
        const auto inside =
            tf::average_pool(where, x, {.window = {2, 2}, .stride = {1, 1}, .padding = {{1, 1}, {1, 1}}, .count_padding = false});
        CHECK(counted(0, 0, 0, 0) == 3);
        CHECK(counted(0, 0, 0, 1) == 6);
        CHECK(counted(0, 0, 1, 1) == 12);
        for (index_t i = 0; i < inside.size(); ++i) CHECK(inside.data()[i] == 12);
    });
}

TEST_CASE("a window that meets padding alone has no maximum and no mean without padding: refused with its place [E57][E43]") {
    on_every_backend([](const auto& where) {
        tf::tensor<float, 3> x({1, 1, 4});
        for (index_t i = 0; i < 4; ++i) x.data()[i] = 1;
        tf::tensor<float, 3> y({1, 1, 4});
        const tf::status s = tf::max_pool(std::nothrow, where, x, y, {.window = {2}, .padding = {{0, 4}}});
        CHECK(s.message() ==
              "max_pool: the window of output 3 along axis 2 meets padding only, which has no value here. Pad less, or use "
              "average_pool with .count_padding");
        CHECK(tf::max_pool(std::nothrow, where, x, y, {.window = {2}, .padding = {{4, 0}}}).code() == tf::status_code::shape);
        CHECK(tf::average_pool(std::nothrow, where, x, y, {.window = {2}, .padding = {{4, 0}}, .count_padding = false}).code() ==
              tf::status_code::shape);
        tf::average_pool(where, x, y, {.window = {2}, .padding = {{4, 0}}});
        CHECK(y(0, 0, 0) == 0);
        CHECK(y(0, 0, 3) == 1);
        const auto none = tf::max_pool(where, tf::tensor<float, 3>({0, 1, 4}), {.window = {2}});
        CHECK(none.size() == 0);
    });
}

TEST_CASE("integers pool to their largest, at the ends of their range [E57]") {
    on_every_backend([](const auto& where) {
        const std::uint8_t bytes[] = {0, 255, 128, 127};
        const std::int32_t words[] = {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::min(), -1, 5};
        CHECK(tf::max_pool(where, tf::tensor_view<const std::uint8_t, 3>(bytes, {1, 1, 4}), {.window = {2}})(0, 0, 0) == 255);
        const auto y = tf::max_pool(where, tf::tensor_view<const std::int32_t, 3>(words, {1, 1, 4}), {.window = {2}});
        CHECK(y(0, 0, 0) == std::numeric_limits<std::int32_t>::min());
        CHECK(y(0, 0, 1) == 5);
    });
}
