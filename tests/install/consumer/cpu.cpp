// SPDX-License-Identifier: Apache-2.0
// A consumer of the umbrella header and the CPU backend, with exceptions. Returns 0 when the product is right.
#include <tenfold/tenfold.hpp>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 2> a({64, 48}), b({48, 80}), c({64, 80});
    for (tf::index_t i = 0; i < 64; ++i) {
        for (tf::index_t k = 0; k < 48; ++k) a(i, k) = static_cast<float>(i);
    }
    for (tf::index_t k = 0; k < 48; ++k) {
        for (tf::index_t j = 0; j < 80; ++j) b(k, j) = static_cast<float>(j);
    }
    tf::matmul(tf::cpu{}, a, b, c);
    for (tf::index_t i = 0; i < 64; ++i) {
        for (tf::index_t j = 0; j < 80; ++j) {
            if (c(i, j) != static_cast<float>(48 * i * j)) return 1;
        }
    }
    try {
        tf::matmul(tf::cpu{}, a, a, c);
    } catch (const tf::shape_error&) { return 0; }
    return 2;
}
