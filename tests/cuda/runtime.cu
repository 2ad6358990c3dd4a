// SPDX-License-Identifier: Apache-2.0
// What calls of the cuda backend ask of the CUDA runtime: on which device, in what order, and what they leave as it was.
#include "fake_runtime.hpp"

#include <tenfold/backends/cuda.cuh>

#include <doctest/doctest.h>

namespace tf = tenfold;

namespace {
/// A sum whose blocks share an output, so that it needs workspace.
tf::status sum_on(const tf::cuda& where) {
    constexpr tf::index_t count = 1 << 20;
    static float memory[count + 1];  // never read
    return tf::sum(std::nothrow, where, tf::tensor_view<const float, 1, tf::device_space>(memory, {count}), tf::axes{0},
                   tf::tensor_view<float, 0, tf::device_space>(memory + count, {}));
}
/// A call of every op, each on operands of its own kind; f(status, name) hears of it.
template <class F>
void call_every_op(const tf::cuda& where, const F& f) {
    static float memory[3 * 40000];  // never read
    static float results[3 * 40000];
    static tf::index_t index;
    const tf::tensor_view<const float, 2, tf::device_space> x(memory, {3, 40000});
    const tf::tensor_view<const float, 2, tf::device_space> square(memory, {40, 40});
    const tf::tensor_view<float, 2, tf::device_space> product(results, {40, 40});
    const tf::tensor_view<float, 2, tf::device_space> y(results, {3, 40000});
    f(tf::sum(std::nothrow, where, x, tf::axes{0, 1}, tf::tensor_view<float, 0, tf::device_space>(results, {})), "sum");
    f(tf::argmax(std::nothrow, where, x, tf::axes{0, 1}, tf::tensor_view<tf::index_t, 0, tf::device_space>(&index, {})), "argmax");
    f(tf::copy(std::nothrow, where, x, y), "copy");
    f(tf::softmax(std::nothrow, where, x, 1, y), "softmax");
    f(tf::rms_norm(std::nothrow, where, x, 1, y), "rms_norm");
    f(tf::cumulative_sum(std::nothrow, where, x, 1, y), "cumulative_sum");
    f(tf::matmul(std::nothrow, where, square, square, product), "matmul");
}
constexpr float zero = 0;
constexpr const char* waits[] = {"cudaMalloc", "cudaFree",   "cudaStreamSynchronize", "cudaEventSynchronize", "cudaDeviceSynchronize",
                                 "cudaMemcpy", "cudaMemset", "cudaStreamQuery",       "cudaEventQuery"};
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
TEST_CASE("cuda runtime: every op goes to its stream and device, waits for nothing, and leaves device and error as they were [G07][H31b]") {
    fake::runtime& runtime = fresh();
    auto* const stream = reinterpret_cast<cudaStream_t>(&runtime);
    const auto expect = [&](const tf::cuda& where, bool only_launches) {
        call_every_op(where, [&](const tf::status& s, const char* op) {
            CAPTURE(op);
            CAPTURE(s.message());
            CHECK(s.ok());
            CHECK(runtime.count("cudaLaunchKernelExC") >= 1);
            for (const fake::call& c : runtime.calls) {
                CHECK(c.device == 5);
                CHECK(c.stream == stream);
                if (only_launches) CHECK(c.name == "cudaLaunchKernelExC");
            }
            for (const char* wait : waits) CHECK(runtime.count(wait) == 0);
            CHECK(runtime.device == 2);
            CHECK(runtime.pending == cudaErrorInvalidTexture);
            runtime.calls.clear();
        });
    };
    expect({.stream = stream, .device = 5}, false);
    tf::stream_workspace workspace;
    REQUIRE(workspace.allocate({.stream = stream, .device = 5}, 1 << 16).ok());
    runtime.calls.clear();
    runtime.capturing = true;
    expect(workspace.on(), true);
}
TEST_CASE("cuda runtime: a failure names op, device, stream, types and shapes") {
    fake::runtime& runtime = fresh();
    runtime.failing = "cudaLaunchKernelExC";
    call_every_op({.device = 5}, [](const tf::status& s, const char* op) {
        CAPTURE(op);
        CAPTURE(s.message());
        CHECK(s.code() == tf::status_code::device);
        CHECK(s.message().find(std::string(op) + ": launching the kernel") == 0);
        CHECK(s.message().find("cudaErrorInvalidResourceHandle") != std::string_view::npos);
        CHECK(s.message().find(". On device 5, stream 0x0, with f32 (") != std::string_view::npos);
    });
    runtime.failing = "cudaMalloc";
    runtime.with = cudaErrorMemoryAllocation;
    tf::tensor<float, 2, tf::device_space> made;
    const float host[6] = {};
    const tf::status s = tf::copy_to(std::nothrow, tf::cuda{}, tf::tensor_view<const float, 2>(host, {2, 3}), made);
    CHECK(s.code() == tf::status_code::out_of_memory);
    CHECK(s.message().find("24 bytes (cudaErrorMemoryAllocation). On device 2, stream 0x0, with f32 (2, 3)") != std::string_view::npos);
}
TEST_CASE("cuda runtime: device tensors hold what was copied to them, and it comes back") {
    fake::runtime& runtime = fresh();
    const float host[6] = {1, 2, 3, 4, 5, 6};
    float back[6] = {};
    {
        const auto x = tf::copy_to(tf::cuda{.device = 5}, tf::tensor_view<const float, 2>(host, {2, 3}));
        CHECK(x.extents() == tf::index_array<2>{2, 3});
        CHECK(runtime.count("cudaStreamSynchronize") == 0);  // the copy is enqueued
        tf::copy_from(tf::cuda{.device = 5}, x, tf::tensor_view<float, 2>(back, {2, 3}));
    }
    CHECK(runtime.calls.back().name == "cudaFree");
    for (int i = 0; i < 6; ++i) CHECK(back[i] == host[i]);
}
TEST_CASE("cuda runtime: memory of a stream comes from its pool and goes back, and nobody waits [G07]") {
    fake::runtime& runtime = fresh();
    auto* const stream = reinterpret_cast<cudaStream_t>(&runtime);
    static float x[4 * 40000];
    const tf::tensor_view<const float, 2, tf::device_space> in(x, {4, 40000});
    {
        tf::stream_memory memory;
        REQUIRE(memory.open({.stream = stream, .device = 5}).ok());
        CHECK(memory.open({}).code() == tf::status_code::shape);
        CHECK(runtime.pool_device == 5);
        CHECK(runtime.kept_by_pool == UINT64_MAX);
        runtime.calls.clear();
        {
            const auto sums = tf::sum(memory.on(), in, tf::axes{1});
            CHECK(sums.extent(0) == 4);
            CHECK(runtime.count("cudaMallocFromPoolAsync") == 2);  // the result and the workspace
            CHECK(runtime.count("cudaFreeAsync") == 1);
        }
        CHECK(runtime.count("cudaFreeAsync") == 2);
        for (const fake::call& c : runtime.calls) CHECK((c.device == 5 && c.stream == stream));
        for (const char* wait : waits) CHECK(runtime.count(wait) == 0);
        runtime.failing = "cudaMallocFromPoolAsync";
        runtime.with = cudaErrorMemoryAllocation;
        CHECK(sum_on(memory.on()).code() == tf::status_code::out_of_memory);
        runtime.with = cudaErrorIllegalAddress;
        runtime.pending = cudaSuccess;  // what is lost is told without an error of the user's
        CHECK(sum_on(memory.on()).code() == tf::status_code::device_lost);
        CHECK(runtime.pending == cudaSuccess);
    }
    CHECK(runtime.count("cudaMemPoolDestroy") == 1);

    fresh().pools = false;  // as some virtual GPUs
    tf::stream_memory memory;
    REQUIRE(memory.open({.stream = stream, .device = 5}).ok());
    { const auto sums = tf::sum(memory.on(), in, tf::axes{1}); }
    CHECK(runtime.count("cudaMalloc") == 2);
    CHECK(runtime.count("cudaFree") == 2);
    CHECK(runtime.count("cudaStreamSynchronize") == 2);
    CHECK(runtime.device == 2);

    fresh().failing = "cudaMemPoolSetAttribute";
    tf::stream_memory other;
    CHECK(other.open({}).code() == tf::status_code::device);
    CHECK(runtime.calls.back().name == "cudaMemPoolDestroy");
    CHECK(other.on().memory == nullptr);
}
TEST_CASE("cuda runtime: memory and workspace of a stream name each other, whichever is made first") {
    fake::runtime& runtime = fresh();
    {
        tf::stream_memory memory;
        tf::stream_workspace workspace;
        REQUIRE(memory.open({.device = 5}).ok());
        REQUIRE(workspace.allocate(memory.on(), 1 << 16).ok());
        CHECK(workspace.on().memory == &memory);
    }
    tf::stream_workspace workspace;
    tf::stream_memory memory;
    REQUIRE(workspace.allocate({.device = 5}, 1 << 16).ok());
    REQUIRE(memory.open(workspace.on()).ok());
    CHECK(memory.on().workspace.data == workspace.on().workspace.data);
    CHECK(memory.on().workspace.bytes == workspace.on().workspace.bytes);
    runtime.calls.clear();
    CHECK(sum_on(memory.on()).ok());
    CHECK(runtime.calls.size() == 1);  // the launch
}
TEST_CASE("cuda runtime: an event that could not be recorded holds nobody") {
    fake::runtime& runtime = fresh();
    runtime.failing = "cudaEventRecord";
    {
        tf::gpu_event event;
        CHECK(event.record({}).code() == tf::status_code::device);
        CHECK(event.hold({}).code() == tf::status_code::shape);
        CHECK(event.wait().code() == tf::status_code::shape);
        CHECK(runtime.count("cudaStreamWaitEvent") + runtime.count("cudaEventSynchronize") == 0);
        runtime.failing.clear();
        CHECK(event.record({}).ok());
        runtime.failing = "cudaEventRecord";
        CHECK(event.record({}).code() == tf::status_code::device);  // it is still what was recorded before
        CHECK(event.hold({}).ok());
    }
    CHECK(runtime.count("cudaEventCreateWithFlags") == 2);
    CHECK(runtime.count("cudaEventDestroy") == 2);
}
TEST_CASE("cuda runtime: streams and events are made on their device, and order work without waiting") {
    fake::runtime& runtime = fresh();
    {
        tf::gpu_stream first;
        REQUIRE(first.create(5).ok());
        CHECK(first.create().code() == tf::status_code::shape);
        CHECK(first.on().device == 5);
        CHECK(first.on().stream != nullptr);
        tf::gpu_event done;
        CHECK(done.hold(first.on()).code() == tf::status_code::shape);
        CHECK(done.wait().code() == tf::status_code::shape);
        CHECK(done.record(first.on()).ok());
        auto* const second = reinterpret_cast<cudaStream_t>(&runtime);
        CHECK(done.hold({.stream = second, .device = 5}).ok());
        CHECK(runtime.calls.back().name == "cudaStreamWaitEvent");
        CHECK(runtime.calls.back().stream == second);
        CHECK(runtime.count("cudaStreamSynchronize") + runtime.count("cudaEventSynchronize") == 0);
        CHECK(done.wait().ok());
        CHECK(runtime.calls.back().name == "cudaEventSynchronize");
        runtime.failing = "cudaStreamSynchronize";
        runtime.with = cudaErrorIllegalAddress;
        CHECK(first.wait().code() == tf::status_code::device_lost);
        for (const fake::call& c : runtime.calls) CHECK(c.device == 5);
    }
    CHECK(runtime.count("cudaEventDestroy") == 1);
    CHECK(runtime.count("cudaStreamDestroy") == 1);
    CHECK(runtime.device == 2);
    CHECK(runtime.pending == cudaErrorIllegalAddress);
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
TEST_CASE("cuda runtime: what owns something of the device ends without touching the error that the user has not read [H31b]") {
    for (const char* failing : {"cudaStreamDestroy", "cudaEventDestroy", "cudaMemPoolDestroy", "cudaFree", "cudaFreeAsync"}) {
        for (const cudaError_t unread : {cudaSuccess, cudaErrorInvalidTexture}) {
            CAPTURE(failing);
            fake::runtime& runtime = fresh();
            {
                tf::gpu_stream stream;
                tf::gpu_event event;
                tf::stream_workspace workspace;
                tf::stream_memory memory;
                REQUIRE(stream.create(5).ok());
                REQUIRE(event.record(stream.on()).ok());
                REQUIRE(workspace.allocate(stream.on(), 16).ok());
                REQUIRE(memory.open(stream.on()).ok());
                const auto kept = tf::copy_to(memory.on(), tf::tensor_view<const float, 1>(&zero, {1}));
                const auto own = tf::copy_to(stream.on(), tf::tensor_view<const float, 1>(&zero, {1}));
                runtime.pending = unread;
                runtime.failing = failing;
            }
            CHECK(runtime.count(failing) >= 1);
            CHECK(runtime.pending == (unread == cudaSuccess ? cudaSuccess : runtime.with));
            runtime.failing.clear();
            CHECK(runtime.device == 2);
        }
    }
    fake::runtime& runtime = fresh();
    { tf::stream_memory never_opened; }
    CHECK(runtime.calls.empty());
}
TEST_CASE("cuda runtime: a resource asked for memory leaves the error that the user has not read, and captures, alone [H30][H31b]") {
    using vector = tf::tensor<float, 1, tf::device_space>;
    for (const bool pools : {true, false}) {
        for (const cudaError_t unread : {cudaSuccess, cudaErrorInvalidTexture}) {
            CAPTURE(pools);
            CAPTURE(unread);
            fake::runtime& runtime = fresh();
            runtime.pools = pools;
            {
                tf::stream_memory memory;
                REQUIRE(memory.open({.device = 5}).ok());
                const auto allocate = [&](tf::memory_resource& from) {
                    vector made;
                    runtime.pending = unread;
                    runtime.calls.clear();
                    return vector::allocate({4}, made, &from).ok();
                };
                const char* const asked = pools ? "cudaMallocFromPoolAsync" : "cudaMalloc";
                CHECK(allocate(memory));
                CHECK(runtime.pending == unread);
                runtime.failing = asked;
                runtime.with = cudaErrorMemoryAllocation;
                CHECK_FALSE(allocate(memory));
                CHECK(runtime.count(asked) == 1);
                CHECK(runtime.pending == (unread == cudaSuccess ? cudaSuccess : cudaErrorMemoryAllocation));
                runtime.with = cudaErrorIllegalAddress;  // nothing clears that
                CHECK_FALSE(allocate(memory));
                CHECK(runtime.pending == cudaErrorIllegalAddress);
                runtime.with = cudaErrorMemoryAllocation;
                runtime.failing = "cudaMalloc";
                CHECK_FALSE(allocate(tf::gpu_kernels::device_resource::instance()));
                CHECK(runtime.pending == (unread == cudaSuccess ? cudaSuccess : cudaErrorMemoryAllocation));
                runtime.failing.clear();

                runtime.capturing = true;
                CHECK_FALSE(allocate(memory));
                CHECK(runtime.calls.empty());
                CHECK(runtime.pending == unread);
                CHECK(allocate(tf::gpu_kernels::device_resource::instance()));  // the device's own is of no stream
                CHECK(runtime.captures_ended == 0);
                CHECK(runtime.mode == cudaStreamCaptureModeGlobal);
                runtime.capturing = false;
                runtime.capture_query = cudaErrorStreamCaptureImplicit;  // of the default stream, while another one is captured
                CHECK_FALSE(allocate(memory));
                CHECK(runtime.count(asked) == 0);
                CHECK(runtime.pending == (unread == cudaSuccess ? cudaSuccess : cudaErrorStreamCaptureImplicit));
                runtime.capture_query = cudaSuccess;
                CHECK(allocate(memory));
                CHECK(runtime.device == 2);
            }
            fresh();
        }
    }
}
TEST_CASE("cuda runtime: memory that ends while its stream is captured goes back, at once or at the next call [H30]") {
    for (const bool pools : {true, false}) {
        CAPTURE(pools);
        fake::runtime& runtime = fresh();
        runtime.pools = pools;
        runtime.pending = cudaSuccess;
        const char* const giving_back = pools ? "cudaFreeAsync" : "cudaFree";
        {
            tf::stream_memory memory;
            REQUIRE(memory.open({.device = 5}).ok());
            const auto end_in_capture = [&] {
                auto first = tf::copy_to(memory.on(), tf::tensor_view<const float, 1>(&zero, {1}));
                auto second = tf::copy_to(memory.on(), tf::tensor_view<const float, 1>(&zero, {1}));
                runtime.calls.clear();
                runtime.capturing = true;
            };
            end_in_capture();
            CHECK(runtime.calls.empty());  // nothing that would end the capture
            runtime.capturing = false;
            CHECK(memory.allocate(64, 64) != nullptr);
            CHECK(runtime.count(giving_back) == 2);
            memory.deallocate(nullptr, 64, 64);
            CHECK(runtime.count(giving_back) == 3);
            end_in_capture();
            runtime.capturing = false;
        }
        CHECK(runtime.count(giving_back) == 2);  // when the pool ends
        {
            tf::stream_workspace workspace;
            REQUIRE(workspace.allocate({.device = 5}, 16).ok());
            const auto own = tf::copy_to(tf::cuda{}, tf::tensor_view<const float, 1>(&zero, {1}));
            runtime.calls.clear();
            runtime.capturing = true;
        }
        CHECK(runtime.count("cudaFree") == 2);
        CHECK(runtime.captures_ended == 0);
        CHECK(runtime.pending == cudaSuccess);
        CHECK(runtime.mode == cudaStreamCaptureModeGlobal);
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
        CHECK(s.code() == tf::status_code::device_lost);
        CHECK(s.message().find("context is lost") != std::string_view::npos);
        try {
            tf::raise(s);
        } catch (const tf::device_lost_error& e) { CHECK(std::string_view(e.what()).find("sum: ") == 0); }
    }
}
TEST_CASE("cuda runtime: the errors after which a process must end are those that CUDA says it of") {
    for (const cudaError_t error :
         {cudaErrorECCUncorrectable, cudaErrorContained, cudaErrorIllegalAddress, cudaErrorLaunchTimeout, cudaErrorAssert,
          cudaErrorHardwareStackError, cudaErrorIllegalInstruction, cudaErrorMisalignedAddress, cudaErrorInvalidAddressSpace,
          cudaErrorInvalidPc, cudaErrorLaunchFailure, cudaErrorTensorMemoryLeak, cudaErrorMpsClientTerminated, cudaErrorExternalDevice}) {
        CAPTURE(error);
        fake::runtime& runtime = fresh();
        runtime.failing = "cudaLaunchKernelExC";
        runtime.with = error;
        CHECK(sum_on({}).code() == tf::status_code::device_lost);
    }
    fresh().failing = "cudaLaunchKernelExC";
    fake::state.with = cudaErrorNotReady;
    CHECK(sum_on({}).code() == tf::status_code::device);
}
