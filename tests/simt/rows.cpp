// SPDX-License-Identifier: Apache-2.0
// Kernels that work along rows, and transposing copies, on the emulated GPU: every way of cutting, every schedule, every barrier.
#include <tenfold/kernel/reference/copy.hpp>
#include <tenfold/kernel/reference/normalise.hpp>
#include <tenfold/kernel/reference/scan.hpp>
#include <tenfold/kernel/reference/softmax.hpp>
#include <tenfold/testing/data.hpp>

#include <simt/schedules.hpp>
#include <support/bits.hpp>

#include <string_view>

namespace tf = tenfold;
namespace si = tenfold::testing::simt;
using tf::index_t;

namespace {
enum class op { softmax, layer_norm, sums, turned };
/// A call that is cut in a way of its own, along `axis` of a row-major matrix.
struct shape {
    const char* cut;
    op what;
    tf::index_array<2> extents;
    index_t axis;
};
const shape shapes[] = {
    {"a thread per row", op::softmax, {300, 7}, 1},
    {"lanes of a warp per row", op::softmax, {37, 70}, 1},
    {"a block per row, held in registers", op::softmax, {2, 4001}, 1},
    {"a block per row, in chunks", op::softmax, {2, 9001}, 1},
    {"columns", op::softmax, {70, 300}, 0},
    {"columns in chunks", op::layer_norm, {1200, 40}, 0},
    {"several blocks per row", op::softmax, {1, 16401}, 1},
    {"several blocks per row, with a mean", op::layer_norm, {1, 16390}, 1},
    {"several blocks per column", op::layer_norm, {4100, 3}, 0},
    {"several warps per row", op::layer_norm, {5, 600}, 1},
    {"a thread per line", op::sums, {9, 3}, 1},
    {"a warp per line", op::sums, {9, 500}, 1},
    {"a block per line", op::sums, {2, 5001}, 1},
    {"several blocks per line", op::sums, {1, 8195}, 1},
    {"lines side by side", op::sums, {9, 5000}, 0},
    {"tiles turned", op::turned, {45, 70}, 0},
};

bool takes_several_blocks(const shape& s) { return std::string_view(s.cut).find("several blocks") == 0; }

template <class Backend>
std::uint64_t run(const Backend& where, const shape& s, tf::tensor_view<const float, 2> x) {
    tf::tensor<float, 2> y(s.extents);
    switch (s.what) {
        case op::softmax: tf::softmax(where, x, s.axis, y); break;
        case op::layer_norm: tf::layer_norm(where, x, s.axis, y); break;
        case op::sums: tf::cumulative_sum(where, x, s.axis, y); break;
        case op::turned: {
            tf::tensor<float, 2> turned({s.extents[1], s.extents[0]});
            tf::copy(where, x.transposed(), turned);
            return support::bits_of(turned.view());
        }
    }
    return support::bits_of(y.view());
}
/// f(shape, data): an aligned buffer of the shape's size and 16 elements more.
template <class F>
void for_each_shape(const F& f) {
    for (const shape& s : shapes) {
        CAPTURE(s.cut);
        std::vector<float> buffer(static_cast<std::size_t>(tf::element_count(s.extents)) + 32);
        float* data = buffer.data();
        while (reinterpret_cast<std::uintptr_t>(data) % 16 != 0) ++data;
        f(s, data);
    }
}
}  // namespace

TEST_CASE("simt rows: the same bits under every schedule and at every address [E10][H15][H24]") {
    for_each_shape([](const shape& s, float* data) {
        std::uint64_t expected = 0;
        for (const index_t shift : {0, 1, 3}) {  // elements: packs are legal for the first only
            tf::testing::generator random(11);
            tf::testing::fill_random(tf::tensor_view<float, 2>(data + shift, s.extents), random, tf::testing::distribution::logarithmic);
            for (const si::launch_options& options : support::schedules) {
                if (shift != 0 && options.order != si::schedule::seeded) continue;
                si::emulated_gpu gpu(options);
                const std::uint64_t bits = run(si::emulated_cuda{&gpu}, s, {data + shift, s.extents});
                if (shift == 0 && options.order == si::schedule::ascending) expected = bits;
                CHECK(bits == expected);
                CHECK(gpu.run().memory().live_allocations() == 0);
            }
        }
    });
}

