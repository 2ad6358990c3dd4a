// SPDX-License-Identifier: Apache-2.0
// A consumer of the reference backend. Returns 0 when the product is right.
#include <tenfold/backends/reference.hpp>
#include <tenfold/ops.hpp>

namespace tf = tenfold;

int main() {
    const float a[6] = {1, 2, 3, 4, 5, 6};     // (2, 3)
    const float b[6] = {7, 8, 9, 10, 11, 12};  // (3, 2)
    const float expected[4] = {58, 64, 139, 154};
    float c[4];
    const tf::status s = tf::matmul(std::nothrow, tf::reference{}, tf::tensor_view<const float, 2>(a, {2, 3}),
                                    tf::tensor_view<const float, 2>(b, {3, 2}), tf::tensor_view<float, 2>(c, {2, 2}));
    if (!s.ok()) return 1;
    for (int i = 0; i < 4; ++i) {
        if (c[i] != expected[i]) return 2;
    }
    return 0;
}
