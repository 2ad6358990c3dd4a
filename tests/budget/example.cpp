// SPDX-License-Identifier: Apache-2.0
// The program of the compile-time budget: what a first user writes, on the CPU backend.
#include <tenfold/tenfold.hpp>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 2> a({512, 256}), b({256, 128}), c({512, 128});
    for (tf::index_t i = 0; i < 512; ++i) {
        for (tf::index_t k = 0; k < 256; ++k) a(i, k) = 1.0f;
    }
    for (tf::index_t k = 0; k < 256; ++k) {
        for (tf::index_t j = 0; j < 128; ++j) b(k, j) = 2.0f;
    }
    tf::matmul(tf::cpu{}, a, b, c);
    return c(511, 127) == 512.0f ? 0 : 1;
}
