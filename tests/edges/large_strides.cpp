// SPDX-License-Identifier: Apache-2.0
// Strides beyond 2^31 elements and offsets beyond 2^32 bytes, over address space without memory behind it.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>
#include <tenfold/testing/guarded.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::tensor_view;
using tenfold::testing::page_mapping;

namespace {
/// Three rows of one matrix, `stride` elements apart; only the pages of the rows get memory.
template <class T>
struct far_rows {
    index_t stride;
    page_mapping pages;
    far_rows(index_t row_stride, index_t columns)
        : stride(row_stride), pages(static_cast<std::size_t>(2 * row_stride + columns) * sizeof(T), true) {}
    tensor_view<T, 2> view(index_t columns) const { return {reinterpret_cast<T*>(pages.data()), {3, columns}, {stride, 1}}; }
};

template <class T, class Out>
void far_apart(index_t stride) {
    constexpr index_t n = 21;
    far_rows<T> a(stride, 3), b(stride, n);
    far_rows<Out> c(stride, n);
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_integers(a.view(3), random, 30);
    tenfold::testing::fill_integers(b.view(n), random, 30);
    const auto near_a = tenfold::testing::materialised(a.view(3));
    const auto near_b = tenfold::testing::materialised(b.view(n));
    tensor<Out, 2> expected({3, n});
    tenfold::matmul(tenfold::reference{}, near_a, near_b, expected);
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name << ", stride " << stride);
        tenfold::matmul(where, a.view(3), b.view(n), c.view(n));
        CHECK(tenfold::testing::compare_exact(c.view(n), expected.view()).ok());
        // The same through reversed and transposed views: large negative strides, large column strides.
        tenfold::matmul(where, a.view(3).reversed(0), b.view(n), c.view(n).reversed(0));
        CHECK(tenfold::testing::compare_exact(c.view(n), expected.view()).ok());
        tenfold::matmul(where, b.view(n).transposed(), a.view(3).transposed(), c.view(n).transposed());
        tensor<Out, 2> turned({n, 3});
        tenfold::matmul(tenfold::reference{}, near_b.transposed(), near_a.transposed(), turned);
        CHECK(tenfold::testing::compare_exact(c.view(n).transposed(), turned.view()).ok());
    });
}
}  // namespace

TEST_CASE("row strides beyond 2^31 elements: 32-bit element offsets would wrap [E08][H03]") {
    far_apart<std::int8_t, std::int32_t>((index_t{1} << 31) + 3);
}

TEST_CASE("offsets beyond 2^32 bytes with fewer than 2^31 elements: 32-bit byte offsets would wrap [E08][H02]") {
    far_apart<float, float>((index_t{1} << 30) + 5);
}
