// SPDX-License-Identifier: Apache-2.0
// The matmul kernel on the emulated GPU: both tiles, every way to load, splits of k, every schedule and barrier.
#include <tenfold/kernel/reference/matmul.hpp>
#include <tenfold/testing/data.hpp>

#include <simt/schedules.hpp>
#include <support/bits.hpp>

namespace tf = tenfold;
namespace si = tenfold::testing::simt;
using tf::index_t;

namespace {
/// A product that the driver cuts in a way of its own.
struct shape {
    const char* cut;
    index_t batch, m, n, k;
    bool a_transposed, b_transposed;
    index_t shift = 0;  ///< elements by which the operands miss a multiple of 16 bytes
};
const shape shapes[] = {
    {"one small tile, packs of b", 1, 20, 28, 30, false, false},
    {"small tiles, packs of a", 1, 36, 64, 17, true, false},
    {"no packs", 1, 33, 35, 9, false, true},
    {"slices of k", 1, 12, 20, 1100, false, false},
    {"slices of k, unaligned", 2, 12, 20, 600, true, true, 1},
    {"large tiles", 66, 36, 40, 12, false, false},
    {"large tiles, transposed", 65, 40, 34, 12, true, true},
};

struct operands {
    operands(const shape& s, tf::testing::distribution data)
        : a_data(static_cast<std::size_t>(s.batch * s.m * s.k) + 8),
          b_data(static_cast<std::size_t>(s.batch * s.k * s.n) + 8),
          a(start(a_data) + s.shift, {s.batch, s.m, s.k}),
          b(start(b_data) + s.shift, {s.batch, s.k, s.n}) {
        tf::testing::generator random(7);
        if (s.a_transposed) a = tf::tensor_view<float, 3>(a.data(), {s.batch, s.k, s.m}).transposed({0, 2, 1});
        if (s.b_transposed) b = tf::tensor_view<float, 3>(b.data(), {s.batch, s.n, s.k}).transposed({0, 2, 1});
        tf::testing::fill_random(a, random, data);
        tf::testing::fill_random(b, random, data);
    }
    static float* start(std::vector<float>& data) {
        float* p = data.data();
        while (reinterpret_cast<std::uintptr_t>(p) % 16 != 0) ++p;
        return p;
    }
    std::vector<float> a_data, b_data;
    tf::tensor_view<float, 3> a, b;
};
template <class Backend>
tf::tensor<float, 3> product(const Backend& where, const shape& s, const operands& x) {
    tf::tensor<float, 3> c({s.batch, s.m, s.n});
    tf::matmul(where, x.a, x.b, c);
    return c;
}
}  // namespace

TEST_CASE("simt matmul: the same bits under every schedule, near the reference [H24]") {
    for (const shape& s : shapes) {
        CAPTURE(s.cut);
        const operands x(s, tf::testing::distribution::uniform);
        const auto expected = product(tf::reference{}, s, x);
        std::uint64_t bits = 0;
        for (const si::launch_options& options : support::schedules) {
            si::emulated_gpu gpu(options);
            const auto c = product(si::emulated_cuda{&gpu}, s, x);
            if (bits == 0) bits = support::bits_of(c.view());
            CHECK(support::bits_of(c.view()) == bits);
            float worst = 0;
            for (index_t i = 0; i < c.size(); ++i) worst = std::fmax(worst, std::fabs(c.data()[i] - expected.data()[i]));
            CHECK(worst <= static_cast<float>(s.k) * static_cast<float>(s.k) * 0x1p-24f);
            CHECK(gpu.run().memory().live_allocations() == 0);
            if (s.batch > 60) break;  // once is enough for what has no workspace
        }
    }
}

TEST_CASE("simt matmul: without any one of its barriers and fences the kernel is found wrong [G06]") {
    support::check_each_synchronisation_is_needed([](const auto& run_on) {
        for (const shape& s : {shapes[0], shapes[3]}) {
            const operands x(s, tf::testing::distribution::uniform);
            run_on([&](const si::emulated_cuda& where) { product(where, s, x); });
        }
    });
}

