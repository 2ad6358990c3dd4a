// SPDX-License-Identifier: Apache-2.0
// What calls of the cuda backend ask of the CUDA runtime: on which device, in what order, and what they leave as it was.
#include "fake_runtime.hpp"

#include <tenfold/backends/cuda.cuh>

#include <doctest/doctest.h>

namespace tf = tenfold;

namespace {
/// A sum whose blocks share an output, so that it needs workspace.
tf::status sum_on(const tf::cuda& where) {
    static float x[1];  // never read
    static float y[1];
    return tf::sum(std::nothrow, where, tf::tensor_view<const float, 1, tf::device_space>(x, {1 << 20}), tf::axes{0},
                   tf::tensor_view<float, 0, tf::device_space>(y, {}));
}
fake::runtime& fresh() {
    fake::state = {};
    return fake::state;
}
}  // namespace

TEST_CASE("cuda runtime: work goes to the device asked for, and the current one is as it was, after failures too [G07]") {
    for (const char* failing : {"", "cudaMallocAsync", "cudaMemsetAsync", "cudaLaunchKernelExC"}) {
        CAPTURE(failing);
        fake::runtime& runtime = fresh();
        runtime.failing = failing;
        CHECK(sum_on({.device = 5}).ok() == runtime.failing.empty());
        CHECK(runtime.calls.size() >= 1);
        for (const fake::call& c : runtime.calls) CHECK(c.device == 5);
        CHECK(runtime.device == 2);
    }
}
TEST_CASE("cuda runtime: an error that the user has not read yet stays, and a call leaves none where there was none [H31b][G03]") {
    for (const char* failing : {"", "cudaMallocAsync", "cudaLaunchKernelExC", "cudaFreeAsync"}) {
        CAPTURE(failing);
        fake::runtime& runtime = fresh();
        runtime.failing = failing;
        static_cast<void>(sum_on({}));
        CHECK(runtime.count("cudaGetLastError") == 0);
        CHECK(runtime.pending == (runtime.failing.empty() ? cudaErrorInvalidTexture : runtime.with));
        fresh().pending = cudaSuccess;
        runtime.failing = failing;
        static_cast<void>(sum_on({}));
        CHECK(runtime.pending == cudaSuccess);
    }
}
TEST_CASE("cuda runtime: memory comes from the pool and goes back to it; where there is none, giving back waits [G07]") {
    fake::runtime& runtime = fresh();
    CHECK(sum_on({}).ok());
    CHECK(runtime.count("cudaMallocAsync") == 1);
    CHECK(runtime.count("cudaFreeAsync") == 1);
    CHECK(runtime.count("cudaStreamSynchronize") == 0);
    fresh().pools = false;
    CHECK(sum_on({}).ok());
    CHECK(runtime.count("cudaMalloc") == 1);
    CHECK(runtime.count("cudaStreamSynchronize") == 1);
    CHECK(runtime.calls.back().name == "cudaFree");
}
TEST_CASE("cuda runtime: while its stream is captured a call allocates, clears and waits for nothing [H30]") {
    fake::runtime& runtime = fresh();
    runtime.capturing = true;
    const tf::status refused = sum_on({});
    CHECK(refused.code() == tf::status_code::device);
    CHECK(refused.message().find("captured") != std::string_view::npos);
    CHECK(runtime.calls.empty());

    fresh();
    tf::stream_workspace workspace;
    REQUIRE(workspace.allocate({.device = 5}, 1 << 16).ok());
    CHECK(workspace.on().device == 5);
    CHECK(workspace.allocate({.device = 5}, 1 << 16).code() == tf::status_code::shape);
    runtime.calls.clear();
    runtime.capturing = true;
    CHECK(sum_on(workspace.on()).ok());
    CHECK(runtime.calls.size() == 1);
    CHECK(runtime.calls[0].name == "cudaLaunchKernelExC");
    runtime.capturing = false;
    CHECK(sum_on(workspace.on()).ok());
    CHECK(runtime.calls.size() == 2);  // nothing is cleared between calls
    tf::stream_workspace other;
    runtime.capturing = true;
    CHECK(other.allocate({}, 1 << 16).code() == tf::status_code::device);
    runtime.failing = "cudaMemsetAsync";
    runtime.capturing = false;
    CHECK(other.allocate({}, 1 << 16).code() == tf::status_code::device);
    CHECK(runtime.calls.back().name == "cudaFree");
}
TEST_CASE("cuda runtime: device tensors and copies are refused in a capture, before anything is touched [H30]") {
    float host[4] = {1, 2, 3, 4};
    const tf::tensor_view<const float, 1> x(host, {4});
    const tf::tensor_view<const float, 1, tf::device_space> from(host, {4});
    const auto refused = [](const tf::status& s, const char* text) {
        CAPTURE(s.message());
        CHECK(s.code() == tf::status_code::device);
        CHECK(s.message().find(text) != std::string_view::npos);
        CHECK(fake::state.calls.empty());
    };
    const auto expect_all_refused = [&](const char* text) {
        tf::tensor<float, 1, tf::device_space> made;
        tf::stream_workspace workspace;
        refused(tf::copy_to(std::nothrow, tf::cuda{}, x, made), text);
        refused(tf::copy_from(std::nothrow, tf::cuda{}, from, tf::tensor_view<float, 1>(host, {4})), text);
        refused(workspace.allocate({}, 16), text);
        refused(sum_on({}), text);
    };
    fresh().capturing = true;
    expect_all_refused("the stream is being captured");
    fresh().capture_query = cudaErrorStreamCaptureImplicit;  // of the default stream, while another one is captured
    expect_all_refused("cudaErrorStreamCaptureImplicit");
    fresh();
    CHECK(tf::copy_from(std::nothrow, tf::cuda{}, from, tf::tensor_view<float, 1>(host, {4})).ok());
    CHECK(fake::state.calls.back().name == "cudaStreamSynchronize");
}
TEST_CASE("cuda runtime: a workspace larger than any memory is refused, not wrapped around") {
    fresh();
    tf::stream_workspace workspace;
    CHECK(workspace.allocate({}, SIZE_MAX).code() == tf::status_code::out_of_memory);
    CHECK(fake::state.calls.empty());
}
TEST_CASE("cuda runtime: a lost context is called that, wherever it shows") {
    for (const char* failing : {"cudaMallocAsync", "cudaMemsetAsync", "cudaLaunchKernelExC"}) {
        fake::runtime& runtime = fresh();
        runtime.failing = failing;
        runtime.with = cudaErrorIllegalAddress;
        const tf::status s = sum_on({});
        CHECK(s.code() == tf::status_code::device);
        CHECK(s.message().find("context is lost") != std::string_view::npos);
    }
}
