// SPDX-License-Identifier: Apache-2.0
// The cuda backend: every kernel compiles and links; without a device each call says so and writes nothing; with one, results
// are those of the emulated kernel.
#include <tenfold/backends/cuda.cuh>

#include <doctest/doctest.h>

namespace tf = tenfold;

namespace {
/// The first device, if there is one.
bool has_device() {
    int count = 0;
    return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}

/// A monoid whose state is a struct of 8 bytes, so that lanes exchange it: the smallest value and how often it is there.
struct smallest_counted {
    struct value_type {
        float value;
        int times;
    };
    __host__ __device__ value_type identity() const { return {3e38f, 0}; }
    __host__ __device__ value_type operator()(const value_type& a, const value_type& b) const {
        if (a.value == b.value) return {a.value, a.times + b.times};
        return a.value < b.value ? a : b;
    }
    __host__ __device__ value_type map(float x) const { return {x, 1}; }
    __host__ __device__ int finish(const value_type& v) const { return v.times; }
};
}  // namespace

TEST_CASE("cuda: a call without a device is a device error that names it" * doctest::skip(has_device())) {
    float x[4] = {1, 2, 3, 4};
    const tf::tensor_view<const float, 1, tf::device_space> view(x, {4});  // never read
    float y = -7;
    const tf::tensor_view<float, 1, tf::device_space> out(&y, {1});
    const tf::status s = tf::sum(std::nothrow, tf::cuda{}, view, tf::axes{0}, out);
    CHECK(s.code() == tf::status_code::device);
    CHECK(s.message().find("sum: finding the device") == 0);
    CHECK(s.message().find("cudaError") != std::string_view::npos);
    CHECK(y == -7);
    tf::tensor<float, 1, tf::device_space> copied;
    CHECK(tf::copy_to(std::nothrow, tf::cuda{}, tf::tensor_view<const float, 1>(x, {4}), copied).code() == tf::status_code::device);
    CHECK(copied.empty());
    int times = -7;
    const tf::tensor_view<int, 0, tf::device_space> count(&times, {});
    CHECK(tf::reduce(std::nothrow, tf::cuda{}, view, tf::axes{0}, smallest_counted{}, count).code() == tf::status_code::device);
    CHECK(times == -7);
}

TEST_CASE("cuda: sums, extrema and variance of a device tensor" * doctest::skip(!has_device())) {
    tf::tensor<float, 2> x({3, 9001});
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 7);
    const tf::cuda gpu{};
    const auto on_device = tf::copy_to(gpu, x);
    const auto fetch = [&](const auto& y) {
        tf::tensor<float, 1> host(y.extents());
        tf::copy_from(gpu, y, host);
        return host(1);
    };
    float sum = 0;
    for (tf::index_t i = 0; i < 9001; ++i) sum += x(1, i);
    CHECK(fetch(tf::sum(gpu, on_device, tf::axes{1})) == sum);
    CHECK(fetch(tf::max(gpu, on_device, tf::axes{1})) == 6);
    CHECK(fetch(tf::min(gpu, on_device, tf::axes{1})) == 0);
    CHECK(fetch(tf::max_with_index(gpu, on_device, tf::axes{1}).value) == 6);
    tf::tensor<float, 0> total(tf::index_array<0>{});
    tf::copy_from(gpu, tf::max(gpu, on_device, tf::axes{0, 1}), total);
    CHECK(total() == 6);
    tf::tensor<int, 1, tf::device_space> times;
    const int nothing[3] = {};
    REQUIRE(tf::copy_to(std::nothrow, gpu, tf::tensor_view<const int, 1>(nothing, {3}), times).ok());
    tf::reduce(gpu, on_device, tf::axes{1}, smallest_counted{}, times);
    int counted[3] = {};
    tf::copy_from(gpu, times, tf::tensor_view<int, 1>(counted, {3}));
    int zeros = 0;
    for (tf::index_t i = 0; i < 9001; ++i) zeros += x(1, i) == 0 ? 1 : 0;
    CHECK(counted[1] == zeros);
    CHECK(fetch(tf::variance(gpu, on_device, tf::axes{1})) == doctest::Approx(4).epsilon(1e-3));
}