TEST_CASE("simt matmul: epilogues see every index once, beta reads c, nothing is read for alpha 0") {
    si::emulated_gpu gpu;
    const si::emulated_cuda where{&gpu};
    const shape s{"slices", 2, 12, 20, 600, false, false};
    const operands x(s, tf::testing::distribution::uniform);
    std::vector<float> bias(20, 0.5f);
    tf::tensor<float, 3> computed({2, 12, 20});
    tf::tensor<float, 3> expected({2, 12, 20});
    for (index_t i = 0; i < computed.size(); ++i) computed.data()[i] = expected.data()[i] = static_cast<float>(i % 5);
    const auto position = [](float v, index_t p, index_t i, index_t j) { return v + static_cast<float>(100 * p + 10 * i + j); };
    const auto epilogue = tf::bias(tf::tensor_view<const float, 1>(bias.data(), {20})) | tf::relu{} | position;
    tf::matmul(where, x.a, x.b, computed, {.alpha = 2, .beta = -1}, epilogue);
    tf::matmul(tf::reference{}, x.a, x.b, expected, {.alpha = 2, .beta = -1}, epilogue);
    for (index_t i = 0; i < computed.size(); ++i) CHECK(computed.data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-4));

    const tf::tensor_view<const float, 3> not_there(nullptr, {2, 12, 600});
    tf::matmul(where, not_there, x.b, computed, {.alpha = 0}, tf::add(expected.view()));
    for (index_t i = 0; i < computed.size(); ++i) CHECK(computed.data()[i] == expected.data()[i]);
}

TEST_CASE("simt matmul: bytes added to negative floats of c [E28]") {
    static_assert(tf::widen<std::uint64_t>(-3.0f) == ~std::uint64_t{2} && tf::widen<std::uint64_t>(-3.0) == ~std::uint64_t{2});
    static_assert(tf::gpu_kernels::as_sum<std::uint32_t>(-3.0f) == ~2u);
    si::emulated_gpu gpu;
    const std::int8_t a[2] = {1, -2};
    const std::int8_t b[2] = {3, 4};
    const auto add_to = [&](const auto& where, float old) {
        float c[1] = {old};
        tf::matmul(where, tf::tensor_view<const std::int8_t, 2>(a, {1, 2}), tf::tensor_view<const std::int8_t, 2>(b, {2, 1}),
                   tf::tensor_view<float, 2>(c, {1, 1}), {.beta = 1});
        return c[0];
    };
    for (const float old : {-3.0f, 0.0f, 3.0f, -70000.0f}) {
        CHECK(add_to(tf::reference{}, old) == old - 5);
        CHECK(add_to(si::emulated_cuda{&gpu}, old) == old - 5);
    }
}

TEST_CASE("simt matmul: failures of the runtime are reported, nothing is written or kept") {
    const shape& s = shapes[3];
    const operands x(s, tf::testing::distribution::uniform);
    const auto status_with = [&](si::runtime_call call, si::runtime_answer answer) {
        si::emulated_gpu gpu;
        gpu.fail(call, 1, answer);
        tf::tensor<float, 3> c({s.batch, s.m, s.n});
        c.data()[0] = -7;
        const tf::status result = tf::matmul(std::nothrow, si::emulated_cuda{&gpu}, x.a, x.b, c);
        CHECK(c.data()[0] == -7);
        CHECK(gpu.run().memory().live_allocations() == 0);
        return result.code();
    };
    CHECK(status_with(si::runtime_call::allocate, si::runtime_answer::out_of_memory) == tf::status_code::out_of_memory);
    CHECK(status_with(si::runtime_call::copy, si::runtime_answer::launch_failure) == tf::status_code::device);
    CHECK(status_with(si::runtime_call::launch, si::runtime_answer::launch_failure) == tf::status_code::device);
}
