// SPDX-License-Identifier: Apache-2.0
// The checks of conv: every inconsistent set of operands and options is refused with a sentence, and nothing is written.
#include <tenfold/backends/reference.hpp>
#include <tenfold/op/conv.hpp>
#include <tenfold/op/spatial.hpp>

#include <doctest/doctest.h>

#include <climits>
#include <string>

namespace tf = tenfold;
using tf::index_t;

namespace {
/// x (1, 8, 9, 6) and w (4, 3, 3, 6) in nhwc, y for no padding; each test spoils one thing.
struct call {
    tf::tensor<float, 4> x{{1, 8, 9, 6}};
    tf::tensor<float, 4> w{{4, 3, 3, 6}};
    tf::tensor<float, 4> y{{1, 6, 7, 4}};
    tf::conv_options<2> options{.layout = tf::layout::nhwc};

    call() {
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = 1;
        for (index_t i = 0; i < w.size(); ++i) w.data()[i] = 1;
        for (index_t i = 0; i < y.size(); ++i) y.data()[i] = -7;
    }
    tf::status run() { return tf::conv(std::nothrow, tf::reference{}, x, w, y, options); }
    bool y_untouched() const {
        for (index_t i = 0; i < y.size(); ++i) {
            if (y.data()[i] != -7) return false;
        }
        return true;
    }
};
void check_refused(call& c, const char* part, tf::status_code code = tf::status_code::shape) {
    const tf::status s = c.run();
    CHECK(s.code() == code);
    CHECK_MESSAGE(std::string(s.message()).find(part) != std::string::npos, std::string(s.message()));
    CHECK(c.y_untouched());
}
}  // namespace

TEST_CASE("conv accepts what fits") {
    call c;
    CHECK(c.run().ok());
    CHECK(c.y(0, 5, 6, 3) == 54);
}

TEST_CASE("a stride, a dilation or a padding out of range is refused [E43][H39]") {
    call c;
    c.options.stride = {1, 0};
    check_refused(c, "stride of spatial axis 1 is 0");
    c.options.stride = {1, 1};
    c.options.dilation = {-1, 1};
    check_refused(c, "dilation of spatial axis 0 is -1");
    c.options.dilation = {1, 1};
    c.options.padding[1].end = -2;
    check_refused(c, "padding.end of spatial axis 1 is -2");
}

TEST_CASE("a window larger than the padded input is refused, with both sizes [E43][H39]") {
    call c;
    c.options.dilation = {5, 1};
    check_refused(c, "extent 8 with padding (0, 0) is 8, a window of 3 taps with dilation 5 spans 11");
}

TEST_CASE("padding and dilation are added up in checked 64 bits [E43]") {
    call c;
    c.options.padding[0] = {INT64_MAX, 1};
    check_refused(c, "exceeds 2^63 - 1");
    c.options.padding[0] = {};
    c.options.dilation = {1, INT64_MAX};
    check_refused(c, "exceeds 2^63 - 1");
}

TEST_CASE("an empty window is refused [E43]") {
    call c;
    c.w = tf::tensor<float, 4>({4, 0, 3, 6});
    check_refused(c, "the window's extent of spatial axis 0 is 0");
}

TEST_CASE("groups divide both channel counts, and w has the channels of one group [E44][H39]") {
    call c;
    c.options.groups = 0;
    check_refused(c, "groups = 0");
    c.options.groups = 4;
    check_refused(c, "groups = 4 must be at least 1 and divide both x's channels, 6");
    c.options.groups = 2;
    check_refused(c, "w.extent(3) = 6 must equal x.extent(3) / groups = 6 / 2");
}

TEST_CASE("the wrong layout is noticed by the extents [E44][E49]") {
    call c;
    c.options.layout = tf::layout::nchw;
    check_refused(c, "Is .layout the layout of x and w?");
}

TEST_CASE("y must have the extents of the result [E01][E43]") {
    call c;
    c.options.stride = {2, 1};
    check_refused(c, "y.extent(1) = 6 must be 3. Give y the extents (1, 3, 7, 4)");
}

TEST_CASE("an algorithm is refused for what it is not for, not replaced [E50]") {
    call c;
    c.options.algorithm = tf::conv_algorithm::winograd;
    CHECK(c.run().ok());
    call strided;
    strided.options.algorithm = tf::conv_algorithm::winograd;
    strided.options.stride = {2, 2};
    check_refused(strided, "winograd", tf::status_code::unsupported);
    CHECK_THROWS_AS(tf::conv(tf::reference{}, strided.x, strided.w, strided.y, strided.options), tf::unsupported_error);
}

TEST_CASE("8-bit sums that could overflow int32 are refused [E16][E28]") {
    const tf::index_array<4> wide{1, 1, 1, 33026};
    tf::tensor<std::uint8_t, 4> x(wide);
    tf::tensor<std::int32_t, 4> y({1, 1, 1, 1});
    const tf::status s = tf::conv(std::nothrow, tf::reference{}, x, x, y, {.layout = tf::layout::nhwc});
    CHECK(s.code() == tf::status_code::shape);
    CHECK(std::string(s.message()).find("33026 products per output exceed 33025") != std::string::npos);
}

TEST_CASE("y overlaps neither x nor w [E09]") {
    call c;
    const tf::tensor_view<float, 4> inside(c.x.data(), {1, 6, 7, 4});
    const tf::status s = tf::conv(std::nothrow, tf::reference{}, c.x, c.w, inside, c.options);
    CHECK(std::string(s.message()).find("y overlaps x") != std::string::npos);
}

TEST_CASE("a bias has one value per output channel, whatever the layout [E01]") {
    call c;
    tf::tensor<float, 1> bias({7});
    const tf::status s = tf::conv(std::nothrow, tf::reference{}, c.x, c.w, c.y, c.options, tf::bias(bias));
    CHECK(std::string(s.message()).find("bias has 7 elements; the output's extent along axis 3 is 4") != std::string::npos);
    CHECK(c.y_untouched());
}

TEST_CASE("the returning overload has the result's extents and reports what is wrong") {
    call c;
    const auto y =
        tf::conv(tf::reference{}, c.x, c.w, {.stride = {2, 2}, .padding = {{1, 0}, {0, 1}}, .layout = tf::layout::nhwc}, tf::relu{});
    CHECK(y.extents() == tf::index_array<4>{1, 4, 4, 4});
    CHECK_THROWS_AS((void)tf::conv(tf::reference{}, c.x, c.w, {.dilation = {9, 9}, .layout = tf::layout::nhwc}), tf::shape_error);
}

TEST_CASE("taps_inside are the taps that meet the input [E43]") {
    tf::window_geometry<1> g;
    for (index_t input : {0, 1, 5})
        for (index_t window : {1, 3, 4})
            for (index_t dilation : {1, 3})
                for (index_t stride : {1, 2})
                    for (index_t begin : {0, 2, 11})
                        for (index_t end : {0, 3, 12}) {
                            g.input = {input};
                            g.window = {window};
                            g.dilation = {dilation};
                            g.stride = {stride};
                            g.begin = {begin};
                            g.end = {end};
                            if (!tf::resolve_windows("test", g, 2).ok()) continue;
                            for (index_t output = 0; output < g.output[0]; ++output) {
                                const tf::tap_range range = tf::taps_inside(g, 0, output);
                                for (index_t tap = 0; tap < window; ++tap) {
                                    const index_t at = output * stride + tap * dilation - begin;
                                    CHECK((at >= 0 && at < input) == (tap >= range.first && tap < range.last));
                                }
                            }
                        }
}
