// SPDX-License-Identifier: Apache-2.0
// The epilogue functors on their own, joined, and as concepts.
#include <tenfold/core/tensor.hpp>
#include <tenfold/op/functor/epilogue.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using tenfold::tensor;

TEST_CASE("functors compute their formulas; NaN stays NaN") {
    const float nan_value = std::numeric_limits<float>::quiet_NaN();
    CHECK(tenfold::identity{}(3.5f, 0, 0) == 3.5f);
    CHECK(tenfold::relu{}(-2.0f) == 0);
    CHECK(tenfold::relu{}(2) == 2);
    CHECK(std::isnan(tenfold::relu{}(nan_value)));
    CHECK(tenfold::clamp(-1.0f, 2.0f)(5.0f) == 2);
    CHECK(tenfold::clamp(-1.0f, 2.0f)(-5.0f) == -1);
    CHECK(std::isnan(tenfold::clamp(-1.0f, 2.0f)(nan_value)));
    CHECK(tenfold::scale(0.5)(3.0f) == 1.5f);
    CHECK(tenfold::gelu{}(0.0) == 0);
    CHECK(tenfold::gelu{}(1.0) == doctest::Approx(0.8413447460685429));  // Phi(1)
    CHECK(tenfold::gelu{}(-1.0) == doctest::Approx(-0.15865525393145707));
    CHECK(tenfold::silu{}(1.0) == doctest::Approx(0.7310585786300049));  // 1 / (1 + 1/e)
}

TEST_CASE("joined functors run from left to right with the same indices; operands follow their own strides") {
    tensor<float, 1> values({6});
    for (tenfold::index_t i = 0; i < 6; ++i) values(i) = static_cast<float>(i);
    tensor<float, 2> residual({2, 3});
    for (tenfold::index_t i = 0; i < 6; ++i) residual.data()[i] = static_cast<float>(100 * i);
    auto joined = tenfold::bias(values.slice(0, 0, 6, 2)) | tenfold::scale(2.0f) | tenfold::add(residual) | tenfold::clamp(0.0f, 450.0f);
    REQUIRE(tenfold::bind_epilogue(joined, tenfold::output_shape<2>{"op", {2, 3}, 1}).ok());
    CHECK(joined(1.0f, 0, 0) == 2);        // (1 + 0) * 2 + 0
    CHECK(joined(1.0f, 0, 2) == 210);      // (1 + 4) * 2 + 200
    CHECK(joined(1.0f, 1, 2) == 450);      // (1 + 4) * 2 + 500, clamped
    const auto refused = tenfold::bind_epilogue(joined, tenfold::output_shape<2>{"op", {2, 4}, 1});
    CHECK(refused.message() == "op: bias has 3 elements; the output's extent along axis 1 is 4. Pass one value per channel");
}

TEST_CASE("a reversed operand of one element's stride is never used") {
    float one = 7;
    auto functor = tenfold::bias(tenfold::tensor_view<float, 1>(&one, {1}, {INT64_MIN}));
    REQUIRE(tenfold::bind_epilogue(functor, tenfold::output_shape<2>{"op", {5, 1}, 1}).ok());
    CHECK(functor(1.0f, 4, 0) == 8);
}

TEST_CASE("what counts as an epilogue") {
    const auto by_index = [](float x, tenfold::index_t, tenfold::index_t) { return x; };
    static_assert(tenfold::epilogue_for<decltype(by_index), float, 2>);
    static_assert(!tenfold::epilogue_for<decltype(by_index), float, 3>);
    static_assert(!tenfold::epilogue_for<tenfold::gelu, std::int32_t, 2>);  // needs floating point
    static_assert(tenfold::epilogue_for<tenfold::relu, std::int32_t, 2>);
    CHECK(tenfold::epilogue_piece<tenfold::relu>);
}

TEST_CASE("an integer sum that meets a floating operand becomes a float; among integers it stays one") {
    tensor<float, 1> factors({2}), bias({2});
    tensor<tenfold::half, 2> residual({1, 2});
    factors(1) = 0.375f;
    bias(1) = -0.25f;
    residual(0, 1) = tenfold::half(2.0f);
    auto joined = tenfold::scale(factors) | tenfold::bias(bias) | tenfold::add(residual);
    REQUIRE(tenfold::bind_epilogue(joined, tenfold::output_shape<2>{"op", {1, 2}, 1}).ok());
    CHECK(joined(std::int32_t{10}, 0, 1) == 5.5f);  // 10 * 0.375 - 0.25 + 2
    static_assert(std::is_same_v<decltype(tenfold::scale(0.5f)(std::int32_t{3}, 0)), float>);
    static_assert(std::is_same_v<decltype(tenfold::scale(0.5)(std::int32_t{3}, 0)), double>);
    static_assert(std::is_same_v<decltype(tenfold::scale(2)(std::int32_t{3}, 0)), std::int32_t>);
    static_assert(std::is_same_v<decltype(tenfold::scale(0.5)(3.0f, 0)), float>);
    static_assert(tenfold::epilogue_for<decltype(tenfold::scale(0.5f) | tenfold::gelu{}), std::int32_t, 2>);
}
