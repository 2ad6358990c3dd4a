// SPDX-License-Identifier: Apache-2.0
// A plain C++ translation unit between two CUDA ones: the three link, and the host code of each is right.
#include <doctest/doctest.h>

#include <tenfold/backends/reference.hpp>
#include <tenfold/ops.hpp>

namespace tf = tenfold;

float first(const float* a, const float* b);
float second(const float* a, const float* b);

TEST_CASE("two .cu files and a .cpp share one program [O06][H32]") {
    const float a[4] = {1, 2, 3, 4};
    const float b[4] = {5, 6, 7, 8};
    float c[1] = {-1};
    REQUIRE(tf::matmul(std::nothrow, tf::reference{}, tf::tensor_view<const float, 2>(a, {1, 4}),
                       tf::tensor_view<const float, 2>(b, {4, 1}), tf::tensor_view<float, 2>(c, {1, 1}))
                .ok());
    CHECK(c[0] == 70.0f);
    CHECK(first(a, b) == c[0]);
    CHECK(second(a, b) == c[0]);
}
