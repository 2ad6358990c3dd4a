// SPDX-License-Identifier: Apache-2.0
// Captured streams and workspaces of streams: no call allocates or waits where it may not.
#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <doctest/doctest.h>

namespace tf = tenfold;
namespace si = tenfold::testing::simt;

TEST_CASE("simt capture: a captured call allocates nothing, waits for nothing, and replays with other values [H30]") {
    si::emulated_gpu gpu;
    std::vector<float> x(20000, 1);
    float y = -7;
    const tf::tensor_view<const float, 1> view(x.data(), {20000});
    const tf::tensor_view<float, 0> out(&y, {});
    si::emulated_cuda where{&gpu};

    gpu.begin_capture(0);
    const tf::status refused = tf::sum(std::nothrow, where, view, tf::axes{0}, out);
    CHECK(refused.code() == tf::status_code::device);
    CHECK(refused.message().find("sum: allocating workspace: the stream is being captured") == 0);
    gpu.end_capture(0);
    CHECK(gpu.report().clean());

    void* memory = nullptr;
    REQUIRE(gpu.allocate(&memory, 1 << 16, 0) == si::runtime_answer::success);
    REQUIRE(gpu.clear(memory, 2048, 0) == si::runtime_answer::success);
    where.workspace = {memory, 1 << 16};
    const auto allocated = gpu.run().memory().live_allocations();
    gpu.begin_capture(0);
    REQUIRE(tf::sum(std::nothrow, where, view, tf::axes{0}, out).ok());
    const int graph = gpu.end_capture(0);
    CHECK(y == -7);
    for (int round = 1; round <= 5; ++round) {
        for (float& v : x) v = static_cast<float>(round);
        REQUIRE(gpu.replay(graph, 0) == si::runtime_answer::success);
        REQUIRE(gpu.synchronise(0) == si::runtime_answer::success);
        CHECK(y == static_cast<float>(20000 * round));
    }
    CHECK(gpu.run().memory().live_allocations() == allocated);
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
}
TEST_CASE("simt capture: operands of a graph stay lent while other calls use them, until the graph is destroyed") {
    si::emulated_gpu gpu;
    const si::emulated_cuda where{&gpu};
    std::vector<float> x(64, 2);
    float y[64] = {};
    const tf::tensor_view<const float, 1> in(x.data(), {64});
    const auto twice = [](float v) { return v + v; };
    gpu.begin_capture(0);
    REQUIRE(tf::transform(std::nothrow, where, twice, in, tf::tensor_view<float, 1>(y, {64})).ok());
    const int graph = gpu.end_capture(0);
    float other[8] = {};
    tf::transform(where, twice, in.slice(0, 0, 8), tf::tensor_view<float, 1>(other, {8}));
    tf::transform(where, [](float) { return 5.0f; }, tf::tensor_view<const float, 1>(other, {8}), tf::tensor_view<float, 1>(x.data(), {8}));
    REQUIRE(gpu.run().memory().at(x.data()) != nullptr);
    CHECK(gpu.run().memory().at(x.data())->bytes() == sizeof y);
    CHECK(gpu.run().memory().at(x.data())->read_only());  // again, after the call that wrote it
    REQUIRE(gpu.replay(graph, 0) == si::runtime_answer::success);
    REQUIRE(gpu.synchronise(0) == si::runtime_answer::success);
    CHECK(y[0] == 10);
    CHECK(y[63] == 4);
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
    gpu.destroy_graph(graph);
    CHECK(gpu.run().memory().at(x.data()) == nullptr);
    CHECK(gpu.run().memory().at(y) == nullptr);
}
TEST_CASE("simt capture: calls of one stream share its workspace, whose counters are zero again after each") {
    si::emulated_gpu gpu;
    void* memory = nullptr;
    REQUIRE(gpu.allocate(&memory, 1 << 16, 0) == si::runtime_answer::success);
    REQUIRE(gpu.clear(memory, 2048, 0) == si::runtime_answer::success);
    const si::emulated_cuda where{&gpu, 0, {memory, 1 << 16}};
    gpu.fail(si::runtime_call::allocate, 1, si::runtime_answer::out_of_memory);  // is not asked
    std::vector<float> x(20000, 1);
    for (int round = 0; round < 3; ++round)
        CHECK(tf::sum(where, tf::tensor_view<const float, 1>(x.data(), {20000}), tf::axes{0})() == 20000);
    CHECK(tf::max(where, tf::tensor_view<const float, 2>(x.data(), {2, 10000}), tf::axes{1})(1) == 1);
}
TEST_CASE("simt capture: waiting and allocating while a stream is captured are findings") {
    si::emulated_gpu gpu;
    gpu.begin_capture(0);
    void* memory = nullptr;
    CHECK(gpu.allocate(&memory, 16, 0) == si::runtime_answer::invalid_value);
    CHECK(gpu.synchronise(0) == si::runtime_answer::invalid_value);
    CHECK(gpu.report().findings().size() == 2);
}
