// SPDX-License-Identifier: Apache-2.0
// A wrong result is found: anywhere on the grid, and unwritten anywhere.
#include <doctest/doctest.h>
#include <tenfold/kernel/reference/element.hpp>

#include <limits>
#include <set>
#include <vector>

#include "support/check_result.hpp"
#include "support/operand_pool.hpp"
#include "support/rotated_operands.hpp"

namespace {

using namespace tenfold::bench;
namespace tf = tenfold;

struct result_10x10 {
    tf::tensor<float, 2> computed{{10, 10}}, expected{{10, 10}}, magnitude{{10, 10}};
    result_10x10() {
        for (tf::index_t i = 0; i < 100; ++i) {
            computed.data()[i] = expected.data()[i] = static_cast<float>(i) / 8;
            magnitude.data()[i] = 100;
        }
    }
    [[nodiscard]] verification check() const { return check_result(computed.view(), computed.view(), expected, magnitude, 100); }
};

}  // namespace

TEST_CASE("the right result passes with a ratio of 0") {
    const result_10x10 result;
    CHECK(result.check().passed());
    CHECK(result.check().max_error_ratio == 0);
}

TEST_CASE("rounding passes, a lost term does not") {
    result_10x10 result;
    result.computed(3, 4) += 1e-5f;
    CHECK(result.check().passed());
    CHECK(result.check().max_error_ratio > 0);
    result.computed(3, 4) += 0.01f;
    CHECK_FALSE(result.check().passed());
    CHECK(result.check().complaint.find("1 of 100 elements are wrong; at (3, 4)") == 0);
}

TEST_CASE("a NaN off the grid is found, and the ratio stays a number") {
    result_10x10 result;
    const tf::tensor_view<const float, 2> whole = result.computed.view();
    const auto last = [](tf::tensor_view<const float, 2> x) { return x.slice(0, 9, 10); };
    tf::tensor<float, 2> expected({1, 10}), magnitude({1, 10});
    for (tf::index_t i = 0; i < 10; ++i) {
        expected.data()[i] = result.expected(9, i);
        magnitude.data()[i] = 1;
    }
    CHECK(check_result(whole, last(whole), expected, magnitude, 10).passed());
    result.computed(2, 2) = std::numeric_limits<float>::quiet_NaN();
    const verification found = check_result(whole, last(whole), expected, magnitude, 10);
    CHECK(found.complaint == "1 of 100 elements were not written, or are NaN");
    CHECK(found.max_error_ratio < std::numeric_limits<double>::infinity());
}

TEST_CASE("an output that is marked holds no number") {
    tf::tensor<double, 1> y({5});
    mark_unwritten(y.view());
    for (tf::index_t i = 0; i < 5; ++i) CHECK(y(i) != y(i));
}

TEST_CASE("the grid meets the last element and every place of a tile") {
    for (const tf::index_t extent : {1, 2, 31, 128, 1000, 4096}) {
        for (const tf::index_t wanted : {1, 7, 32, 5000}) {
            const sampled_axis grid = sample_axis(extent, wanted);
            CAPTURE(extent);
            CAPTURE(wanted);
            CHECK((extent - 1 - grid.begin) % grid.step == 0);
            CHECK(grid.begin < grid.step);
            CHECK((extent - grid.begin + grid.step - 1) / grid.step <= wanted + 1);
        }
    }
    for (const tf::index_t tile : {4, 6, 14, 16, 32, 48}) {
        const sampled_axis grid = sample_axis(4096, 128);
        std::set<tf::index_t> places;
        for (tf::index_t i = grid.begin; i < 4096; i += grid.step) places.insert(i % tile);
        CAPTURE(tile);
        CHECK(places.size() == static_cast<std::size_t>(tile));
    }
}

TEST_CASE("operands are the same for a seed, whatever fills them, and lie in [-1, 1)") {
    const auto filled = [](std::uint64_t seed, int threads) {
        operand_pool pool(seed, 1 << 20);
        pool.reserve_inputs<float>(10007);
        pool.reserve_inputs<double>(101);
        pool.fill(threads);
        return std::vector<float>(pool.inputs<float>(), pool.inputs<float>() + 10007);
    };
    const std::vector<float> one = filled(5, 1);
    CHECK(one == filled(5, 3));
    CHECK(one != filled(6, 1));
    double mean = 0;
    for (const float x : one) {
        CHECK_FALSE((x < -1 || x >= 1));
        mean += static_cast<double>(x) / 10007;
    }
    CHECK(std::abs(mean) < 0.03);
}

TEST_CASE("cold operands walk through sets that do not overlap") {
    operand_pool pool(1, 1 << 20);
    rotated_operands<float> cold(pool, {1000, 24}, 7, true);
    rotated_operands<float> warm(pool, {1000, 24}, 7, false);
    pool.fill(2);
    std::set<const float*> inputs;
    std::set<const float*> outputs;
    for (int i = 0; i < 10000 && inputs.insert(cold.input(0)).second; ++i, cold.next()) outputs.insert(cold.output());
    const auto in_a_set = static_cast<std::size_t>(operand_pool::padded(1000) + operand_pool::padded(24) + operand_pool::padded(7));
    CHECK(inputs.size() * in_a_set * sizeof(float) >= 1 << 20);
    CHECK(outputs.size() == inputs.size());
    const float* before = *inputs.begin();
    for (const float* set : inputs) {
        if (set != before) CHECK(set - before >= 1024);
        before = set;
    }
    CHECK(warm.input(1) - warm.input(0) >= 1000);
    const float* first = warm.input(0);
    warm.next();
    CHECK(warm.input(0) == first);
}
