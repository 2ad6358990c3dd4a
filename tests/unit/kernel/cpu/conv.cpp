// SPDX-License-Identifier: Apache-2.0
// Convolution on the CPU: empty problems, padding, bits, large strides and batches, epilogues; on every ISA of this machine.
#include <tenfold/backends/cpu.hpp>
#include <tenfold/backends/reference.hpp>
#include <tenfold/exec/plan.hpp>
#include <tenfold/op/conv.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace tf = tenfold;
using tf::index_t;

namespace {
using tensor4 = tf::tensor<float, 4>;

tensor4 random_tensor(tf::testing::generator& random, const tf::index_array<4>& extents) {
    tensor4 x(extents);
    tf::testing::fill_random(x.view(), random);
    return x;
}
bool same_bits(const tensor4& a, const tensor4& b) {
    return a.extents() == b.extents() && std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}
/// The shape of one convolution in terms of channels; made into operands by layout.
struct shape {
    const char* what;
    index_t n, c, h, w, oc, k, stride, dilation, groups;
    tf::index_array<4> image(tf::layout order, index_t channels, index_t rows, index_t columns) const {
        return order == tf::layout::nchw ? tf::index_array<4>{n, channels, rows, columns} : tf::index_array<4>{n, rows, columns, channels};
    }
    tf::index_array<4> filter(tf::layout order) const {
        return order == tf::layout::nchw ? tf::index_array<4>{oc, c / groups, k, k} : tf::index_array<4>{oc, k, k, c / groups};
    }
};
constexpr shape shapes[] = {
    {"few channels", 1, 3, 17, 19, 33, 5, 2, 1, 1},
    {"dense", 2, 20, 15, 15, 40, 3, 1, 1, 1},
    {"deep", 1, 400, 5, 6, 9, 3, 1, 1, 1},
    {"dilated", 1, 8, 20, 21, 8, 3, 1, 4, 1},
    {"grouped", 1, 12, 9, 9, 6, 3, 2, 1, 3},
    {"depthwise", 2, 37, 13, 14, 37, 3, 1, 1, 37},
    {"depthwise stride 2", 1, 20, 13, 14, 20, 5, 2, 1, 20},
    {"pointwise", 1, 40, 9, 9, 70, 1, 1, 1, 1},
};
constexpr tf::layout layouts[] = {tf::layout::nchw, tf::layout::nhwc};
}  // namespace

TEST_CASE(
    "no images or no outputs: nothing happens, pointers may be null "
    "[E45][E04]") {
    const tf::tensor_view<const float, 4> no_images(nullptr, {0, 3, 8, 8});
    tensor4 w({4, 3, 3, 3});
    const tf::tensor_view<float, 4> nothing(nullptr, {0, 4, 6, 6});
    CHECK(tf::conv(std::nothrow, tf::cpu{}, no_images, w, nothing).ok());
    tensor4 x({1, 3, 8, 8});
    const tf::tensor_view<const float, 4> no_filters(nullptr, {0, 3, 3, 3});
    const tf::tensor_view<float, 4> no_outputs(nullptr, {1, 0, 6, 6});
    CHECK(tf::conv(std::nothrow, tf::cpu{}, x, no_filters, no_outputs).ok());
}

TEST_CASE("no input channels: the epilogue of zero [E45][E21]") {
    for (const tf::layout order : layouts) {
        const shape s{"", 2, 0, 5, 5, 3, 3, 1, 1, 1};
        const tf::tensor_view<const float, 4> x(nullptr, s.image(order, 0, 5, 5));
        const tf::tensor_view<const float, 4> w(nullptr, s.filter(order));
        tf::tensor<float, 1> bias({3});
        for (index_t i = 0; i < 3; ++i) bias(i) = static_cast<float>(i + 1);
        tensor4 y(s.image(order, 3, 3, 3));
        tf::conv(tf::cpu{}, x, w, y, {.layout = order}, tf::bias(bias));
        for (index_t i = 0; i < y.size(); ++i)
            CHECK(y.data()[i] == static_cast<float>(order == tf::layout::nchw ? i / 9 % 3 + 1 : i % 3 + 1));
    }
}

