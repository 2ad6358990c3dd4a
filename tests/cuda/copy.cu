// SPDX-License-Identifier: Apache-2.0
// Copies between host and device: what is wrong with operands is said before any device is asked, and empty ones need none.
#include <tenfold/backends/cuda.cuh>

#include <doctest/doctest.h>

namespace tf = tenfold;

namespace {
template <class T>
using device_view = tf::tensor_view<T, 1, tf::device_space>;
const tf::cuda no_such_device{.device = 1 << 20};
}  // namespace

TEST_CASE("cuda copy: illegal operands are shape errors that name them [E01]") {
    float host[4] = {};
    tf::tensor<float, 1, tf::device_space> made;
    const auto expect_shape_error = [](const tf::status& s, const char* text) {
        CAPTURE(s.message());
        CHECK(s.code() == tf::status_code::shape);
        CHECK(s.message().find(text) != std::string_view::npos);
    };
    const auto to_device = [&](const tf::tensor_view<const float, 1>& x) { return tf::copy_to(std::nothrow, no_such_device, x, made); };
    const auto to_host = [](const device_view<const float>& x, tf::tensor_view<float, 1> y) {
        return tf::copy_from(std::nothrow, no_such_device, x, y);
    };
    expect_shape_error(to_device({host, {-4}}), "x has extents");
    expect_shape_error(to_device({nullptr, {4}}), "null data pointer");
    expect_shape_error(to_host({host, {-4}}, {host, {-4}}), "x has extents");
    expect_shape_error(to_host({nullptr, {4}}, {host, {4}}), "x has extents");
    expect_shape_error(to_host({host, {4}}, {nullptr, {4}}), "y has extents");
    expect_shape_error(to_host({host, {4}}, {host, {3}}), "give y those of x");
    CHECK(made.empty());
}
TEST_CASE("cuda: calls without elements succeed where there is no device [E04]") {
    tf::tensor<float, 1, tf::device_space> made;
    CHECK(tf::copy_to(std::nothrow, no_such_device, tf::tensor_view<const float, 1>(nullptr, {0}), made).ok());
    const device_view<const float> x(nullptr, {0});
    CHECK(tf::copy_from(std::nothrow, no_such_device, x, tf::tensor_view<float, 1>(nullptr, {0})).ok());
    const tf::tensor_view<const float, 2, tf::device_space> rows(nullptr, {0, 5});
    CHECK(tf::sum(std::nothrow, no_such_device, rows, tf::axes{1}, device_view<float>(nullptr, {0})).ok());
    CHECK(tf::argmax(std::nothrow, no_such_device, rows, tf::axes{1}, device_view<tf::index_t>(nullptr, {0})).ok());
}
