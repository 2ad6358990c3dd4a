// SPDX-License-Identifier: Apache-2.0
// The first layer of ResNet-50: 7x7, stride 2, padding 3, with bias and relu in the same pass; channels last.
#include <tenfold/backends/cpu.hpp>

#include <cstdio>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 4> x({1, 224, 224, 3}), w({64, 7, 7, 3});  // (n, h, w, c), (out, kh, kw, in)
    tf::tensor<float, 1> beta({64});
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = 1.0f;
    for (tf::index_t i = 0; i < w.size(); ++i) w.data()[i] = 0.01f;
    for (tf::index_t i = 0; i < 64; ++i) beta(i) = i % 2 == 0 ? 0.5f : -2.0f;

    tf::tensor<float, 4> y({1, 112, 112, 64});
    tf::conv(tf::cpu{}, x, w, y, {.stride = {2, 2}, .padding = {{3, 3}, {3, 3}}, .layout = tf::layout::nhwc}, tf::bias(beta) | tf::relu{});
    std::printf("inside %.2f, corner %.2f, cut off %.2f\n", static_cast<double>(y(0, 56, 56, 0)), static_cast<double>(y(0, 0, 0, 0)),
                static_cast<double>(y(0, 0, 0, 1)));

    // What does not fit is a sentence.
    const tf::status s = tf::conv(std::nothrow, tf::cpu{}, x, w, y, {.stride = {1, 1}, .layout = tf::layout::nhwc});
    std::printf("refused: %s\n", s.ok() ? "no" : "yes");
}
// prints: inside 1.97, corner 0.98, cut off 0.00
// prints: refused: yes
