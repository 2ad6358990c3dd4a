// SPDX-License-Identifier: Apache-2.0
// A consumer of the cuda backend. Returns 0 when the sums are right or, without a GPU, when the call says that there is none.
#include <tenfold/backends/cuda.cuh>

#include <string_view>

namespace tf = tenfold;

int main() {
    const float x[6] = {1, 2, 3, 4, 5, 6};
    tf::tensor<float, 2, tf::device_space> on_device;
    if (const tf::status s = tf::copy_to(std::nothrow, tf::cuda{}, tf::tensor_view<const float, 2>(x, {2, 3}), on_device); !s.ok())
        return s.code() == tf::status_code::device && s.message().find("device") != std::string_view::npos ? 0 : 1;
    float y[2] = {};
    tf::copy_from(tf::cuda{}, tf::sum(tf::cuda{}, on_device, tf::axes{1}), tf::tensor_view<float, 1>(y, {2}));
    return y[0] == 6 && y[1] == 15 ? 0 : 2;
}