TEST_CASE(
    "an input without pixels, padded enough, is padding; so are windows "
    "wholly outside [E45][E43]") {
    const tf::tensor_view<const float, 4> no_pixels(nullptr, {1, 2, 0, 4});
    tensor4 w({3, 2, 3, 3});
    for (index_t i = 0; i < w.size(); ++i) w.data()[i] = 1;
    const auto y = tf::conv(tf::cpu{}, no_pixels, w, {.padding = {{2, 1}, {1, 1}}});
    REQUIRE(y.extents() == tf::index_array<4>{1, 3, 1, 4});
    for (index_t i = 0; i < y.size(); ++i) CHECK(y.data()[i] == 0);

    tensor4 x({1, 2, 1, 1});
    x.data()[0] = x.data()[1] = 5;
    const auto z = tf::conv(tf::cpu{}, x, w, {.padding = {{9, 9}, {9, 9}}});
    for (index_t c = 0; c < 3; ++c) {
        for (index_t h = 0; h < 17; ++h) {
            for (index_t v = 0; v < 17; ++v) CHECK(z(0, c, h, v) == (h >= 7 && h <= 9 && v >= 7 && v <= 9 ? 10 : 0));
        }
    }
}

TEST_CASE("padding equals an input padded by hand, bit for bit [E46]") {
    tf::testing::generator random(3);
    for (const char* isa : tf::available_isas()) {
        for (const tf::layout order : layouts) {
            for (const shape& s : shapes) {
                const std::size_t h = tf::first_spatial_axis(order);
                const tensor4 x = random_tensor(random, s.image(order, s.c, s.h, s.w));
                const tensor4 w = random_tensor(random, s.filter(order));
                tensor4 padded(s.image(order, s.c, s.h + 3, s.w + 5));
                for (index_t i = 0; i < padded.size(); ++i) padded.data()[i] = 0;
                tf::for_each_index(x.extents(), [&](tf::index_array<4> i) {
                    const float value = x.view()(i);
                    i[h] += 2;
                    i[h + 1] += 1;
                    padded.view()(i) = value;
                });
                tf::conv_options<2> options{.stride = {s.stride, s.stride},
                                            .padding = {{2, 1}, {1, 4}},
                                            .dilation = {s.dilation, s.dilation},
                                            .groups = s.groups,
                                            .layout = order};
                const tensor4 by_option = tf::conv(tf::cpu{.isa = isa}, x, w, options);
                options.padding[0] = options.padding[1] = {};
                const tensor4 by_hand = tf::conv(tf::cpu{.isa = isa}, padded, w, options);
                CHECK_MESSAGE(same_bits(by_option, by_hand), s.what, " ", isa);
            }
        }
    }
}

TEST_CASE("bits do not depend on threads or alignment [E10][E15]") {
    tf::testing::generator random(4);
    for (const tf::layout order : layouts) {
        for (const shape& s : shapes) {
            const shape large{s.what, s.n + 1, s.c, s.h + 30, s.w + 3, s.oc, s.k, s.stride, s.dilation, s.groups};
            const tensor4 x = random_tensor(random, large.image(order, large.c, large.h, large.w));
            const tensor4 w = random_tensor(random, large.filter(order));
            const tf::conv_options<2> options{.stride = {s.stride, s.stride},
                                              .padding = {{1, 1}, {2, 0}},
                                              .dilation = {s.dilation, s.dilation},
                                              .groups = s.groups,
                                              .layout = order};
            const tensor4 expected = tf::conv(tf::cpu{.threads = 1}, x, w, options);
            for (const int threads : {2, 3, 7})
                CHECK_MESSAGE(same_bits(tf::conv(tf::cpu{.threads = threads}, x, w, options), expected), s.what);
            tf::tensor<float, 1> moved({x.size() + 3});
            std::memcpy(moved.data() + 3, x.data(), static_cast<std::size_t>(x.size()) * sizeof(float));
            const tf::tensor_view<const float, 4> view(moved.data() + 3, x.extents());
            CHECK_MESSAGE(same_bits(tf::conv(tf::cpu{}, view, w, options), expected), s.what);
        }
    }
}

TEST_CASE("more images than a 16-bit count holds [H41]") {
    for (const index_t images : {65535, 65536, 65537}) {
        tf::tensor<float, 3> x({images, 1, 2});
        tf::tensor<float, 3> w({2, 1, 2});
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 1000);
        for (index_t i = 0; i < w.size(); ++i) w.data()[i] = static_cast<float>(i + 1);
        const auto y = tf::conv(tf::cpu{}, x, w);
        index_t wrong = 0;
        for (index_t n = 0; n < images; ++n) {
            for (index_t c = 0; c < 2; ++c) wrong += y(n, c, 0) != x(n, 0, 0) * w(c, 0, 0) + x(n, 0, 1) * w(c, 0, 1);
        }
        CHECK(wrong == 0);
    }
}

