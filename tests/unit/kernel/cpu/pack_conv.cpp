// SPDX-License-Identifier: Apache-2.0
// Packed weights, plan and explain of convolution on the CPU: the bits of plain calls, what is refused, what is told.
#include <tenfold/exec/plan.hpp>
#include <tenfold/kernel/cpu/pack_conv.hpp>
#include <tenfold/kernel/reference/pack_conv.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <string>
#include <support/settings.hpp>

namespace tf = tenfold;
using tf::index_t;

namespace {
using tensor4 = tf::tensor<float, 4>;

/// Random operands of one convolution of 13 x 12 images with 3 x 3 windows.
struct operands {
    tf::conv_options<2> options;
    tensor4 x, w, y, z;

    operands(tf::layout order, index_t channels, index_t outputs, index_t groups, std::uint64_t seed = support::seed())
        : options{.padding = {{1, 1}, {1, 1}}, .groups = groups, .layout = order},
          x(image(channels)),
          w(order == tf::layout::nchw ? tf::index_array<4>{outputs, channels / groups, 3, 3}
                                      : tf::index_array<4>{outputs, 3, 3, channels / groups}),
          y(image(outputs)),
          z(image(outputs)) {
        tf::testing::generator random(seed);
        tf::testing::fill_random(x.view(), random);
        tf::testing::fill_random(w.view(), random);
    }
    [[nodiscard]] tf::index_array<4> image(index_t channels) const {
        return options.layout == tf::layout::nchw ? tf::index_array<4>{2, channels, 13, 12} : tf::index_array<4>{2, 13, 12, channels};
    }
    [[nodiscard]] bool same() const { return tf::testing::compare_exact(z.view(), y.view()).ok(); }
};
struct kind {
    const char* kernel;
    index_t channels, outputs, groups;
};
constexpr kind kinds[] = {{"direct", 40, 70, 1}, {"direct", 90, 40, 2}, {"lanes", 37, 37, 37}, {"lanes", 12, 8, 4}};
constexpr tf::layout layouts[] = {tf::layout::nchw, tf::layout::nhwc};

void check_refused(const tf::status& s, tf::status_code code, const char* part) {
    CHECK(s.code() == code);
    CHECK_MESSAGE(std::string(s.message()).find(part) != std::string::npos, std::string(s.message()));
}
}  // namespace

TEST_CASE(
    "packed weights give the bits of the weights they were, in calls and "
    "in plans; the weights may go [E10][E15][E18]") {
    support::for_each_setting(tf::cpu{}, [&](const auto& where, const std::string& name) {
        for (const tf::layout order : layouts) {
            for (const kind& k : kinds) {
                INFO(name << ": " << k.kernel << " " << k.channels << " -> " << k.outputs);
                operands a(order, k.channels, k.outputs, k.groups);
                tf::conv(where, a.x, a.w, a.y, a.options);
                auto plain = tf::plan(where, tf::conv_op{}, a.x, a.w, a.z, a.options);
                plain.run();
                CHECK(a.same());
                const auto packed = tf::pack_conv(where, a.w, {.groups = k.groups, .layout = order});
                CHECK(packed.extents() == a.w.extents());
                std::fill(a.w.data(), a.w.data() + a.w.size(), 0.0f);
                tf::conv(where, a.x, packed, a.z, a.options);
                CHECK(a.same());
                std::fill(a.z.data(), a.z.data() + a.z.size(), 0.0f);
                auto plan = tf::plan(where, tf::conv_op{}, a.x, packed, a.z, a.options);
                plan.run();
                CHECK(a.same());
                CHECK(plan.workspace_bytes() < plain.workspace_bytes());
                CHECK(plan.explain().kernel == std::string(k.kernel));
                CHECK(plan.explain().flops == 2 * a.y.size() * 9 * k.channels / k.groups);
            }
        }
    });
}

TEST_CASE(
    "a plan runs on other operands of the planned extents and strides, "
    "and refuses others [E18][E01]") {
    operands a(tf::layout::nhwc, 20, 10, 1), b(tf::layout::nhwc, 20, 10, 1, 7), other(tf::layout::nhwc, 21, 10, 1);
    const auto packed = tf::pack_conv(tf::cpu{}, b.w, b.options);
    auto plan = tf::plan(tf::cpu{}, tf::conv_op{}, a.x, packed, a.z, a.options, tf::relu{});
    tf::conv(tf::cpu{}, b.x, b.w, b.y, b.options, tf::relu{});
    plan.run(b.x, packed, b.z);
    CHECK(b.same());
    check_refused(plan.run(std::nothrow, b.x.view().slice(1, 0, 12), packed, b.z), tf::status_code::shape, "y.extent(1) = 13 must be 12");
    const auto flipped = b.x.view().slice(1, 0, 13, 1).transposed({0, 2, 1, 3});
    check_refused(plan.run(std::nothrow, flipped, packed, b.z.view().transposed({0, 2, 1, 3})), tf::status_code::shape,
                  "the plan is for x of extents (2, 13, 12, 20)");
    const auto misfit = tf::plan(std::nothrow, tf::cpu{}, tf::conv_op{}, other.x, packed, a.z, a.options);
    check_refused(misfit.state(), tf::status_code::shape, "w.extent(3) = 20 must equal");
}

