// SPDX-License-Identifier: Apache-2.0
// Reductions over any axes: the result's rank says whether reduced axes are kept. Same bits for any number of threads.
#include <tenfold/backends/cpu.hpp>

#include <cstdio>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 4> images({8, 16, 16, 3});  // (n, h, w, c)
    for (tf::index_t i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(i % 3);

    const auto per_channel = tf::mean(tf::cpu{}, images, tf::axes{0, 1, 2});              // (3)
    std::printf("mean per channel: %g %g %g\n", static_cast<double>(per_channel(0)), static_cast<double>(per_channel(1)),
                static_cast<double>(per_channel(2)));

    tf::tensor<float, 4> kept({8, 1, 1, 3});                                              // rank 4: axes are kept as 1
    tf::sum(tf::cpu{.threads = 2}, images, tf::axes{1, 2}, kept);
    std::printf("sum of image 7, channel 2: %g\n", static_cast<double>(kept(7, 0, 0, 2)));

    images(3, 4, 5, 1) = 9;
    const auto [value, where] = tf::max_with_index(tf::cpu{}, images, tf::axes{1, 2, 3});  // index within the reduced axes
    std::printf("max of image 3: %g at element %ld\n", static_cast<double>(value(3)), where(3));
}
// prints: mean per channel: 0 1 2
// prints: sum of image 7, channel 2: 512
// prints: max of image 3: 9 at element 208
