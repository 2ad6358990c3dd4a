// SPDX-License-Identifier: Apache-2.0
// The reduction kernels on the emulated GPU: every way of cutting, every schedule, every barrier, every failure.
#include <tenfold/kernel/reference/arg_reduce.hpp>
#include <tenfold/kernel/reference/reduce.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>

#include <simt/schedules.hpp>
#include <support/bits.hpp>

namespace tf = tenfold;
namespace si = tenfold::testing::simt;
using tf::index_t;

namespace {
enum class folded { sum, in_order, index };
/// A call that is cut in a way of its own; `run` sums floats, folds a monoid or looks for the largest.
struct shape {
    const char* cut;
    tf::index_array<2> extents;
    index_t axis;  ///< -1: both
    folded what = folded::sum;
};
const shape shapes[] = {
    {"a thread per output", {300, 3}, 1},
    {"lanes of a warp per output", {37, 70}, 1},
    {"several warps per output", {5, 600}, 1},
    {"blocks of rows per output", {2, 9001}, 1},
    {"blocks for the only output", {3, 7001}, -1},
    {"columns", {20, 300}, 0},
    {"blocks of rows per column", {2100, 3}, 0},
    {"elements in order", {3, 9001}, 1, folded::in_order},
    {"where the largest is, in blocks of rows", {3, 9001}, 1, folded::index},
    {"where the largest is, in columns", {40, 70}, 0, folded::index},
};

/// (a, b) -> a * 3^(elements of b) + b modulo 2^64: does not commute.
struct digits {
    struct value_type {
        std::uint64_t value;
        std::uint64_t weight;
    };
    value_type identity() const { return {0, 1}; }
    value_type operator()(const value_type& a, const value_type& b) const { return {a.value * b.weight + b.value, a.weight * b.weight}; }
    value_type map(float x) const { return {static_cast<std::uint64_t>(static_cast<index_t>(x)), 3}; }
    index_t finish(const value_type& v) const { return static_cast<index_t>(v.value); }
};

/// Runs the shape on `where`; the bits of the result.
template <class Backend>
std::uint64_t run(const Backend& where, const shape& s, tf::tensor_view<const float, 2> x) {
    const auto into = [&](auto axes, const tf::index_array<2>& extents) {
        if (s.what == folded::index) {
            tf::tensor<index_t, 2> y(extents);
            tf::argmax(where, x, axes, y);
            return support::bits_of(y.view());
        }
        if (s.what == folded::in_order) {
            tf::tensor<index_t, 2> y(extents);
            tf::reduce(where, x, axes, digits{}, y);
            return support::bits_of(y.view());
        }
        tf::tensor<float, 2> y(extents);
        tf::sum(where, x, axes, y);
        return support::bits_of(y.view());
    };
    if (s.axis < 0) return into(tf::axes{0, 1}, {1, 1});
    if (s.axis == 0) return into(tf::axes{0}, {1, x.extent(1)});
    return into(tf::axes{1}, {x.extent(0), 1});
}
template <class F>
void for_each_shape(const F& f) {
    for (const shape& s : shapes) {
        CAPTURE(s.cut);
        std::vector<float> buffer(static_cast<std::size_t>(tf::element_count(s.extents)) + 16);
        float* data = buffer.data();
        while (reinterpret_cast<std::uintptr_t>(data) % 16 != 0) ++data;
        f(s, data);
    }
}
}  // namespace

TEST_CASE("simt reduce: exact sums and folds in every cut, equal under every schedule [H24]") {
    for_each_shape([](const shape& s, float* data) {
        tf::testing::generator random(7);
        tf::testing::fill_integers(tf::tensor_view<float, 2>(data, s.extents), random, 20);
        const std::uint64_t expected = run(tf::reference{}, s, {data, s.extents});
        for (const si::launch_options& options : support::schedules) {
            si::emulated_gpu gpu(options);
            CHECK(run(si::emulated_cuda{&gpu}, s, {data, s.extents}) == expected);
            CHECK(gpu.run().memory().live_allocations() == 0);
        }
    });
}

TEST_CASE("simt reduce: rounded sums have the same bits under every schedule and at every address [E10][H15]") {
    for_each_shape([](const shape& s, float* data) {
        std::uint64_t expected = 0;
        for (const index_t shift : {0, 1, 2, 3}) {  // elements: 16-byte loads are legal for the first only
            tf::testing::generator random(11);
            const tf::tensor_view<float, 2> x(data + shift, s.extents);
            tf::testing::fill_random(x, random, tf::testing::distribution::logarithmic);
            for (const si::launch_options& options : support::schedules) {
                si::emulated_gpu gpu(options);
                const std::uint64_t bits = run(si::emulated_cuda{&gpu}, s, {data + shift, s.extents});
                if (shift == 0 && options.order == si::schedule::ascending) expected = bits;
                CHECK(bits == expected);
            }
        }
    });
}

TEST_CASE("simt reduce: without any one of its barriers and fences the kernel is found wrong [G06]") {
    support::check_each_synchronisation_is_needed([](const auto& run_on) {
        for_each_shape([&](const shape& s, float* data) {
            std::fill(data, data + tf::element_count(s.extents), 1.0f);
            run_on([&](const si::emulated_cuda& where) { run(where, s, {data, s.extents}); });
        });
    });
}