#if defined(__linux__)
TEST_CASE("rows more than 2^31 elements apart [E08][E49][H03]") {
    constexpr index_t stride = (index_t{1} << 31) + 5;
    constexpr auto bytes = static_cast<std::size_t>(2 * stride + 64) * sizeof(float);
    void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        MESSAGE("this system reserves no 16 GiB of address space");
        return;
    }
    const tf::tensor_view<float, 4> x(static_cast<float*>(memory), {1, 3, 4, 5}, {0, stride, 5, 1});
    tf::testing::generator random(5);
    tf::testing::fill_integers(x, random, 9);
    for (const tf::layout order : layouts) {
        const auto seen = order == tf::layout::nchw ? x.transposed({0, 2, 1, 3}) : x;  // the far axis is h
        const auto compact = tf::testing::materialised(seen);
        tensor4 w({2, 2, 2, 2});
        if (order == tf::layout::nchw) w = tensor4({2, 4, 2, 2});
        if (order == tf::layout::nhwc) w = tensor4({2, 2, 2, 5});
        tf::testing::fill_integers(w.view(), random, 9);
        const tf::conv_options<2> options{.padding = {{1, 1}, {1, 1}}, .layout = order};
        CHECK(same_bits(tf::conv(tf::cpu{}, seen, w, options), tf::conv(tf::reference{}, compact, w, options)));
    }
    munmap(memory, bytes);
}
#endif

TEST_CASE("taps and outputs 2^28 apart: scratch does not follow the distance [E43]") {
    tf::testing::generator random(7);
    constexpr index_t far = index_t{1} << 28;
    for (const tf::layout order : layouts) {
        for (const index_t groups : {1, 12}) {
            const shape s{"", 1, 12, 6, 7, 12, 3, 1, 1, groups};
            tensor4 x(s.image(order, s.c, s.h, s.w)), w(s.filter(order));
            tf::testing::fill_integers(x.view(), random, 9);
            tf::testing::fill_integers(w.view(), random, 9);
            const tf::conv_options<2> taps{.padding = {{far, far}, {far, far}}, .dilation = {far, far}, .groups = groups, .layout = order};
            const tf::conv_options<2> outputs{.stride = {far, far}, .padding = {{far, far}, {far, far}}, .groups = groups, .layout = order};
            for (const tf::conv_options<2>& options : {taps, outputs}) {
                CHECK(same_bits(tf::conv(tf::cpu{}, x, w, options), tf::conv(tf::reference{}, x, w, options)));
            }
        }
    }
}

