// SPDX-License-Identifier: Apache-2.0
// What matmul refuses, word for word, and that no byte of any operand changed.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using tenfold::index_array;
using tenfold::index_t;
using tenfold::status;
using tenfold::status_code;
using tenfold::tensor_view;

namespace {
/// Memory for all operands of a case; refusals leave every byte of it alone.
struct operands {
    std::vector<float> memory = std::vector<float>(4096);
    operands() {
        for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<float>(i);
    }
    template <std::size_t Rank>
    tensor_view<float, Rank> at(index_t offset, const index_array<Rank>& extents) {
        return {memory.data() + offset, extents};
    }
    template <std::size_t Rank>
    tensor_view<float, Rank> at(index_t offset, const index_array<Rank>& extents, const index_array<Rank>& strides) {
        return {memory.data() + offset, extents, strides};
    }
};

/// The refusal of a call, the same from both backends and both overloads; empty if it is not refused.
template <class A, class B, class C, class... Rest>
std::string refusal(operands& x, const A& a, const B& b, const C& c, const Rest&... rest) {
    const std::vector<float> before = x.memory;
    const auto by_status = [&](const auto& where) {
        const status s = tenfold::matmul(std::nothrow, where, a, b, c, rest...);
        return s.ok() ? std::string()
                      : (s.code() == status_code::shape ? std::string(s.message()) : "another code: " + std::string(s.message()));
    };
    const std::string text = by_status(tenfold::reference{});
    if (text.empty()) return text;
    CHECK(by_status(tenfold::cpu{}) == text);
    const auto by_exception = [&](const auto& where) -> std::string {
        try {
            tenfold::matmul(where, a, b, c, rest...);
        } catch (const tenfold::shape_error& e) { return e.what(); }
        return "";
    };
    CHECK(by_exception(tenfold::reference{}) == text);
    CHECK(by_exception(tenfold::cpu{}) == text);
    CHECK(x.memory == before);
    return text;
}
std::string hex(const void* pointer) {
    return std::string((tenfold::failure(status_code::shape, "") << pointer).operator status().message().substr(2));
}
}  // namespace

TEST_CASE_FIXTURE(operands, "extents that do not fit name both operands, the axis, both values and the remedy [E01][E03]") {
    CHECK(refusal(*this, at<2>(0, {12, 6}), at<2>(100, {3, 8}), at<2>(200, {12, 8})) ==
          "matmul: inner extents differ: a is (12, 6), b is (3, 8); a.extent(1) = 6 must equal b.extent(0) = 3. Pass b.transposed() if b "
          "is stored as (n, k)");
    CHECK(refusal(*this, at<2>(0, {12, 6}), at<2>(100, {6, 8}), at<2>(200, {11, 8})) ==
          "matmul: a is (12, 6), b is (6, 8), c is (11, 8); c.extent(0) = 11 must equal a.extent(0) = 12. Give c the extents (..., m, n)");
    CHECK(refusal(*this, at<2>(0, {12, 6}), at<2>(100, {6, 8}), at<2>(200, {12, 9})) ==
          "matmul: a is (12, 6), b is (6, 8), c is (12, 9); c.extent(1) = 9 must equal b.extent(1) = 8. Give c the extents (..., m, n)");
    CHECK(refusal(*this, at<3>(0, {2, 3, 4}), at<2>(100, {4, 5}), at<3>(200, {3, 3, 5})) ==
          "matmul: leading axes do not broadcast: a is (2, 3, 4), c is (3, 3, 5); a.extent(0) = 2 must be 1 or c.extent(0) = 3");
    CHECK(refusal(*this, at<2>(0, {3, 4}), at<3>(100, {2, 4, 5}), at<4>(200, {2, 3, 3, 5})) ==
          "matmul: leading axes do not broadcast: b is (2, 4, 5), c is (2, 3, 3, 5); b.extent(0) = 2 must be 1 or c.extent(1) = 3");
}

