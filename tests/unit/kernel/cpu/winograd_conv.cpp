// SPDX-License-Identifier: Apache-2.0
// Winograd's convolution: within its stated bound on every ISA, exact where its factors are, never chosen unasked, refused elsewhere.
#include <tenfold/core/numerics.hpp>
#include <tenfold/exec/plan.hpp>
#include <tenfold/kernel/cpu/pack_conv.hpp>
#include <tenfold/kernel/reference/pack_conv.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <support/settings.hpp>

namespace tf = tenfold;
using tf::index_t;

namespace {
using tensor4 = tf::tensor<float, 4>;
constexpr tf::layout layouts[] = {tf::layout::nchw, tf::layout::nhwc};

struct layer {
    index_t images, rows, columns, in, out;
    tf::padding_pair padding[2];
    /// m of F(m, 3).
    [[nodiscard]] index_t outputs() const { return in >= 32 && out >= 32 ? 4 : 2; }
};
constexpr layer layers[] = {{1, 3, 3, 5, 3, {}},
                            {2, 9, 14, 3, 33, {{1, 1}, {1, 1}}},
                            {1, 8, 7, 40, 36, {{1, 1}, {1, 1}}},
                            {2, 13, 10, 33, 34, {{0, 2}, {3, 0}}},
                            {1, 5, 4, 600, 32, {{1, 0}, {0, 1}}}};  // more channels than a block of products

struct operands {
    tf::conv_options<2> options;
    tensor4 x, w;
    operands(const layer& l, tf::layout order)
        : options{.padding = {l.padding[0], l.padding[1]}, .layout = order, .algorithm = tf::conv_algorithm::winograd},
          x(order == tf::layout::nchw ? tf::index_array<4>{l.images, l.in, l.rows, l.columns}
                                      : tf::index_array<4>{l.images, l.rows, l.columns, l.in}),
          w(order == tf::layout::nchw ? tf::index_array<4>{l.out, l.in, 3, 3} : tf::index_array<4>{l.out, 3, 3, l.in}) {}
};

bool same_bits(const tensor4& a, const tensor4& b) {
    return a.extents() == b.extents() && std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}
tensor4 padded_by_hand(const tensor4& x, const layer& l, tf::layout order) {
    const std::size_t h = tf::first_spatial_axis(order);
    auto extents = x.extents();
    for (std::size_t i = 0; i < 2; ++i) extents[h + i] += l.padding[i].begin + l.padding[i].end;
    tensor4 padded(extents);
    std::fill(padded.data(), padded.data() + padded.size(), 0.0f);
    tf::for_each_index(x.extents(), [&](tf::index_array<4> i) {
        const float value = x.view()(i);
        for (std::size_t k = 0; k < 2; ++k) i[h + k] += l.padding[k].begin;
        padded.view()(i) = value;
    });
    return padded;
}
double largest(const tensor4& x) {
    double most = 0;
    for (index_t i = 0; i < x.size(); ++i) most = std::fmax(most, std::fabs(static_cast<double>(x.data()[i])));
    return most;
}
void check_refused(const tf::status& s, const char* part) {
    CHECK(s.code() == tf::status_code::unsupported);
    CHECK_MESSAGE(std::string(s.message()).find(part) != std::string::npos, std::string(s.message()));
}
}  // namespace

TEST_CASE("the error of winograd stays within the stated bound; threads, packing and padding by hand do not change bits [E50][E10][E46]") {
    tf::testing::generator random(support::seed());
    for (const tf::layout order : layouts) {
        for (const layer& l : layers) {
            operands a(l, order);
            tf::testing::fill_random(a.x.view(), random);
            tf::testing::fill_random(a.w.view(), random);
            const tensor4 expected = tf::conv(tf::reference{}, a.x, a.w, a.options);
            // Far below the bound, which covers the worst data: what random data really errs by, against the sum of the sizes of its products.
            operands sizes(l, order);
            for (index_t i = 0; i < a.x.size(); ++i) sizes.x.data()[i] = std::fabs(a.x.data()[i]);
            for (index_t i = 0; i < a.w.size(); ++i) sizes.w.data()[i] = std::fabs(a.w.data()[i]);
            const double products = largest(tf::conv(tf::reference{}, sizes.x, sizes.w, sizes.options));
            const double growth = l.outputs() == 4 ? 2304 : 64;
            const double bound = tf::gamma(l.in + 30, 0x1p-24) * growth * static_cast<double>(l.in) * largest(a.x) * largest(a.w);
            tf::conv_options<2> bare = a.options;
            bare.padding[0] = bare.padding[1] = {};
            const tensor4 padded = padded_by_hand(a.x, l, order);
            support::for_each_setting(tf::cpu{}, [&](const tf::cpu& where, const std::string& name) {
                INFO(name << ": " << l.in << " -> " << l.out << ", " << l.rows << " x " << l.columns);
                const tensor4 computed = tf::conv(where, a.x, a.w, a.options);
                double error = 0;
                for (index_t i = 0; i < computed.size(); ++i)
                    error = std::fmax(error, std::fabs(static_cast<double>(computed.data()[i]) - static_cast<double>(expected.data()[i])));
                CHECK(error <= bound);
                CHECK(error <= 1e-4 * products);
                CHECK(same_bits(tf::conv(tf::cpu{.threads = 1, .isa = where.isa}, a.x, a.w, a.options), computed));
                CHECK(same_bits(tf::conv(where, a.x, tf::pack_conv(where, a.w, a.options), a.options), computed));
                CHECK(same_bits(tf::conv(where, padded, a.w, bare), computed));
            });
        }
    }
}

