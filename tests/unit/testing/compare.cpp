// SPDX-License-Identifier: Apache-2.0
// The comparers find what is wrong and say where; a report that checked nothing has not passed.
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>

using tenfold::tensor;
using tenfold::testing::compare_bounded;
using tenfold::testing::compare_exact;
using tenfold::testing::comparison;
using tenfold::testing::conformance_report;

namespace {
constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
comparison exact(float computed, float expected) {
    const tenfold::tensor_view<float, 0> x(&computed, {}), y(&expected, {});
    return compare_exact(x, y);
}
comparison bounded(float computed, double expected, double bound) {
    const tenfold::tensor_view<float, 0> x(&computed, {});
    const tenfold::tensor_view<double, 0> y(&expected, {});
    return compare_bounded(x, y, [&](const auto&) { return bound; });
}
}  // namespace

TEST_CASE("exact comparison: bits, with NaN equal to NaN and -0 unlike +0") {
    CHECK(exact(1, 1).ok());
    CHECK_FALSE(exact(1, 1.0000001f).ok());
    CHECK(exact(nan_value, -nan_value).ok());
    CHECK_FALSE(exact(nan_value, 1).ok());
    CHECK_FALSE(exact(0.0f, -0.0f).ok());
    CHECK(exact(infinity, infinity).ok());
    CHECK_FALSE(exact(infinity, -infinity).ok());
    tensor<float, 2> x({3, 4}), y({3, 4});
    std::fill(x.data(), x.data() + 12, 1.0f);
    std::fill(y.data(), y.data() + 12, 1.0f);
    x(1, 2) = 5;
    x(2, 3) = 6;
    const comparison found = compare_exact(x.view(), y.view());
    CHECK(found.elements == 12);
    CHECK(found.wrong == 2);
    CHECK(found.worst == "at (1, 2): computed 5, expected 1");
    CHECK_FALSE(compare_exact(x.view(), y.slice(0, 0, 2)).ok());  // other extents
}

TEST_CASE("bounded comparison: NaN meets NaN, Inf meets Inf or what rounds to it, a bound of 0 allows nothing") {
    CHECK(bounded(1.5f, 1.0, 0.5).ok());
    CHECK(bounded(1.5f, 1.0, 0.5).max_ratio == 1);
    CHECK_FALSE(bounded(1.5f, 1.0, 0.49).ok());
    CHECK(bounded(1.0f, 1.0, 0).ok());
    CHECK_FALSE(bounded(1.0f, 1.0000001, 0).ok());
    CHECK(bounded(nan_value, std::numeric_limits<double>::quiet_NaN(), 1).ok());
    CHECK_FALSE(bounded(nan_value, 1.0, 1e30).ok());
    CHECK_FALSE(bounded(1.0f, std::numeric_limits<double>::quiet_NaN(), 1e30).ok());
    CHECK(bounded(infinity, 3.5e38, 1).ok());  // above float's largest number
    CHECK_FALSE(bounded(infinity, 3.0e38, 1).ok());
    CHECK_FALSE(bounded(-infinity, 3.5e38, 1).ok());
    CHECK_FALSE(bounded(1.0f, std::numeric_limits<double>::infinity(), 1).ok());
    CHECK_FALSE(bounded(1.0f, 2.0, std::numeric_limits<double>::quiet_NaN()).ok());  // a bound that is no number allows nothing
}

TEST_CASE("a report counts points, keeps the first failures with setting and seed, and nothing checked is no pass") {
    conformance_report report(7, "cpu isa avx2");
    CHECK_FALSE(report.passed());
    CHECK(report.summary().find("nothing was checked") != std::string::npos);
    CHECK(report.check(true, "unused"));
    CHECK(report.passed());
    CHECK_FALSE(report.check(false, "matmul:f32:m1n1k1"));
    CHECK_FALSE(report.check(exact(1, 2), "matmul f32", [] { return std::string("matmul:f32:m2n2k2"); }));
    CHECK_FALSE(report.passed());
    CHECK(report.points() == 3);
    CHECK(report.failures() == 2);
    CHECK(report.failure_lines()[0] == "cpu isa avx2: matmul:f32:m1n1k1 [seed 7]");
    CHECK(report.failure_lines()[1] == "cpu isa avx2: matmul:f32:m2n2k2: 1 of 1 wrong, at (): computed 1, expected 2 [seed 7]");
    for (int i = 0; i < 100; ++i) report.check(false, "more");
    CHECK(report.failure_lines().size() == 10);
    CHECK(report.summary().find("... and 92 more") != std::string::npos);
}

TEST_CASE("arranged buffers notice a write beside an element, and have the elements they promise") {
    tenfold::testing::generator random(1);
    for (int round = 0; round < 300; ++round) {
        const tenfold::index_array<3> extents{random.between(0, 4), random.between(1, 4), random.between(1, 4)};
        tenfold::testing::arranged<float, 3> x(random, extents, tenfold::testing::draw_input_arrangement(random));
        tenfold::testing::fill_integers(x.view(), random, 9);
        REQUIRE(x.gaps_intact());
        if (x.view().empty()) {
            CHECK(x.view().data() == nullptr);
            continue;
        }
        // One element beyond the reach of the view, on either side.
        tenfold::offset_range range{};
        REQUIRE(tenfold::check_shape(extents, x.view().strides(), 4, range) == tenfold::shape_problem::none);
        float& beside = x.view().data()[round % 2 == 0 ? range.high + 1 : range.low - 1];
        beside = 1;
        CHECK_FALSE(x.gaps_intact());
    }
}
