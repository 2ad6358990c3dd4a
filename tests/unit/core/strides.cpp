// SPDX-License-Identifier: Apache-2.0
// Predicates on (extents, strides) against brute force over small shapes, and at the limits of 64 bits.
#include <tenfold/core/strides.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <vector>

using tenfold::index_array;
using tenfold::index_t;
using tenfold::shape_problem;

namespace {
/// Offsets of all elements in row-major index order; unit axes are not looked at.
template <std::size_t Rank>
std::vector<index_t> offsets(const index_array<Rank>& extents, const index_array<Rank>& strides) {
    std::vector<index_t> all;
    tenfold::for_each_index(extents, [&](const index_array<Rank>& index) {
        index_t offset = 0;
        for (std::size_t i = 0; i < Rank; ++i) offset += extents[i] == 1 ? 0 : index[i] * strides[i];
        all.push_back(offset);
    });
    return all;
}

template <std::size_t Rank>
void against_brute_force(int rounds) {
    tenfold::testing::generator random(Rank);
    int wrong_contiguous = 0, wrong_one_to_one = 0, wrong_range = 0, one_to_one = 0, refused_though_unique = 0;
    for (int round = 0; round < rounds; ++round) {
        index_array<Rank> extents{};
        index_array<Rank> strides{};
        for (auto& e : extents) e = random.between(0, 4);
        for (auto& s : strides) s = random.between(-12, 12);
        if (random.chance(0.2)) strides = tenfold::row_major_strides(extents);
        const auto all = offsets(extents, strides);
        const std::set<index_t> distinct(all.begin(), all.end());
        bool contiguous = true;
        for (std::size_t i = 0; i < all.size(); ++i) contiguous = contiguous && all[i] == static_cast<index_t>(i);
        if (tenfold::is_contiguous(extents, strides) != contiguous) ++wrong_contiguous;
        const bool unique = distinct.size() == all.size();
        const bool claimed = tenfold::is_provably_one_to_one(extents, strides);
        if (claimed && !unique) ++wrong_one_to_one;
        one_to_one += claimed;
        refused_though_unique += unique && !claimed;
        tenfold::offset_range range{};
        if (tenfold::check_shape(extents, strides, 4, range) != shape_problem::none) ++wrong_range;
        if (!all.empty() && (range.low != *distinct.begin() || range.high != *distinct.rbegin())) ++wrong_range;
    }
    INFO("rank " << Rank << ", provably one-to-one " << one_to_one << ", refused though unique " << refused_though_unique);
    CHECK(wrong_contiguous == 0);
    CHECK(wrong_one_to_one == 0);
    CHECK(wrong_range == 0);
    CHECK(one_to_one > rounds / 10);
}
}  // namespace

TEST_CASE("contiguity, uniqueness and reach agree with brute force [E03][E05][E07]") {
    against_brute_force<0>(20);
    against_brute_force<1>(2000);
    against_brute_force<2>(5000);
    against_brute_force<3>(5000);
    against_brute_force<4>(5000);
}

TEST_CASE("every slice, permutation and reversal of a tensor is provably one-to-one [E07]") {
    tenfold::testing::generator random(7);
    static constexpr tenfold::testing::arrangement kinds[] = {
        tenfold::testing::arrangement::row_major, tenfold::testing::arrangement::padded,   tenfold::testing::arrangement::permuted,
        tenfold::testing::arrangement::stepped,   tenfold::testing::arrangement::reversed, tenfold::testing::arrangement::mixed};
    int refused = 0;
    for (int round = 0; round < 1000; ++round) {
        const index_array<4> extents{random.between(0, 5), random.between(1, 5), random.between(1, 5), random.between(1, 3)};
        tenfold::testing::arranged<float, 4> x(random, extents, random.pick(kinds));
        if (!tenfold::is_provably_one_to_one(extents, x.view().strides())) ++refused;
    }
    CHECK(refused == 0);
}

TEST_CASE("shapes beyond 64 bits are named, not wrapped [E01][E03][E08]") {
    constexpr index_t top = std::numeric_limits<index_t>::max();
    constexpr index_t bottom = std::numeric_limits<index_t>::min();
    tenfold::offset_range range{};
    const auto problem = [&](const index_array<2>& extents, const index_array<2>& strides, index_t bytes) {
        return tenfold::check_shape(extents, strides, bytes, range);
    };
    CHECK(problem({-1, 2}, {1, 1}, 4) == shape_problem::negative_extent);
    CHECK(problem({0, -1}, {1, 1}, 4) == shape_problem::negative_extent);
    CHECK(problem({bottom, 0}, {1, 1}, 4) == shape_problem::negative_extent);
    CHECK(problem({index_t{1} << 32, index_t{1} << 31}, {0, 0}, 1) == shape_problem::too_many_elements);
    CHECK(problem({index_t{1} << 31, index_t{1} << 31}, {0, 0}, 4) == shape_problem::too_many_elements);  // 2^62 elements of 4 bytes
    CHECK(problem({index_t{1} << 31, index_t{1} << 30}, {0, 0}, 2) == shape_problem::none);               // 2^61 elements of 2 bytes
    CHECK(problem({3, 3}, {top / 2, top / 2}, 1) == shape_problem::span_too_large);
    CHECK(problem({3, 3}, {bottom / 2, bottom / 2}, 1) == shape_problem::span_too_large);
    CHECK(problem({2, 2}, {top / 4, 1}, 8) == shape_problem::span_too_large);   // fits in elements, not in bytes
    CHECK(problem({2, 1}, {bottom, 1}, 1) == shape_problem::span_too_large);    // 2^63 + 1 bytes
    CHECK(problem({2, 1}, {bottom + 2, 1}, 1) == shape_problem::none);          // 2^63 - 1 bytes
    CHECK(problem({2, 2}, {top / 2, -top / 2}, 1) == shape_problem::none);      // reaches down and up, 2^63 - 1 bytes together
    CHECK(problem({2, 3}, {top / 2, -top / 2}, 1) == shape_problem::span_too_large);
    // Unit axes and empty views: any stride at all.
    CHECK(problem({1, 5}, {bottom, 1}, 8) == shape_problem::none);
    CHECK(problem({1, 1}, {top, bottom}, 8) == shape_problem::none);
    CHECK(problem({0, top}, {bottom, top}, 8) == shape_problem::none);
    CHECK((range.low == 0 && range.high == 0));
}

TEST_CASE("row-major strides") {
    CHECK(tenfold::row_major_strides(index_array<3>{2, 3, 4}) == index_array<3>{12, 4, 1});
    CHECK(tenfold::row_major_strides(index_array<3>{2, 0, 4}) == index_array<3>{4, 4, 1});
    CHECK(tenfold::row_major_strides(index_array<0>{}) == index_array<0>{});
}