TEST_CASE("F(2, 3) of small whole numbers is exact, with an epilogue and a bfloat16 input too [E50][E56]") {
    tf::testing::generator random(support::seed());
    for (const tf::layout order : layouts) {
        for (const layer& l : {layers[0], layers[1]}) {
            operands a(l, order);
            tf::testing::fill_integers(a.x.view(), random, 20);
            tf::testing::fill_integers(a.w.view(), random, 20);
            tf::tensor<float, 1> shift({l.out});
            tf::testing::fill_integers(shift.view(), random, 20);
            const auto epilogue = tf::bias(shift) | tf::relu{};
            CHECK(same_bits(tf::conv(tf::cpu{}, a.x, a.w, a.options, epilogue), tf::conv(tf::reference{}, a.x, a.w, a.options, epilogue)));
            const auto narrow = [](const tensor4& from) {
                tf::tensor<tf::bfloat16, 4> to(from.extents());
                for (index_t i = 0; i < from.size(); ++i) to.data()[i] = static_cast<tf::bfloat16>(from.data()[i]);
                return to;
            };
            const tensor4 expected = tf::conv(tf::reference{}, a.x, a.w, a.options);
            tensor4 computed(expected.extents());
            tf::conv(tf::cpu{}, narrow(a.x), narrow(a.w), computed, a.options);
            CHECK(same_bits(computed, expected));
        }
    }
}

TEST_CASE("winograd runs only where it is asked for, and its weights serve no other kernel [E50]") {
    operands a(layers[2], tf::layout::nhwc);
    std::fill(a.x.data(), a.x.data() + a.x.size(), 1.0f);
    std::fill(a.w.data(), a.w.data() + a.w.size(), 1.0f);
    tensor4 y({1, 8, 7, 36});
    tf::conv_options<2> automatic = a.options;
    automatic.algorithm = tf::conv_algorithm::automatic;
    CHECK(tf::explain(tf::cpu{}, tf::conv_op{}, a.x, a.w, y, automatic).kernel == std::string("direct"));
    const auto packed = tf::pack_conv(tf::cpu{}, a.w, a.options);
    auto plan = tf::plan(tf::cpu{}, tf::conv_op{}, a.x, packed, y, a.options);
    CHECK(plan.explain().kernel == std::string("winograd"));
    plan.run();
    CHECK(std::fabs(y(0, 4, 4, 7) - 360) < 1e-3);
    check_refused(tf::conv(std::nothrow, tf::cpu{}, a.x, packed, y, automatic), "kernel winograd");
    check_refused(tf::conv(std::nothrow, tf::cpu{}, a.x, tf::pack_conv(tf::cpu{}, a.w, automatic), y, a.options), "kernel direct");
}

TEST_CASE("what winograd is not for is refused, not replaced [E50]") {
    operands a(layers[2], tf::layout::nhwc);
    tensor4 y({1, 8, 7, 36});
    const auto run = [&](const tf::conv_options<2>& options, const auto& w) {
        return tf::conv(std::nothrow, tf::cpu{}, a.x, w, y, options);
    };
    tf::conv_options<2> options = a.options;
    options.stride = {1, 2};
    check_refused(run(options, a.w), "3 x 3 filters with stride 1, dilation 1 and one group; w is (36, 3, 3, 40)");
    tf::packed_weights<float, 4> packed;
    CHECK(tf::pack_conv(std::nothrow, tf::cpu{}, a.w, packed, options).ok());  // a stride is of the calls
    options = a.options;
    options.dilation = {2, 1};
    check_refused(run(options, a.w), "dilation 1");
    options = a.options;
    options.groups = 2;
    check_refused(run(options, a.w), "one group");
    const tensor4 pointwise({36, 1, 1, 40});
    check_refused(run(a.options, pointwise), "w is (36, 1, 1, 40)");
    check_refused(tf::pack_conv(std::nothrow, tf::cpu{}, pointwise, packed, a.options), "pack_conv: algorithm winograd");
    const tf::tensor<std::int32_t, 4> whole({1, 3, 3, 3});
    tf::tensor<std::int32_t, 4> one({1, 1, 1, 1});
    check_refused(tf::conv(std::nothrow, tf::cpu{}, whole, whole, one, {.algorithm = tf::conv_algorithm::winograd}), "floating-point");
}