TEST_CASE("simt reduce: division by an extent is exact up to 2^63 - 1") {
    const index_t largest = INT64_MAX;
    for (const index_t d :
         {index_t{1}, index_t{2}, index_t{3}, index_t{7}, index_t{641}, index_t{65536}, index_t{65537}, (index_t{1} << 32) - 1,
          index_t{1} << 40, (index_t{1} << 62) - 1, index_t{1} << 62, (index_t{1} << 62) + 1, largest}) {
        const auto by = tf::gpu_kernels::divisor_of(d);
        for (index_t n : {index_t{0}, index_t{1}, d - 1, d, largest / 2, largest / d * d - 1, largest / d * d, largest - 1, largest}) {
            CAPTURE(d);
            CAPTURE(n);
            CHECK(by.quotient(n) == n / d);
        }
    }
}

TEST_CASE("simt reduce: failures of the runtime are reported, nothing is written or kept") {
    std::vector<float> x(20000, 1);
    const tf::tensor_view<const float, 1> view(x.data(), {20000});
    const auto status_with = [&](si::runtime_call call, si::runtime_answer answer) {
        si::emulated_gpu gpu;
        gpu.fail(call, 1, answer);
        tf::tensor<float, 0> y(tf::index_array<0>{});
        y() = -7;
        const tf::status s = tf::sum(std::nothrow, si::emulated_cuda{&gpu}, view, tf::axes{0}, y);
        CHECK(y() == -7);
        CHECK(s.message().substr(0, 5) == "sum: ");
        if (answer != si::runtime_answer::context_lost) CHECK(gpu.run().memory().live_allocations() == 0);
        return s.code();
    };
    CHECK(status_with(si::runtime_call::allocate, si::runtime_answer::out_of_memory) == tf::status_code::out_of_memory);
    CHECK(status_with(si::runtime_call::copy, si::runtime_answer::launch_failure) == tf::status_code::device);
    CHECK(status_with(si::runtime_call::launch, si::runtime_answer::launch_failure) == tf::status_code::device);
    CHECK(status_with(si::runtime_call::launch, si::runtime_answer::context_lost) == tf::status_code::device_lost);
}

TEST_CASE("simt reduce: narrow types, doubles of any size, nothing at all") {
    si::emulated_gpu gpu;
    const si::emulated_cuda where{&gpu};
    const tf::bfloat16 narrow[5] = {tf::bfloat16(1.0f), tf::bfloat16(-0.0f), tf::bfloat16(3.0f), tf::bfloat16(256.0f), tf::bfloat16(-2.0f)};
    const tf::tensor_view<const tf::bfloat16, 1> n(narrow, {5});
    CHECK(static_cast<float>(tf::sum(where, n, tf::axes{0})()) == 258.0f);
    CHECK(static_cast<float>(tf::min(where, n, tf::axes{0})()) == -2.0f);
    const double extreme[3] = {3e300, 4e300, 1e-320};
    CHECK(tf::norm2(where, tf::tensor_view<const double, 1>(extreme, {3}), tf::axes{0})() == doctest::Approx(5e300));
    const double tiny[2] = {3e-320, 4e-320};
    CHECK(tf::norm2(where, tf::tensor_view<const double, 1>(tiny, {2}), tf::axes{0})() == doctest::Approx(5e-320).epsilon(1e-3));
    const tf::tensor_view<const float, 2> nothing(nullptr, {3, 0});
    const auto zero = tf::sum(where, nothing, tf::axes{1});
    CHECK(zero(2) == 0.0f);
    CHECK_FALSE(std::signbit(zero(2)));
    CHECK(tf::all(where, nothing, tf::axes{1})(0));
    CHECK(tf::log_sum_exp(where, nothing, tf::axes{1})(1) == -INFINITY);
}

namespace {
struct limited_sum {
    using value_type = float;
    float identity() const { return 0; }
    float operator()(float a, float b) const { return a + b > 3 ? throw std::runtime_error("too large") : a + b; }
};
}  // namespace

TEST_CASE("simt reduce: an exception of a functor is the call's, and the next call works") {
    const float x[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    float y = 0;
    const tf::tensor_view<float, 0> out(&y, {});
    si::emulated_gpu gpu;
    const si::emulated_cuda where{&gpu};
    const tf::status s = tf::reduce(std::nothrow, where, tf::tensor_view<const float, 1>(x, {8}), tf::axes{0}, limited_sum{}, out);
    CHECK(s.code() == tf::status_code::functor_threw);
    CHECK(s.message().find("too large") != std::string_view::npos);
    CHECK_THROWS_AS(tf::reduce(where, tf::tensor_view<const float, 1>(x, {8}), tf::axes{0}, limited_sum{}, out), std::runtime_error);
    tf::reduce(where, tf::tensor_view<const float, 1>(x, {3}), tf::axes{0}, limited_sum{}, out);
    CHECK(y == 3);
    CHECK(gpu.run().memory().live_allocations() == 0);
}
TEST_CASE("simt reduce: strides of an empty input mean nothing [E04]") {
    constexpr index_t wild = std::numeric_limits<index_t>::min();
    si::emulated_gpu gpu;
    float y[3] = {7, 7, 7};
    const tf::tensor_view<const float, 3> x(nullptr, {3, 0, index_t{1} << 61}, {wild, wild, wild});
    tf::sum(si::emulated_cuda{&gpu}, x, tf::axes{1, 2}, tf::tensor_view<float, 1>(y, {3}));
    for (const float v : y) CHECK(v == 0);
}
TEST_CASE("simt reduce: an input with a gap and an output in the gap") {
    float buffer[40];
    for (float& v : buffer) v = 1;
    si::emulated_gpu gpu;
    const tf::tensor_view<const float, 2> x(buffer, {4, 4}, {10, 1});
    tf::sum(si::emulated_cuda{&gpu}, x, tf::axes{0, 1}, tf::tensor_view<float, 0>(buffer + 5, {}));
    CHECK(buffer[5] == 16);
}