TEST_CASE_FIXTURE(operands, "a zero extent excuses no mismatch [E01][E04]") {
    CHECK(refusal(*this, at<2>(0, {0, 6}), at<2>(100, {3, 8}), at<2>(200, {0, 8})).find("inner extents differ") != std::string::npos);
    CHECK(refusal(*this, at<2>(0, {4, 0}), at<2>(100, {0, 8}), at<2>(200, {4, 7})).find("c.extent(1) = 7 must equal") != std::string::npos);
}

TEST_CASE_FIXTURE(operands, "negative extents, overflowing extents and overflowing strides are refused [E01][E03][E08][H05]") {
    CHECK(refusal(*this, at<2>(0, {3, -4}), at<2>(100, {-4, 5}), at<2>(200, {3, 5})) ==
          "matmul: a has extents (3, -4) with a negative value; extents are >= 0");
    CHECK(refusal(*this, at<2>(0, {3, 4}), at<2>(100, {4, -1}), at<2>(200, {3, -1})) ==
          "matmul: c has extents (3, -1) with a negative value; extents are >= 0");
    constexpr index_t huge = index_t{1} << 61;
    CHECK(refusal(*this, at<2>(0, {1, huge}, {0, 0}), at<2>(100, {huge, 1}, {0, 0}), at<2>(200, {1, 1})) ==
          "matmul: a has extents (1, 2305843009213693952): more than 2^63 - 1 bytes; use smaller extents");
    CHECK(refusal(*this, at<2>(0, {3, 4}, {INT64_MAX / 4, 1}), at<2>(100, {4, 5}), at<2>(200, {3, 5})) ==
          "matmul: a has extents (3, 4) and strides (2305843009213693951, 1): the offsets exceed 2^63 - 1 bytes; use smaller strides");
    CHECK(
        refusal(*this, at<2>(0, {3, 4}), at<2>(100, {4, 5}), at<2>(200, {3, 5}, {INT64_MIN, 1})).find("c has extents (3, 5) and strides") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(operands, "null with elements is refused, null without is not [E01][E04]") {
    const tensor_view<float, 2> null(nullptr, {3, 4});
    CHECK(refusal(*this, null, at<2>(100, {4, 5}), at<2>(200, {3, 5})) ==
          "matmul: a has extents (3, 4) but a null data pointer; null is legal only for views without elements");
    CHECK(refusal(*this, at<2>(0, {5, 3}), null, at<2>(200, {5, 4})).find("b has extents (3, 4) but a null data pointer") !=
          std::string::npos);
    CHECK(refusal(*this, at<2>(0, {3, 2}), at<2>(100, {2, 4}), null).find("c has extents (3, 4) but a null data pointer") !=
          std::string::npos);
    CHECK(refusal(*this, tensor_view<float, 2>(nullptr, {0, 4}), at<2>(100, {4, 5}), tensor_view<float, 2>(nullptr, {0, 5})).empty());
}

TEST_CASE_FIXTURE(operands, "an output whose indices may share an element is refused [E07]") {
    CHECK(refusal(*this, at<2>(0, {3, 4}), at<2>(100, {4, 5}), at<2>(200, {3, 5}, {0, 1})) ==
          "matmul: c is an output with extents (3, 5) and strides (0, 1), not provably one-to-one: two indices may share an element. Write "
          "to a view "
          "without broadcast or overlapping axes");
    CHECK(refusal(*this, at<2>(0, {3, 4}), at<2>(100, {4, 5}), at<2>(200, {3, 5}, {4, 1})).find("not provably one-to-one") !=
          std::string::npos);
    CHECK(refusal(*this, at<2>(0, {3, 4}), at<2>(100, {4, 5}), at<2>(300, {3, 5}, {-4, -1})).find("not provably one-to-one") !=
          std::string::npos);
    CHECK(refusal(*this, at<2>(0, {3, 4}), at<2>(100, {4, 5}), at<2>(200, {3, 5}, {5, 1})).empty());
    CHECK(refusal(*this, at<2>(0, {1, 4}), at<2>(100, {4, 5}), at<2>(200, {1, 5}, {0, 1})).empty());  // a unit axis
}

TEST_CASE_FIXTURE(operands, "an output that overlaps an input is refused with both address ranges [E09][E26]") {
    const auto c = at<2>(200, {3, 5});
    CHECK(refusal(*this, at<2>(195, {3, 4}), at<2>(100, {4, 5}), c) == "matmul: c overlaps a: c [" + hex(memory.data() + 200) +
                                                                           ", +60 bytes), a [" + hex(memory.data() + 195) +
                                                                           ", +48 bytes). Use a separate output");
    CHECK(refusal(*this, at<2>(0, {3, 4}), at<2>(214, {4, 5}), c).find("matmul: c overlaps b: ") == 0);
    CHECK(refusal(*this, at<2>(0, {3, 4}), at<2>(215, {4, 5}), c).empty());
    // Inputs may overlap each other in any way.
    CHECK(refusal(*this, at<2>(0, {4, 4}), at<2>(3, {4, 4}), at<2>(200, {4, 4})).empty());
    CHECK(refusal(*this, at<2>(0, {4, 4}), at<2>(0, {4, 4}).transposed(), at<2>(300, {4, 4})).empty());
    // alpha == 0: a and b are not read, so they may be anything, also c or null.
    CHECK(refusal(*this, c.slice(1, 0, 3), at<2>(200, {3, 5}), c, tenfold::matmul_options{.alpha = 0}).empty());
}

TEST_CASE("scales of integer types must be whole, and depths must be exact [E01][E28]") {
    std::vector<std::int8_t> memory(16);
    std::int32_t value[4] = {7, 7, 7, 7};
    const tensor_view<std::int8_t, 2> x(memory.data(), {2, 2});
    const tensor_view<std::int32_t, 2> c(value, {2, 2});
    for (const auto options :
         {tenfold::matmul_options{.alpha = 0.5}, tenfold::matmul_options{.beta = 1.5}, tenfold::matmul_options{.alpha = 0x1p32}}) {
        const status s = tenfold::matmul(std::nothrow, tenfold::cpu{}, x, x, c, options);
        CHECK(s.message() ==
              "matmul: alpha and beta must be whole numbers of at most 2^31 for integer types; scale in the epilogue with scale(s) or "
              "convert() first");
    }
    const auto depth = [&](index_t k, auto left, auto right) {
        const tensor_view<decltype(left), 2> a(&left, {1, k}, {0, 0});
        const tensor_view<decltype(right), 2> b(&right, {k, 1}, {0, 0});
        return std::string(tenfold::matmul(std::nothrow, tenfold::cpu{}, a, b, c.slice(0, 0, 1).slice(1, 0, 1)).message());
    };
    CHECK(depth(131072, std::int8_t{-128}, std::int8_t{-128}) ==
          "matmul: k = 131072 exceeds 131071, the largest depth for which the int32 sum of these 8-bit products is exact. Split k, or "
          "convert() to int32 or "
          "float first");
    CHECK(depth(65794, std::uint8_t{255}, std::int8_t{-128}).find("k = 65794 exceeds 65793") != std::string::npos);
    CHECK(depth(33026, std::uint8_t{255}, std::uint8_t{255}).find("k = 33026 exceeds 33025") != std::string::npos);
    CHECK(value[0] == 7);
}

TEST_CASE("zero points are values of their operand's 8-bit type; they lower the depth that is exact [E01][E28]") {
    const std::int8_t s8[4] = {1, 2, 3, 4};
    const std::uint8_t u8[4] = {1, 2, 3, 4};
    const float f32[4] = {1, 2, 3, 4};
    std::int32_t value[4] = {7, 7, 7, 7};
    float float_value[4] = {7, 7, 7, 7};
    const tensor_view<const std::int8_t, 2> a(s8, {2, 2});
    const tensor_view<const std::uint8_t, 2> b(u8, {2, 2});
    const tensor_view<const float, 2> x(f32, {2, 2});
    const tensor_view<std::int32_t, 2> c(value, {2, 2});
    const tensor_view<float, 2> y(float_value, {2, 2});
    const auto text = [](const status& s) { return std::string(s.message()); };
    for (const tenfold::cpu where : {tenfold::cpu{}, tenfold::cpu{.isa = "baseline"}}) {
        CHECK(text(tenfold::matmul(std::nothrow, where, a, b, c, {.a_zero_point = 128})) ==
              "matmul: a_zero_point = 128 is not a value of s8. Use -128..127");
        CHECK(text(tenfold::matmul(std::nothrow, where, a, b, c, {.b_zero_point = -1})) ==
              "matmul: b_zero_point = -1 is not a value of u8. Use 0..255");
        CHECK(text(tenfold::matmul(std::nothrow, where, x, x, y, {.a_zero_point = 1})) ==
              "matmul: a_zero_point = 1, but only 8-bit integers have zero points. Leave it 0");
        CHECK(text(tenfold::matmul(std::nothrow, where, x, x, y, {.b_zero_point = 3})) ==
              "matmul: b_zero_point = 3, but only 8-bit integers have zero points. Leave it 0");
    }
    CHECK(text(tenfold::matmul(std::nothrow, tenfold::reference{}, a, b, c, {.a_zero_point = -129})) ==
          "matmul: a_zero_point = -129 is not a value of s8. Use -128..127");
    // 127 - (-128) = 255 in place of 128: 2^31 - 1 over 255 * 255.
    const tensor_view<const std::int8_t, 2> deep(s8, {1, 33026}, {0, 0});
    const tensor_view<const std::uint8_t, 2> wide(u8, {33026, 1}, {0, 0});
    CHECK(text(tenfold::matmul(std::nothrow, tenfold::cpu{}, deep, wide, c.slice(0, 0, 1).slice(1, 0, 1), {.a_zero_point = -128}))
              .find("k = 33026 exceeds 33025") != std::string::npos);
    CHECK(value[0] == 7);
    CHECK(float_value[0] == 7);
}

TEST_CASE_FIXTURE(operands, "operands of an epilogue are checked before anything is written [E01][E09][E26]") {
    const auto a = at<2>(0, {3, 4});
    const auto b = at<2>(100, {4, 5});
    const auto c = at<2>(200, {3, 5});
    CHECK(refusal(*this, a, b, c, tenfold::bias(at<1>(300, {4}))) ==
          "matmul: bias has 4 elements; the output's extent along axis 1 is 5. Pass one value per channel");
    CHECK(refusal(*this, a, b, c, tenfold::relu{} | tenfold::scale(at<1>(300, {6}))) ==
          "matmul: scale has 6 elements; the output's extent along axis 1 is 5. Pass one value per channel");
    CHECK(
        refusal(*this, a, b, c, tenfold::bias(tensor_view<float, 1>(nullptr, {5}))).find("bias has extents (5) but a null data pointer") !=
        std::string::npos);
    CHECK(refusal(*this, a, b, c, tenfold::add(at<2>(300, {5, 3}))) ==
          "matmul: residual has extents (5, 3); the output has (3, 5). They must be equal; use broadcast_to");
    CHECK(refusal(*this, a, b, c, tenfold::bias(at<1>(205, {5}))).find("matmul: c overlaps bias: ") == 0);
    CHECK(refusal(*this, a, b, c, tenfold::add(at<2>(201, {3, 5}))).find("matmul: c overlaps residual: ") == 0);
    CHECK(refusal(*this, a, b, c, tenfold::add(c)).empty());  // exactly the output itself
}