TEST_CASE("weights repeated beyond any memory are refused before anything is written, one window on padding is not [E43][E44]") {
    const float one = 1;
    const tf::tensor_view<const float, 3> x(&one, {1, 1, 4}, {0, 0, 0});
    for (const index_t taps : {index_t{1} << 45, index_t{1} << 57, index_t{600'000'000'000'000'000}}) {
        const tf::tensor_view<const float, 3> w(&one, {1, 1, taps}, {0, 0, 0});
        tf::tensor<float, 3> y({1, 1, 1});
        y(0, 0, 0) = 7;
        const tf::conv_options<1> options{.padding = {{taps - 4, 0}}};
        CHECK(tf::conv(std::nothrow, tf::cpu{}, x, w, y, options).code() == tf::status_code::out_of_memory);
        CHECK(tf::plan(std::nothrow, tf::cpu{}, tf::conv_op{}, x, w, y, options).state().code() == tf::status_code::out_of_memory);
        CHECK(y(0, 0, 0) == 7);
    }
}

TEST_CASE("scratch that no memory holds is refused: small groups of an image repeated by stride 0 [E43][E44]") {
    constexpr index_t wide = index_t{1} << 58;
    const float one = 1;
    const tf::tensor_view<const float, 3> x(&one, {1, 4, wide}, {0, 0, 0});
    const tensor4 filters({4, 1, 1, 2});
    const tf::tensor_view<const float, 3> w(filters.data(), {4, 1, 2});
    tf::tensor<float, 3> y({1, 4, 1});
    CHECK(tf::conv(std::nothrow, tf::cpu{}, x, w, y, {.dilation = {wide - 1}, .groups = 4}).code() == tf::status_code::out_of_memory);
}

TEST_CASE("strides, taps and padding near 2^62 of which one output remains [E43]") {
    constexpr index_t far = index_t{1} << 62;
    for (const tf::layout order : layouts) {
        for (const index_t groups : {1, 12}) {
            const shape s{"", 1, 12, 1, 1, 12, 1, 1, 1, groups};
            tensor4 x(s.image(order, 12, 1, 1)), w(s.filter(order));
            std::fill(x.data(), x.data() + x.size(), 2.0f);
            std::fill(w.data(), w.data() + w.size(), 3.0f);
            const tensor4 once = tf::conv(tf::cpu{}, x, w, {.stride = {far, far}, .groups = groups, .layout = order});
            CHECK(once.data()[11] == static_cast<float>(6 * 12 / groups));
            const shape three{"", 1, 12, 1, 1, 12, 3, 1, 1, groups};
            tensor4 windows(three.filter(order));
            std::fill(windows.data(), windows.data() + windows.size(), 3.0f);
            const index_t d = far / 2;
            const tensor4 centre =
                tf::conv(tf::cpu{}, x, windows, {.padding = {{d, d}, {d, d}}, .dilation = {d, d}, .groups = groups, .layout = order});
            CHECK(centre.data()[11] == static_cast<float>(6 * 12 / groups));
        }
    }
}

TEST_CASE(
    "an epilogue is called once per output with its index; what it "
    "throws comes through [E56]") {
    tf::testing::generator random(6);
    for (const tf::layout order : layouts) {
        for (const shape& s : shapes) {
            const tensor4 x = random_tensor(random, s.image(order, s.c, s.h, s.w));
            const tensor4 w = random_tensor(random, s.filter(order));
            const tf::conv_options<2> options{
                .stride = {s.stride, s.stride}, .dilation = {s.dilation, s.dilation}, .groups = s.groups, .layout = order};
            const tensor4 plain = tf::conv(tf::cpu{}, x, w, options);
            tf::tensor<float, 4> expected(plain.extents());
            tf::for_each_index(plain.extents(), [&](const tf::index_array<4>& i) {
                expected.view()(i) = plain.view()(i) * 2 + static_cast<float>(i[0] * 1000 + i[1] * 100 + i[2] * 10 + i[3]);
            });
            std::atomic<index_t> calls{0};
            const auto epilogue = [&](float value, index_t a, index_t b, index_t c, index_t d) {
                ++calls;
                return value * 2 + static_cast<float>(a * 1000 + b * 100 + c * 10 + d);
            };
            CHECK_MESSAGE(same_bits(tf::conv(tf::cpu{}, x, w, options, epilogue), expected), s.what);
            CHECK(calls == plain.size());
        }
    }
    const tensor4 x = random_tensor(random, {1, 2, 8, 8});
    const tensor4 w = random_tensor(random, {2, 2, 3, 3});
    const auto refuse = [](float, index_t, index_t, index_t, index_t) -> float { throw std::runtime_error("no"); };
    CHECK_THROWS_AS((void)tf::conv(tf::cpu{}, x, w, refuse), std::runtime_error);
}

TEST_CASE(
    "NaN and Inf in the input reach the outputs whose windows meet them, "
    "and no other [E12]") {
    for (const tf::layout order : layouts) {
        for (const index_t groups : {1, 4}) {
            const shape s{"", 1, 4, 9, 9, 4, 3, 1, 1, groups};
            tensor4 x(s.image(order, 4, 9, 9));
            tensor4 w(s.filter(order));
            for (index_t i = 0; i < x.size(); ++i) x.data()[i] = 1;
            for (index_t i = 0; i < w.size(); ++i) w.data()[i] = 1;
            const auto at = [&](index_t c, index_t row, index_t column) {
                return order == tf::layout::nchw ? tf::index_array<4>{0, c, row, column} : tf::index_array<4>{0, row, column, c};
            };
            x.view()(at(2, 4, 4)) = std::numeric_limits<float>::quiet_NaN();
            const tensor4 y = tf::conv(tf::cpu{}, x, w, {.groups = groups, .layout = order});
            for (index_t c = 0; c < 4; ++c) {
                for (index_t row = 0; row < 7; ++row) {
                    for (index_t column = 0; column < 7; ++column) {
                        const bool met = (groups == 1 || c == 2) && row >= 2 && row <= 4 && column >= 2 && column <= 4;
                        CHECK(tf::testing::is_nan(y.view()(at(c, row, column))) == met);
                    }
                }
            }
        }
    }
}
