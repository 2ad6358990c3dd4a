// SPDX-License-Identifier: Apache-2.0
// A third-party backend runs tenfold's ops, and tenfold's own conformance tests check it.
#include "13_add_a_backend.hpp"

#include <tenfold/testing/conformance.hpp>

#include <cstdio>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 2> a({2, 3}), b({3, 2});
    for (tf::index_t i = 0; i < 6; ++i) a.data()[i] = b.data()[i] = static_cast<float>(i);
    const auto c = tf::matmul(row_sums{}, a, b, tf::relu{});
    std::printf("c(1, 1) = %g\n", static_cast<double>(c(1, 1)));

    tf::testing::conformance_report report;
    tf::testing::run_conformance(row_sums{}, report);
    if (!report.passed()) {
        std::puts(report.summary().c_str());
        return 1;
    }
    std::printf("conformance: passed, %s\n", report.points() > 1000 ? "over 1000 points" : "too few points");
}
// prints: c(1, 1) = 40
// prints: conformance: passed, over 1000 points
