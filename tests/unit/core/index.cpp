// SPDX-License-Identifier: Apache-2.0
// Index arithmetic: overflow is noticed, never wrapped.
#include <tenfold/core/index.hpp>
#include <tenfold/core/strides.hpp>

#include <doctest/doctest.h>

#include <limits>

using tenfold::index_t;

TEST_CASE("checked arithmetic notices every overflow of 64 bits [E03][E08][H05]") {
    constexpr index_t top = std::numeric_limits<index_t>::max();
    constexpr index_t bottom = std::numeric_limits<index_t>::min();
    const index_t edges[] = {
        0,   1,       -1,      2,           -2,     3,          index_t{1} << 31, -(index_t{1} << 31), index_t{1} << 32, index_t{3} << 30,
        top, top - 1, top / 2, top / 2 + 1, bottom, bottom + 1, bottom / 2};
    int wrong = 0;
    for (const index_t a : edges) {
        for (const index_t b : edges) {
            __extension__ using wide = __int128;
            index_t result = 0;
            const wide product = wide{a} * b;
            const bool product_fits = product >= bottom && product <= top;
            if (tenfold::checked_multiply(a, b, result) != product_fits || (product_fits && result != static_cast<index_t>(product)))
                ++wrong;
            const wide sum = wide{a} + b;
            const bool sum_fits = sum >= bottom && sum <= top;
            if (tenfold::checked_add(a, b, result) != sum_fits || (sum_fits && result != static_cast<index_t>(sum))) ++wrong;
            const wide difference = wide{a} - b;
            const bool difference_fits = difference >= bottom && difference <= top;
            if (tenfold::checked_subtract(a, b, result) != difference_fits ||
                (difference_fits && result != static_cast<index_t>(difference)))
                ++wrong;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("counts and roundings of index arithmetic") {
    CHECK(tenfold::element_count(tenfold::index_array<0>{}) == 1);
    CHECK(tenfold::element_count(tenfold::index_array<3>{4, 0, 5}) == 0);
    CHECK(tenfold::element_count(tenfold::index_array<3>{std::numeric_limits<index_t>::max(), std::numeric_limits<index_t>::max(), 0}) ==
          0);
    CHECK(tenfold::element_count(tenfold::index_array<2>{index_t{1} << 31, index_t{1} << 31}) == index_t{1} << 62);
    CHECK(tenfold::ceil_divide(0, 8) == 0);
    CHECK(tenfold::ceil_divide(8, 8) == 1);
    CHECK(tenfold::ceil_divide(9, 8) == 2);
    CHECK(tenfold::round_up(9, 8) == 16);
    // ceil_divide(a + b - 1) would overflow here.
    CHECK(tenfold::ceil_divide(std::numeric_limits<index_t>::max(), 2) == index_t{1} << 62);
}
