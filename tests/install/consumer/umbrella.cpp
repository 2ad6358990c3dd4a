// SPDX-License-Identifier: Apache-2.0
// Includes every op and backend that this machine has, uses the reference backend alone: must link without oneTBB.
#include <tenfold/tenfold.hpp>

int main() {
    const float a[1] = {3};
    const float b[1] = {4};
    float c[1];
    const tenfold::status s = tenfold::matmul(std::nothrow, tenfold::reference{}, tenfold::tensor_view<const float, 2>(a, {1, 1}),
                                              tenfold::tensor_view<const float, 2>(b, {1, 1}), tenfold::tensor_view<float, 2>(c, {1, 1}));
    return s.ok() && c[0] == 12 ? 0 : 1;
}
