// SPDX-License-Identifier: Apache-2.0
// The reference convolution against a loop of its own, written from the formula in long double.
#include <tenfold/backends/reference.hpp>
#include <tenfold/op/conv.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

namespace tf = tenfold;
using tf::index_t;

namespace {
/// y(n, oc, oh, ow), extents and indices in this order whatever the layout is.
struct problem {
    index_t n, c, h, w, oc, kh, kw, groups;
    index_t stride_h, stride_w, dilation_h, dilation_w, top, bottom, left, right;
    index_t oh() const { return (h + top + bottom - dilation_h * (kh - 1) - 1) / stride_h + 1; }
    index_t ow() const { return (w + left + right - dilation_w * (kw - 1) - 1) / stride_w + 1; }
};
template <class X, class W>
long double sum_at(const problem& p, const X& x, const W& w, index_t n, index_t oc, index_t oh, index_t ow) {
    const index_t per_group = p.c / p.groups;
    const index_t group = oc / (p.oc / p.groups);
    long double sum = 0;
    for (index_t c = 0; c < per_group; ++c)
        for (index_t kh = 0; kh < p.kh; ++kh)
            for (index_t kw = 0; kw < p.kw; ++kw) {
                const index_t ih = oh * p.stride_h + kh * p.dilation_h - p.top;
                const index_t iw = ow * p.stride_w + kw * p.dilation_w - p.left;
                if (ih >= 0 && ih < p.h && iw >= 0 && iw < p.w)
                    sum += static_cast<long double>(x(n, group * per_group + c, ih, iw)) * static_cast<long double>(w(oc, c, kh, kw));
            }
    return sum;
}
}  // namespace

TEST_CASE("the reference is the formula, in both layouts [E43][E46][E49]") {
    const problem problems[] = {
        {2, 3, 7, 8, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1},  {1, 6, 9, 5, 9, 2, 3, 3, 2, 1, 1, 2, 0, 3, 2, 1},
        {1, 5, 6, 6, 5, 3, 3, 5, 2, 2, 1, 1, 1, 0, 0, 1},  {1, 2, 1, 1, 2, 3, 1, 1, 1, 1, 4, 1, 8, 5, 0, 0},
        {1, 4, 12, 3, 2, 1, 1, 2, 5, 2, 1, 1, 0, 0, 0, 0},
    };
    tf::testing::generator random(11);
    for (const problem& p : problems) {
        tf::tensor<double, 4> x({p.n, p.c, p.h, p.w});
        tf::tensor<double, 4> w({p.oc, p.c / p.groups, p.kh, p.kw});
        tf::testing::fill_integers(x.view(), random, 9);
        tf::testing::fill_integers(w.view(), random, 9);
        tf::tensor<double, 4> y({p.n, p.oc, p.oh(), p.ow()});
        tf::conv_options<2> options{.stride = {p.stride_h, p.stride_w},
                                    .padding = {{p.top, p.bottom}, {p.left, p.right}},
                                    .dilation = {p.dilation_h, p.dilation_w},
                                    .groups = p.groups};
        tf::conv(tf::reference{}, x, w, y, options);
        // The same memory seen channels last.
        tf::tensor<double, 4> z({p.n, p.oc, p.oh(), p.ow()});
        auto last = z.view().transposed({0, 2, 3, 1});
        options.layout = tf::layout::nhwc;
        tf::conv(tf::reference{}, x.view().transposed({0, 2, 3, 1}), w.view().transposed({0, 2, 3, 1}), last, options);
        tf::for_each_index(y.extents(), [&](const tf::index_array<4>& i) {
            const auto expected = static_cast<double>(sum_at(p, x, w, i[0], i[1], i[2], i[3]));
            CHECK(y.view()(i) == expected);
            CHECK(z.view()(i) == expected);
        });
    }
}

TEST_CASE("one and three spatial axes are the two-axis formula with axes of extent 1") {
    tf::testing::generator random(12);
    tf::tensor<float, 3> x({2, 3, 11});
    tf::tensor<float, 3> w({4, 3, 4});
    tf::testing::fill_integers(x.view(), random, 9);
    tf::testing::fill_integers(w.view(), random, 9);
    const auto y = tf::conv(tf::reference{}, x, w, {.stride = {2}, .padding = {{1, 2}}});
    const auto y2 = tf::conv(tf::reference{}, x.reshaped<4>({2, 3, 1, 11}), w.reshaped<4>({4, 3, 1, 4}),
                             {.stride = {1, 2}, .padding = {{0, 0}, {1, 2}}});
    const auto y3 = tf::conv(tf::reference{}, x.reshaped<5>({2, 3, 1, 11, 1}), w.reshaped<5>({4, 3, 1, 4, 1}),
                             {.stride = {1, 2, 3}, .padding = {{0, 0}, {1, 2}, {0, 0}}});
    REQUIRE(y.size() == y2.size());
    REQUIRE(y.size() == y3.size());
    for (index_t i = 0; i < y.size(); ++i) {
        CHECK(y.data()[i] == y2.data()[i]);
        CHECK(y.data()[i] == y3.data()[i]);
    }
}