TEST_CASE(
    "weights packed for another backend, instruction set, layout or "
    "number of groups are refused, never misread [E44][E49]") {
    operands a(tf::layout::nhwc, 40, 80, 1);
    const auto run = [&](const auto& where, const auto& packed) { return tf::conv(std::nothrow, where, a.x, packed, a.z, a.options); };
    const auto packed = tf::pack_conv(tf::cpu{}, a.w, a.options);
    check_refused(run(tf::reference{}, packed), tf::status_code::unsupported, "this call runs reference");
    check_refused(run(tf::cpu{}, tf::pack_conv(tf::reference{}, a.w, a.options)), tf::status_code::unsupported,
                  "w was packed for reference with groups = 1 and layout nhwc, "
                  "this call runs cpu on");
    const auto wide = tf::pack_conv(tf::cpu{}, a.w, {.groups = 2, .layout = tf::layout::nhwc});
    check_refused(run(tf::cpu{}, wide), tf::status_code::unsupported, "with groups = 2 and layout nhwc");
    tensor4 square({40, 40, 40, 40});
    const auto other_order = tf::pack_conv(tf::cpu{}, square);
    check_refused(
        tf::conv(std::nothrow, tf::cpu{}, square, other_order, square, {.padding = {{20, 19}, {20, 19}}, .layout = tf::layout::nhwc}),
        tf::status_code::shape, "y overlaps x");
    tensor4 y({40, 40, 40, 40});
    check_refused(tf::conv(std::nothrow, tf::cpu{}, square, other_order, y, {.padding = {{20, 19}, {20, 19}}, .layout = tf::layout::nhwc}),
                  tf::status_code::unsupported, "layout nchw, this call runs");
    for (const char* isa : tf::available_isas()) {
        const tf::cpu where{.isa = isa};
        std::fill(a.z.data(), a.z.data() + a.z.size(), 0.0f);
        const tf::status s = run(where, tf::pack_conv(tf::cpu{.isa = "baseline"}, a.w, a.options));
        INFO(isa);
        if (s.ok()) {  // both read weights in one order: then these are the weights of a plain call
            tf::conv(where, a.x, a.w, a.y, a.options);
            CHECK(a.same());
        } else {
            check_refused(s, tf::status_code::unsupported, "w was packed for cpu on baseline");
            CHECK(isa != std::string("baseline"));
        }
    }
}

TEST_CASE(
    "packing checks its weights and options; empty weights pack "
    "[E43][E44][E45]") {
    operands a(tf::layout::nchw, 4, 6, 1);
    tf::packed_weights<float, 4> packed;
    check_refused(tf::pack_conv(std::nothrow, tf::cpu{}, a.w, packed, {.groups = 4}), tf::status_code::shape,
                  "groups = 4 must be at least 1 and divide w's output channels, 6");
    check_refused(tf::pack_conv(std::nothrow, tf::cpu{}, a.w.view().slice(3, 0, 0), packed), tf::status_code::shape,
                  "the window's extent of spatial axis 1 is 0");
    const tf::tensor_view<const float, 4> nowhere(nullptr, {6, 4, 3, 3});
    check_refused(tf::pack_conv(std::nothrow, tf::cpu{}, nowhere, packed), tf::status_code::shape, "null data pointer");
    const tf::tensor_view<const float, 4> repeated(a.w.data(), {6, index_t{1} << 52, 3, 3}, {0, 0, 0, 0});
    CHECK(tf::pack_conv(std::nothrow, tf::cpu{}, repeated, packed).code() == tf::status_code::out_of_memory);
    for (const index_t taps : {index_t{1} << 45, index_t{1} << 57}) {  // of which packed bytes would wrap around to 0
        const tf::tensor_view<const float, 3> window(a.w.data(), {1, 1, taps}, {0, 0, 0});
        tf::packed_weights<float, 3> line;
        CHECK(tf::pack_conv(std::nothrow, tf::cpu{}, window, line).code() == tf::status_code::out_of_memory);
    }
    CHECK(packed.extents() == tf::index_array<4>{});
    const auto no_channels = tf::pack_conv(tf::cpu{}, a.w.view().slice(1, 0, 0));
    tf::conv(tf::cpu{}, a.x.view().slice(1, 0, 0), no_channels, a.z, a.options);
    CHECK(a.z(1, 5, 12, 11) == 0);
    CHECK(tf::conv(tf::cpu{}, a.x, tf::pack_conv(tf::cpu{}, a.w.view().slice(0, 0, 0)), a.options).empty());
}

TEST_CASE(
    "explain tells what a convolution runs, and why where there is "
    "nothing to run") {
    operands a(tf::layout::nhwc, 40, 70, 1);
    const tf::explanation e = tf::explain(tf::cpu{.threads = 1, .isa = "baseline"}, tf::conv_op{}, a.x, a.w, a.y, a.options);
    CHECK(e.kernel == std::string("direct"));
    CHECK(e.isa == std::string("baseline"));
    CHECK(e.threads == 1);
    CHECK(e.block_depth == 360);
    CHECK(e.bytes == 4 * (a.x.size() + a.w.size() + a.y.size()));
    const auto no_channels = tf::explain(tf::cpu{}, tf::conv_op{}, a.x.view().slice(3, 0, 0), a.w.view().slice(3, 0, 0), a.y, a.options);
    CHECK(no_channels.kernel == std::string("none"));
    CHECK(no_channels.workspace_bytes == 0);
    CHECK(tf::explain(tf::reference{}, tf::conv_op{}, a.x, a.w, a.y, a.options).kernel == std::string("reference"));
}
