// SPDX-License-Identifier: Apache-2.0
// The functors of 11_cuda_functor.hpp tested without a GPU: the cuda backend's own kernels, on an emulated one.
#include "11_cuda_functor.hpp"

#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <cstdio>

namespace tf = tenfold;
namespace simt = tenfold::testing::simt;

int main() {
    tf::tensor<float, 2> x({3, 500}), kept({3, 500});
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 100) / 100;
    tf::tensor<int, 1> counts({3});
    for (const simt::schedule order : {simt::schedule::ascending, simt::schedule::descending}) {
        simt::emulated_gpu gpu({.order = order});
        count_and_keep(simt::emulated_cuda{&gpu}, x, kept, counts);  // throws device_error with a report if a kernel went wrong
        std::printf("row 1 has %d above 0.5\n", counts(1));
    }
}
// prints: row 1 has 245 above 0.5
// prints: row 1 has 245 above 0.5
