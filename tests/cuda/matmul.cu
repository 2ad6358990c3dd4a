// SPDX-License-Identifier: Apache-2.0
// The cuda backend's matmul: both tiles compile and link, with epilogues; without a device a call says so and writes nothing.
#include <tenfold/backends/cuda.cuh>

#include <doctest/doctest.h>

namespace tf = tenfold;

namespace {
bool has_device() {
    int count = 0;
    return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}
template <class A, class C, class Epilogue>
tf::status multiply(const A* a, C* c, const Epilogue& epilogue) {
    const tf::tensor_view<const A, 2, tf::device_space> x(a, {2, 2});
    return tf::matmul(std::nothrow, tf::cuda{}, x, x, tf::tensor_view<C, 2, tf::device_space>(c, {2, 2}), epilogue);
}
void refused(const tf::status& s) {
    CAPTURE(s.message());
    CHECK(s.code() == tf::status_code::device);
    CHECK(s.message().find("matmul: finding the device") == 0);
}
}  // namespace

TEST_CASE("cuda matmul: a call without a device is a device error, nothing is written" * doctest::skip(has_device())) {
    const double bytes[8] = {};  // never read
    const auto* const floats = reinterpret_cast<const float*>(bytes);
    float c[4] = {-7, -7, -7, -7};
    double d[4] = {-7, -7, -7, -7};
    const tf::tensor_view<const float, 1, tf::device_space> per_column(floats, {2});
    const tf::tensor_view<const float, 2, tf::device_space> residual(c, {2, 2});
    refused(multiply(floats, c, tf::identity{}));
    refused(multiply(bytes, d, tf::identity{}));
    refused(multiply(reinterpret_cast<const tf::bfloat16*>(bytes), c, tf::bias(per_column) | tf::gelu{} | tf::add(residual)));
    for (const float v : c) CHECK(v == -7);
    for (const double v : d) CHECK(v == -7);
}
