// SPDX-License-Identifier: Apache-2.0
// The overlap test against brute force over thousands of random small footprints, and its bounded worst case.
#include <tenfold/core/overlap.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <set>

using tenfold::index_array;
using tenfold::index_t;
using tenfold::overlap;

namespace {
constexpr index_t base_address = 1 << 20;

template <std::size_t Rank>
struct footprint {
    tenfold::memory_footprint<Rank> view;
    tenfold::offset_range range;
    std::set<index_t> bytes;
};

template <std::size_t Rank>
footprint<Rank> draw(tenfold::testing::generator& random) {
    footprint<Rank> result{};
    static constexpr index_t sizes[] = {1, 2, 4, 8};
    result.view.element_bytes = random.pick(sizes);
    for (auto& e : result.view.extents) e = random.between(1, 4);
    for (auto& s : result.view.strides) s = random.between(-9, 9);
    const index_t at = base_address + random.between(0, 60);  // any alignment: interop may bring packed records
    result.view.data = reinterpret_cast<const void*>(at);
    tenfold::check_shape(result.view.extents, result.view.strides, result.view.element_bytes, result.range);
    tenfold::for_each_index(result.view.extents, [&](const index_array<Rank>& index) {
        index_t offset = 0;
        for (std::size_t i = 0; i < Rank; ++i) offset += index[i] * result.view.strides[i];
        for (index_t byte = 0; byte < result.view.element_bytes; ++byte)
            result.bytes.insert(at + offset * result.view.element_bytes + byte);
    });
    return result;
}

template <std::size_t RankA, std::size_t RankB>
void against_brute_force(int rounds) {
    tenfold::testing::generator random(RankA * 10 + RankB);
    int wrong = 0, undecided = 0, none = 0, shared = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto a = draw<RankA>(random);
        const auto b = draw<RankB>(random);
        bool meet = false;
        for (const index_t byte : a.bytes) meet = meet || b.bytes.count(byte) != 0;
        const overlap found = tenfold::overlap_of(a.view, a.range, b.view, b.range);
        if (found == overlap::undecided) ++undecided;
        if (found == overlap::none && meet) ++wrong;
        if ((found == overlap::shared || found == overlap::same) && !meet) ++wrong;
        none += found == overlap::none;
        shared += found == overlap::shared;
    }
    INFO("ranks " << RankA << " and " << RankB << ": none " << none << ", shared " << shared);
    CHECK(wrong == 0);
    CHECK(undecided == 0);  // small problems are always decided
    CHECK(none > rounds / 20);
    CHECK(shared > rounds / 20);
}
}  // namespace

TEST_CASE("overlap is decided exactly for small footprints: brute force [E09]") {
    against_brute_force<1, 1>(4000);
    against_brute_force<1, 2>(3000);
    against_brute_force<2, 2>(4000);
    against_brute_force<2, 3>(3000);
    against_brute_force<3, 3>(3000);
}

TEST_CASE("interleaved column slices are disjoint, the same view is the same, a shifted one is shared [E09]") {
    std::vector<float> memory(12 * 100);
    const auto of = [&](index_t column, index_t columns, index_t step, index_t row = 0) {
        tenfold::memory_footprint<2> view{memory.data() + row * 12 + column, {50, columns}, {12, step}, 4};
        tenfold::offset_range range{};
        tenfold::check_shape(view.extents, view.strides, 4, range);
        return std::pair{view, range};
    };
    const auto meet = [](const auto& a, const auto& b) { return tenfold::overlap_of(a.first, a.second, b.first, b.second); };
    CHECK(meet(of(0, 6, 1), of(6, 6, 1)) == overlap::none);
    CHECK(meet(of(0, 6, 2), of(1, 6, 2)) == overlap::none);
    CHECK(meet(of(0, 6, 1), of(5, 6, 1)) == overlap::shared);
    CHECK(meet(of(0, 6, 1), of(0, 6, 1)) == overlap::same);
    CHECK(meet(of(0, 6, 1), of(0, 6, 1, 1)) == overlap::shared);
    CHECK(meet(of(0, 6, 1), of(0, 6, 1, 50)) == overlap::none);
}

TEST_CASE("a view differing in a unit axis' stride only is the same view [E05][E09]") {
    float memory[8] = {};
    const tenfold::memory_footprint<2> a{memory, {1, 8}, {INT64_MIN, 1}, 4};
    const tenfold::memory_footprint<2> b{memory, {1, 8}, {INT64_MAX, 1}, 4};
    CHECK(tenfold::overlap_of(a, {0, 7}, b, {0, 7}) == overlap::same);
}

TEST_CASE("hard instances end after bounded work, undecided or right [E09]") {
    // Subset-sum-like: rank 8, large coprime-ish strides, many candidates.
    tenfold::testing::generator random(3);
    const auto begin = std::chrono::steady_clock::now();
    int undecided = 0;
    for (int round = 0; round < 200; ++round) {
        tenfold::memory_footprint<8> a{reinterpret_cast<const void*>(base_address), {}, {}, 8};
        tenfold::memory_footprint<8> b{reinterpret_cast<const void*>(base_address + 8 * random.between(1, 100000)), {}, {}, 8};
        for (std::size_t i = 0; i < 8; ++i) {
            a.extents[i] = b.extents[i] = 30;
            a.strides[i] = random.between(1000, 200000);
            b.strides[i] = random.between(1000, 200000);
        }
        tenfold::offset_range ra{}, rb{};
        tenfold::check_shape(a.extents, a.strides, 8, ra);
        tenfold::check_shape(b.extents, b.strides, 8, rb);
        undecided += tenfold::overlap_of(a, ra, b, rb) == overlap::undecided;
    }
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    INFO("undecided " << undecided << " of 200 in " << seconds << " s");
    CHECK(seconds < 30);  // about 0.1 ms each; unbounded search would take years
}
