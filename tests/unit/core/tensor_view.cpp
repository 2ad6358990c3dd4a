// SPDX-License-Identifier: Apache-2.0
// Views derived from views, and the exact text of each refusal.
#include <tenfold/core/tensor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

using tenfold::index_array;
using tenfold::index_t;
using tenfold::tensor_view;

namespace {
struct fixture {
    std::vector<float> memory = std::vector<float>(120);
    tensor_view<float, 3> x{memory.data(), {4, 5, 6}};
    fixture() { std::iota(memory.begin(), memory.end(), 0.0f); }
};

template <class F>
std::string refusal(const F& f) {
    try {
        (void)f();
    } catch (const tenfold::shape_error& e) { return e.what(); }
    return "not refused";
}
}  // namespace

TEST_CASE_FIXTURE(fixture, "transposing reorders extents and strides, not elements [E06]") {
    CHECK(x.transposed().extents() == index_array<3>{6, 5, 4});
    CHECK(x.transposed().strides() == index_array<3>{1, 6, 30});
    CHECK(x.transposed()(3, 2, 1) == x(1, 2, 3));
    const auto y = x.transposed({1, 0, 2});
    CHECK(y.extents() == index_array<3>{5, 4, 6});
    CHECK(y(2, 1, 3) == x(1, 2, 3));
    CHECK(y.data() == x.data());
}

TEST_CASE_FIXTURE(fixture, "slicing takes begin, begin + step, ... below end [E06]") {
    const auto y = x.slice(1, 1, 5, 2);
    CHECK(y.extents() == index_array<3>{4, 2, 6});
    CHECK(y(2, 1, 3) == x(2, 3, 3));
    CHECK(x.slice(2, 0, 6, 5).extents() == index_array<3>{4, 5, 2});
    CHECK(x.slice(2, 6, 6).empty());
    CHECK(x.slice(2, 6, 6).data() == x.data());  // no pointer beyond the elements is formed
    // Only one element is left of the axis: its stride no longer matters and cannot overflow.
    CHECK(x.slice(0, 0, 1, INT64_MAX).extents() == index_array<3>{1, 5, 6});
    CHECK(x.slice(0, 1, 4, 3)(0, 2, 3) == x(1, 2, 3));
}

TEST_CASE_FIXTURE(fixture, "reversing walks an axis backwards [E06]") {
    const auto y = x.reversed(2);
    CHECK(y.strides() == index_array<3>{30, 6, -1});
    CHECK(y(1, 2, 0) == x(1, 2, 5));
    CHECK(y.reversed(2)(1, 2, 3) == x(1, 2, 3));
    CHECK(x.slice(0, 0, 1).reversed(0).data() == x.data());  // a unit axis reversed is itself
}

TEST_CASE_FIXTURE(fixture, "reshaping keeps the order of elements [E06]") {
    const auto y = x.reshaped<2>({20, 6});
    CHECK(y(7, 3) == x(1, 2, 3));
    CHECK(x.slice(0, 1, 2).slice(1, 2, 3).slice(2, 3, 4).reshaped<0>({})() == x(1, 2, 3));
}

TEST_CASE_FIXTURE(fixture, "broadcasting repeats by stride 0 [E06]") {
    const auto row = x.slice(0, 1, 2).slice(1, 2, 3);
    const auto y = row.broadcast_to<4>({7, 3, 4, 6});
    CHECK(y.extents() == index_array<4>{7, 3, 4, 6});
    CHECK(y.strides() == index_array<4>{0, 0, 0, 1});
    CHECK(y(6, 2, 3, 5) == x(1, 2, 5));
    const tensor_view<float, 0> scalar(memory.data() + 17, {});
    CHECK(scalar.broadcast_to<2>({3, 4})(2, 3) == 17);
}

