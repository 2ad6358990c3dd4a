// SPDX-License-Identifier: Apache-2.0
// Streams that run as late as they may: missing event waits, early frees, reused host buffers and failures show.
#include <tenfold/testing/simt/stream.hpp>

#include <doctest/doctest.h>

namespace si = tenfold::testing::simt;

namespace {
int line_of_access = 0;

struct add_one {
    struct arguments {
        float* x;
        unsigned count;
    };
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        const unsigned i = self.block() * self.threads() + self.thread();
        if (i < a.count) (line_of_access = __LINE__, self.store(a.x + i, self.load(a.x + i) + 1));
    }
};
constexpr std::size_t bytes = 100 * sizeof(float);
constexpr si::launch_shape shape{.blocks = 4, .threads = 32};

float* device_buffer(si::emulated_gpu& gpu) {
    void* p = nullptr;
    REQUIRE(gpu.allocate(&p, bytes, 0) == si::runtime_answer::success);
    return static_cast<float*>(p);
}
}  // namespace

TEST_CASE("simt streams: copy, launch, copy back; nothing runs before somebody waits") {
    si::emulated_gpu gpu;
    const int s = gpu.create_stream();
    float* const d = device_buffer(gpu);
    std::vector<float> x(100, 1);
    gpu.copy(d, x.data(), bytes, s);
    CHECK(gpu.launch<add_one>(shape, {d, 100}, s) == si::runtime_answer::success);
    gpu.copy(x.data(), d, bytes, s);
    gpu.free(d, s);
    CHECK(x[99] == 1);
    CHECK(gpu.synchronise(s) == si::runtime_answer::success);
    CHECK(x[99] == 2);
    CHECK(gpu.run().memory().live_allocations() == 0);
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
}

TEST_CASE("simt streams: an event orders two streams, its lack is found") {
    for (const bool waits : {true, false}) {
        int clean = 0;
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            si::emulated_gpu gpu({.seed = seed});
            const int first = gpu.create_stream();
            const int second = gpu.create_stream();
            const int event = gpu.create_event();
            float* const d = device_buffer(gpu);
            std::vector<float> x(100, 1);
            gpu.copy(d, x.data(), bytes, first);
            gpu.record(event, first);
            if (waits) gpu.wait(second, event);
            gpu.launch<add_one>(shape, {d, 100}, second);
            gpu.synchronise(second);
            clean += gpu.report().clean() ? 1 : 0;
            if (gpu.report().clean()) continue;
            CHECK(gpu.report().has(si::defect::uninitialised));
            CHECK(gpu.report().findings().front().where.line == line_of_access);
        }
        CHECK((clean == 8) == waits);
    }
}

TEST_CASE("simt streams: memory freed before its last use, with the lines of the use and of the free") {
    si::emulated_gpu gpu;
    float* const d = device_buffer(gpu);
    const std::vector<float> x(100, 1);
    gpu.copy(d, x.data(), bytes, 0);
    const int freed_line = __LINE__ + 1;
    gpu.free(d, 0);
    gpu.launch<add_one>(shape, {d, 100}, 0);
    CHECK(gpu.synchronise(0) == si::runtime_answer::context_lost);
    REQUIRE(gpu.report().has(si::defect::use_after_free));
    CHECK(gpu.report().findings().front().where.line == line_of_access);
    CHECK(gpu.report().summary().find("freed at streams.cpp:" + std::to_string(freed_line)) != std::string::npos);
    CHECK(gpu.launch<add_one>(shape, {d, 100}, 0) == si::runtime_answer::context_lost);
}

TEST_CASE("simt streams: memory freed on another stream, which must wait for the last use") {
    for (const bool waits : {true, false}) {
        int found = 0;
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            si::emulated_gpu gpu({.seed = seed});
            const int other = gpu.create_stream();
            const int used = gpu.create_event();
            float* const d = device_buffer(gpu);
            const std::vector<float> x(100, 1);
            gpu.copy(d, x.data(), bytes, 0);
            gpu.launch<add_one>(shape, {d, 100}, 0);
            gpu.record(used, 0);
            if (waits) gpu.wait(other, used);
            gpu.free(d, other);
            gpu.synchronise(0);
            gpu.synchronise(other);
            if (gpu.report().clean()) continue;
            ++found;
            CHECK(gpu.report().has(si::defect::use_after_free));
        }
        CHECK((found > 0) == !waits);
    }
}

TEST_CASE("simt streams: a host buffer is read when the stream comes to it") {
    si::emulated_gpu gpu;
    float* const d = device_buffer(gpu);
    std::vector<float> x(100, 1);
    gpu.copy(d, x.data(), bytes, 0);
    x.assign(100, 5);  // too early: the copy has not run
    std::vector<float> y(100);
    gpu.copy(y.data(), d, bytes, 0);
    gpu.synchronise(0);
    CHECK(y[0] == 5);
}

TEST_CASE("simt streams: failures on demand") {
    si::emulated_gpu gpu;
    gpu.fail(si::runtime_call::allocate, 2, si::runtime_answer::out_of_memory);
    gpu.fail(si::runtime_call::launch, 1, si::runtime_answer::context_lost);
    void* p = nullptr;
    CHECK(gpu.allocate(&p, 64, 0) == si::runtime_answer::success);
    CHECK(gpu.allocate(&p, 64, 0) == si::runtime_answer::out_of_memory);
    CHECK(p == nullptr);
    CHECK(gpu.allocate(&p, 64, 0) == si::runtime_answer::success);
    CHECK(gpu.launch<add_one>({.blocks = 0, .threads = 32}, {}, 0) == si::runtime_answer::context_lost);
    CHECK(gpu.copy(p, p, 4, 0) == si::runtime_answer::context_lost);
    CHECK(gpu.synchronise(0) == si::runtime_answer::context_lost);
}
