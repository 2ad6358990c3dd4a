// SPDX-License-Identifier: Apache-2.0
// Functors of your own on a GPU. 11_cuda_functor.cpp runs the same lines without one.
#include "11_cuda_functor.hpp"

#include <tenfold/backends/cuda.cuh>

#include <cstdio>

namespace tf = tenfold;

int main() {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess) {
        std::printf("no GPU here\n");
        return 0;
    }
    tf::tensor<float, 2> x({3, 500});
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 100) / 100;
    tf::tensor<int, 1> counts({3});
    try {
        const tf::cuda gpu{};  // the default stream of the current device
        const auto on_device = tf::copy_to(gpu, x);
        auto kept = tf::copy_to(gpu, x);
        auto counted = tf::copy_to(gpu, counts);
        count_and_keep(gpu, on_device, kept, counted);
        tf::copy_from(gpu, counted, counts);
        std::printf("row 1 has %d above 0.5\n", counts(1));
    } catch (const tf::device_error& e) {
        std::printf("%s\n", e.what());
        return 1;
    }
}
// prints: row 1 has 245 above 0.5