TEST_CASE("strides of unit axes and of empty views are never used [E05][E04][H04]") {
    float memory[6] = {0, 1, 2, 3, 4, 5};
    for (const index_t odd : {index_t{0}, index_t{-1}, index_t{1} << 31, index_t{1} << 33, INT64_MIN, INT64_MAX}) {
        const tensor_view<float, 2> x(memory, {1, 6}, {odd, 1});
        CHECK(x(0, 4) == 4);
        CHECK(x.contiguous());
        CHECK(x.slice(1, 1, 4)(0, 0) == 1);
        CHECK(x.slice(0, 0, 1, 2)(0, 3) == 3);
        CHECK(x.reversed(0)(0, 2) == 2);
        CHECK(x.reversed(1)(0, 0) == 5);
        CHECK(x.transposed()(4, 0) == 4);
        CHECK(x.reshaped<1>({6})(5) == 5);
        CHECK(x.broadcast_to<2>({9, 6})(8, 2) == 2);
        const tensor_view<float, 2> nothing(nullptr, {0, 6}, {odd, odd});
        CHECK(nothing.contiguous());
        CHECK(nothing.size() == 0);
        CHECK(nothing.reversed(1).data() == nullptr);
        CHECK(nothing.slice(1, 3, 6, 2).data() == nullptr);
        CHECK(nothing.reshaped<3>({2, 0, 2}).empty());
    }
}

TEST_CASE("rank 0 is one element [E03]") {
    float value = 3;
    const tensor_view<float, 0> x(&value, {});
    CHECK(x.size() == 1);
    CHECK(x() == 3);
    CHECK_FALSE(x.empty());
    CHECK(x.contiguous());
}

TEST_CASE_FIXTURE(fixture, "refused views say operand, values and remedy [E01]") {
    CHECK(refusal([&] { return x.transposed({0, 0, 1}); }) == "transposed: (0, 0, 1) is not a permutation of the axes 0..2");
    CHECK(refusal([&] { return x.transposed({0, 3, 1}); }) == "transposed: (0, 3, 1) is not a permutation of the axes 0..2");
    CHECK(refusal([&] { return x.slice(3, 0, 1); }) == "slice: axis 3 is out of range for a view of extents (4, 5, 6); use 0..2");
    CHECK(refusal([&] { return x.slice(1, 2, 6); }) ==
          "slice: [2, 6) with step 1 does not fit axis 1 of extent 5; 0 <= begin <= end <= extent and step >= 1 are needed (reverse with "
          "reversed(axis))");
    CHECK(refusal([&] { return x.slice(1, -1, 2); }).find("[-1, 2) with step 1") != std::string::npos);
    CHECK(refusal([&] { return x.slice(1, 3, 2); }).find("[3, 2) with step 1") != std::string::npos);
    CHECK(refusal([&] { return x.slice(1, 0, 2, 0); }).find("with step 0") != std::string::npos);
    CHECK(refusal([&] { return x.slice(1, 0, 2, INT64_MIN); }).find("with step -9223372036854775808") != std::string::npos);
    CHECK(refusal([&] { return x.reversed(-1); }) == "reversed: axis -1 is out of range for a view of extents (4, 5, 6); use 0..2");
    CHECK(refusal([&] { return x.reshaped<2>({7, 17}); }) ==
          "reshaped: extents (4, 5, 6) cannot become (7, 17): the numbers of elements differ");
    CHECK(refusal([&] { return x.reshaped<2>({INT64_MAX, 4}); }).find("the numbers of elements differ") != std::string::npos);
    CHECK(refusal([&] { return x.transposed().reshaped<1>({120}); }) ==
          "reshaped: extents (6, 5, 4) cannot become (120): the view is not contiguous; copy() it first");
    CHECK(refusal([&] { return x.broadcast_to<3>({4, 6, 6}); }) ==
          "broadcast_to: extents (4, 5, 6) do not broadcast to (4, 6, 6): axis 1 of the result must equal the source's extent, or the "
          "source's extent must be 1");
}

TEST_CASE("a view of T converts to a view of const T, not back") {
    static_assert(std::is_convertible_v<tensor_view<float, 2>, tensor_view<const float, 2>>);
    static_assert(!std::is_convertible_v<tensor_view<const float, 2>, tensor_view<float, 2>>);
    static_assert(!std::is_convertible_v<tensor_view<float, 2, tenfold::device_space>, tensor_view<float, 2>>);
    CHECK(tenfold::viewable<tensor_view<const float, 2>>);
    CHECK_FALSE(tenfold::writable<tensor_view<const float, 2>>);
    CHECK(tenfold::writable<tenfold::tensor<float, 2>&>);
    CHECK_FALSE(tenfold::writable<const tenfold::tensor<float, 2>&>);
}
