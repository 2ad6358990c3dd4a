// SPDX-License-Identifier: Apache-2.0
// The cuda backend's elementwise ops, ops along rows and scans: every kernel compiles and links; without a device each call says so.
#include <tenfold/backends/cuda.cuh>

#include <doctest/doctest.h>

namespace tf = tenfold;

namespace {
struct multiply_add {
    template <class V>
    TENFOLD_ANYWHERE V operator()(V x, V y, V z) const {
        return x * y + z;
    }
};
bool has_device() {
    int count = 0;
    return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}
}  // namespace

TEST_CASE("cuda rows: a call without a device is a device error, nothing is written" * doctest::skip(has_device())) {
    float host[12] = {1, 2, 3, 4, 5, 6};
    float written[6] = {-7, -7, -7, -7, -7, -7};
    const tf::cuda gpu{};
    const tf::tensor_view<const float, 2, tf::device_space> x(host, {2, 3});  // never read
    const tf::tensor_view<const float, 1, tf::device_space> one_each(host + 6, {3});
    const tf::tensor_view<float, 2, tf::device_space> y(written, {2, 3});
    const auto refused = [](const tf::status& s, std::string_view op) {
        CAPTURE(s.message());
        CHECK(s.code() == tf::status_code::device);
        CHECK(s.message().find(std::string(op) + ": finding the device") == 0);
    };
    refused(tf::transform(std::nothrow, gpu, multiply_add{}, x, x, one_each, y), "transform");
    refused(tf::copy(std::nothrow, gpu, x, y), "copy");
    refused(tf::softmax(std::nothrow, gpu, x, 1, y), "softmax");
    refused(tf::layer_norm(std::nothrow, gpu, x, 1, one_each, one_each, y), "layer_norm");
    refused(tf::cumulative_sum(std::nothrow, gpu, x, 1, y), "cumulative_sum");
    const tf::tensor_view<tf::bfloat16, 2, tf::device_space> narrow(reinterpret_cast<tf::bfloat16*>(written), {2, 3});
    refused(tf::convert(std::nothrow, gpu, x, narrow), "convert");
    for (const float v : written) CHECK(v == -7);
}
