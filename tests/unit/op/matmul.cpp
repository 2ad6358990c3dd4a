// SPDX-License-Identifier: Apache-2.0
// matmul's interface: result types and extents, overloads, counts, limits.
#include <tenfold/backends/reference.hpp>

#include <doctest/doctest.h>

using tenfold::index_array;
using tenfold::index_t;
using tenfold::reference;
using tenfold::tensor;

TEST_CASE("the returned tensor has the broadcast extents and the documented type [E17]") {
    tensor<float, 3> a({4, 2, 3});
    tensor<float, 2> b({3, 5});
    std::fill(a.data(), a.data() + a.size(), 1.0f);
    std::fill(b.data(), b.data() + b.size(), 2.0f);
    const auto c = tenfold::matmul(reference{}, a, b);
    CHECK(c.extents() == index_array<3>{4, 2, 5});
    CHECK(c(3, 1, 4) == 6);
    const auto d = tenfold::matmul(reference{}, b.transposed(), a.view().transposed({0, 2, 1}), {.alpha = 2}, tenfold::relu{});
    CHECK(d.extents() == index_array<3>{4, 5, 2});
    CHECK(d(0, 0, 0) == 12);
    CHECK(tenfold::matmul(reference{}, a, b, tenfold::scale(0.5f))(0, 0, 0) == 3);
    using eight = tensor<std::int8_t, 2>;
    static_assert(
        std::is_same_v<decltype(tenfold::matmul(reference{}, std::declval<eight&>(), std::declval<eight&>())), tensor<std::int32_t, 2>>);
    using sixteen = tensor<tenfold::half, 2>;
    static_assert(std::is_same_v<decltype(tenfold::matmul(reference{}, std::declval<sixteen&>(), std::declval<sixteen&>())), sixteen>);
}

TEST_CASE("the returning overload ignores beta: there is no old c [E20]") {
    tensor<float, 2> a({2, 2});
    std::fill(a.data(), a.data() + 4, 1.0f);
    CHECK(tenfold::matmul(reference{}, a, a, {.beta = 5})(1, 1) == 2);
}

TEST_CASE("rank 2 up to any rank, each missing axis broadcast; both operands may add batch axes") {
    tensor<double, 4> a({1, 3, 2, 2});
    tensor<double, 4> b({5, 1, 2, 2});
    std::fill(a.data(), a.data() + a.size(), 1.0);
    std::fill(b.data(), b.data() + b.size(), 1.0);
    const auto c = tenfold::matmul(reference{}, a, b);
    CHECK(c.extents() == index_array<4>{5, 3, 2, 2});
    CHECK(c(4, 2, 1, 1) == 2);
}

TEST_CASE("counts and limits") {
    using tenfold::matmul_op;
    static_assert(matmul_op::flops(2, 3, 4, 5) == 240);
    static_assert(matmul_op::max_k<float, float>() == 0 && matmul_op::max_k<std::int32_t, std::int32_t>() == 0);
    // The limits themselves: the largest sum fits int32, one more product does not.
    constexpr index_t top = 2147483647;
    static_assert(matmul_op::max_k<std::int8_t, std::int8_t>() * 16384 <= top &&
                  (matmul_op::max_k<std::int8_t, std::int8_t>() + 1) * 16384 > top);
    static_assert(matmul_op::max_k<std::uint8_t, std::uint8_t>() * 65025 <= top &&
                  (matmul_op::max_k<std::uint8_t, std::uint8_t>() + 1) * 65025 > top);
    static_assert(matmul_op::max_k<std::uint8_t, std::int8_t>() * 32640 <= top + 1 &&
                  (matmul_op::max_k<std::uint8_t, std::int8_t>() + 1) * 32640 > top + 1);
    CHECK(std::string(matmul_op::name) == "matmul");
}

TEST_CASE("an output given as a temporary view is written") {
    tensor<float, 2> a({2, 2}), c({4, 4});
    std::fill(a.data(), a.data() + 4, 1.0f);
    std::fill(c.data(), c.data() + 16, 0.0f);
    tenfold::matmul(reference{}, a, a, c.slice(0, 1, 3).slice(1, 1, 3));
    CHECK(c(1, 1) == 2);
    CHECK(c(3, 3) == 0);
    CHECK(c(0, 1) == 0);
}