TEST_CASE("simt rows: the bits of a running sum depend on extents, not on strides [H24]") {
    for (const index_t axis : {0, 1}) {
        const tf::index_array<2> extents = axis == 0 ? tf::index_array<2>{40, 4100} : tf::index_array<2>{4100, 40};
        tf::tensor<float, 2> x(extents);
        tf::tensor<float, 2> stored({extents[1], extents[0]});  // the same elements, turned in memory
        tf::testing::generator random(3);
        tf::testing::fill_random(x.view(), random, tf::testing::distribution::logarithmic);
        tf::copy(tf::reference{}, x.view().transposed(), stored);
        si::emulated_gpu gpu;
        const shape s{"", op::sums, extents, axis};
        CHECK(run(si::emulated_cuda{&gpu}, s, x.view()) == run(si::emulated_cuda{&gpu}, s, stored.view().transposed()));
    }
}
TEST_CASE("simt rows: few long rows are cut for a whole GPU of nominal size, and agree with the reference") {
    unsigned parts = 0;
    index_t part = 0;
    tf::gpu_kernels::cut_rows(1, 4096, index_t{1} << 24, parts, part);
    CHECK(parts == 2 * tf::gpu_kernels::nominal_multiprocessors);
    tf::gpu_kernels::cut_rows(tf::gpu_kernels::nominal_multiprocessors, 4096, index_t{1} << 24, parts, part);
    CHECK(parts == 1);
    for (const shape& s : shapes) {
        if (!takes_several_blocks(s)) continue;
        CAPTURE(s.cut);
        tf::tensor<float, 2> x(s.extents), y(s.extents), expected(s.extents);
        tf::testing::generator random(19);
        tf::testing::fill_random(x.view(), random, tf::testing::distribution::uniform);
        const auto check = [&](const auto& call) {
            si::emulated_gpu gpu;
            call(si::emulated_cuda{&gpu}, y);
            call(tf::reference{}, expected);
            double worst = 0;
            for (index_t i = 0; i < x.size(); ++i) {
                const double right = static_cast<double>(expected.data()[i]);
                worst = std::fmax(worst, std::fabs(static_cast<double>(y.data()[i]) - right) /
                                             (1e-30 + std::fabs(right) + 0.01 / static_cast<double>(s.extents[1])));
            }
            CHECK(worst < 1e-5);
        };
        if (s.what == op::sums) {
            for (index_t i = 0; i < x.size(); ++i) x.data()[i] = std::fabs(x.data()[i]);
            check([&](const auto& where, auto& out) { tf::cumulative_sum(where, x, s.axis, out); });
        } else {
            check([&](const auto& where, auto& out) { tf::softmax(where, x, s.axis, out); });
            check([&](const auto& where, auto& out) { tf::log_softmax(where, x, s.axis, out); });
            check([&](const auto& where, auto& out) { tf::rms_norm(where, x, s.axis, out); });
            for (index_t i = 0; i < x.size(); ++i) x.data()[i] += 1000;  // as much as the mean may lose without two passes
            si::emulated_gpu gpu;
            tf::layer_norm(si::emulated_cuda{&gpu}, x, s.axis, y);
            tf::layer_norm(tf::reference{}, x, s.axis, expected);
            double worst = 0;
            for (index_t i = 0; i < x.size(); ++i)
                worst = std::fmax(worst, std::fabs(static_cast<double>(y.data()[i]) - static_cast<double>(expected.data()[i])));
            CHECK(worst < 1e-5);
        }
    }
}
TEST_CASE("simt rows: a thread that sums a line alone carries once per 1024 elements") {
    using body = tf::gpu_kernels::scan_block<float, float>;
    constexpr index_t n = 2100;
    std::vector<float> x(n), y(n);
    tf::testing::generator random(5);
    const tf::tensor_view<float, 1> in(x.data(), {n});
    const tf::tensor_view<float, 1> out(y.data(), {n});
    tf::testing::fill_random(in, random, tf::testing::distribution::logarithmic);
    si::emulated_gpu gpu;
    const si::emulated_cuda where{&gpu};
    si::emulated_stream stream(where);
    stream.lend(tf::tensor_view<const float, 1>(in));
    stream.lend(out);
    body::arguments a{{}, 1, n, x.data(), 1, y.data(), 1, 1, n, nullptr, false};
    a.lines.elements = 1;
    REQUIRE(stream.launch<body>({.blocks = 1, .threads = body::threads, .shared = body::shared_bytes}, a) == si::runtime_answer::success);
    REQUIRE(stream.finish("cumulative_sum", {}).ok());
    float carry = 0, within = 0;
    index_t wrong = 0;
    for (index_t i = 0; i < n; ++i) {
        if (i % 1024 == 0) {
            carry += within;
            within = 0;
        }
        within += x[static_cast<std::size_t>(i)];
        wrong += y[static_cast<std::size_t>(i)] == carry + within ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("simt rows: without any one of their barriers the kernels are found wrong [G06]") {
    support::check_each_synchronisation_is_needed([](const auto& run_on) {
        for_each_shape([&](const shape& s, float* data) {
            if (takes_several_blocks(s)) return;  // whose barriers are those of one
            std::fill(data, data + tf::element_count(s.extents), 1.0f);
            run_on([&](const si::emulated_cuda& where) { run(where, s, {data, s.extents}); });
        });
    });
}

TEST_CASE("simt rows: ops of several launches are captured with a workspace, and replay with other values [H30]") {
    si::emulated_gpu gpu;
    void* memory = nullptr;
    REQUIRE(gpu.allocate(&memory, 1 << 16, 0) == si::runtime_answer::success);
    REQUIRE(gpu.clear(memory, 2048, 0) == si::runtime_answer::success);
    constexpr index_t n = 17000;
    std::vector<float> x(n, 1), y(n);
    const tf::tensor_view<const float, 1> in(x.data(), {n});
    const tf::tensor_view<float, 1> out(y.data(), {n});
    si::emulated_cuda where{&gpu};
    gpu.begin_capture(0);
    const tf::status refused = tf::softmax(std::nothrow, where, in, 0, out);
    CHECK(refused.message().find("softmax: allocating workspace: the stream is being captured") == 0);
    CHECK(tf::cumulative_sum(std::nothrow, where, in, 0, out).code() == tf::status_code::device);
    gpu.end_capture(0);
    where.workspace = {memory, 1 << 16};
    const auto allocated = gpu.run().memory().live_allocations();
    gpu.begin_capture(0);
    tf::softmax(where, in, 0, out);
    const int graph = gpu.end_capture(0);
    for (const float largest : {1.0f, 3.0f}) {
        x[12345] = largest;
        REQUIRE(gpu.replay(graph, 0) == si::runtime_answer::success);
        REQUIRE(gpu.synchronise(0) == si::runtime_answer::success);
        CHECK(y[12345] == doctest::Approx(1 / (1 + (n - 1) * std::exp(1 - static_cast<double>(largest)))));
    }
    CHECK(gpu.run().memory().live_allocations() == allocated);
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
}
TEST_CASE("simt rows: rows of 1e30 and of 1e-30, whose squares floats do not hold") {
    si::emulated_gpu gpu;
    const si::emulated_cuda where{&gpu};
    for (const float size : {1e30f, 1e-30f}) {
        const float x[4] = {size, 2 * size, 3 * size, 4 * size};
        float y[4] = {};
        const tf::tensor_view<const float, 1> in(x, {4});
        tf::rms_norm(where, in, 0, tf::tensor_view<float, 1>(y, {4}), {.epsilon = 1e-80});
        CHECK(y[3] == doctest::Approx(4 / std::sqrt(7.5)));
        tf::layer_norm(where, in, 0, tf::tensor_view<float, 1>(y, {4}), {.epsilon = 1e-80});
        CHECK(y[0] == doctest::Approx(-1.5 / std::sqrt(1.25)));
    }
}
TEST_CASE("simt rows: the offset of a row of doubles costs layer_norm no digits") {
    constexpr index_t n = 1000;
    std::vector<double> near_zero(n), far(n), expected(n), y(n);
    for (index_t i = 0; i < n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        near_zero[at] = static_cast<double>(i * i % 7) * 0x1p-10;
        far[at] = 0x1p30 + near_zero[at];  // exact
    }
    const auto check = [&](const auto& where) {
        const auto normalised = [&](const std::vector<double>& x, std::vector<double>& out) {
            tf::layer_norm(where, tf::tensor_view<const double, 1>(x.data(), {n}), 0, tf::tensor_view<double, 1>(out.data(), {n}),
                           {.epsilon = 1e-9});
        };
        normalised(near_zero, expected);
        normalised(far, y);
        double worst = 0;
        for (std::size_t i = 0; i < y.size(); ++i)
            worst = std::fmax(worst, std::fabs(y[i] - expected[i]) / tf::layer_norm_op::error_bound(y[i], 1, 0, y[i]));
        CHECK(worst <= 2 * 0x1p-53);
    };
    si::emulated_gpu gpu;
    check(si::emulated_cuda{&gpu});
    check(tf::reference{});
}
TEST_CASE("simt rows: what has no elements starts nothing, what the device refuses is reported [E04]") {
    si::emulated_gpu gpu;
    gpu.fail(si::runtime_call::launch, 1, si::runtime_answer::launch_failure);
    const si::emulated_cuda where{&gpu};
    const tf::tensor_view<const float, 2> nothing(nullptr, {0, 5});
    CHECK(tf::softmax(std::nothrow, where, nothing, 1, tf::tensor_view<float, 2>(nullptr, {0, 5})).ok());
    CHECK(tf::cumulative_sum(std::nothrow, where, nothing, 0, tf::tensor_view<float, 2>(nullptr, {0, 5})).ok());
    const float x[2] = {1, 2};
    float y[2] = {7, 7};
    const tf::tensor_view<const float, 1> in(x, {2});
    const tf::status s = tf::copy(std::nothrow, where, in, tf::tensor_view<float, 1>(y, {2}));
    CHECK(s.code() == tf::status_code::device);
    CHECK(s.message().find("copy: launching the kernel") == 0);
    CHECK(y[0] == 7);
    tf::transform(where, [](float v) { return v + 1; }, in, tf::tensor_view<float, 1>(y, {2}));
    CHECK(y[1] == 3);
}
TEST_CASE("simt rows: a transform of one operand twice, whose views begin at one address") {
    std::vector<float> x(64, 2);
    std::vector<float> y(64);
    si::emulated_gpu gpu;
    const tf::tensor_view<const float, 2> whole(x.data(), {8, 8});
    const tf::tensor_view<const float, 1> row(x.data(), {8});
    tf::transform(si::emulated_cuda{&gpu}, [](float a, float b) { return a * b; }, whole, row, tf::tensor_view<float, 2>(y.data(), {8, 8}));
    CHECK(y[63] == 4);
}
