// SPDX-License-Identifier: Apache-2.0
// Winograd's weights: sums in double in one order, rounded once, whatever flags this file is compiled with.
#include <tenfold/kernel/cpu/pack_conv.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <support/settings.hpp>

namespace tf = tenfold;
using tf::index_t;

namespace {
/// Whether a kernel body of this instruction set fuses a product and a sum. Baseline is what the compiler is told to build for.
bool fuses(const std::string& isa) {
#if defined(__x86_64__) && !defined(__FMA__)
    return isa != "baseline";
#else
    return !isa.empty();
#endif
}
/// a x + b y + c z in this order; a compiler leaves volatile values alone.
double sum_of_three(const double* factors, const double* values, bool fused) {
    volatile double sum = factors[0] * values[0];
    for (int i = 1; i < 3; ++i) {
        if (fused) {
            sum = std::fma(factors[i], values[i], sum);
        } else {
            volatile double product = factors[i] * values[i];
            sum = sum + product;
        }
    }
    return sum;
}
}  // namespace

TEST_CASE("the weights of F(4, 3) have the bits of their instruction set, under any flags [E10][H32]") {
    constexpr index_t outputs = 40, channels = 33;
    constexpr int places = 6;
    const double g[places][3] = {
        {1. / 4, 0, 0}, {-1. / 6, -1. / 6, -1. / 6}, {-1. / 6, 1. / 6, -1. / 6}, {1. / 24, 1. / 12, 1. / 6}, {1. / 24, -1. / 12, 1. / 6},
        {0, 0, 1}};
    tf::tensor<float, 4> w({outputs, channels, 3, 3});
    tf::testing::generator random(support::seed());
    tf::testing::fill_random(w.view(), random);
    support::for_each_setting(tf::cpu{}, [&](const tf::cpu& where, const std::string& name) {
        const auto packed = tf::pack_conv(where, w, {.algorithm = tf::conv_algorithm::winograd});
        const bool fused = fuses(packed.layout().isa);
        const index_t columns = packed.layout().columns;
        const auto* const values = static_cast<const float*>(packed.data());
        index_t wrong = 0;
        for (index_t o = 0; o < outputs; ++o) {
            for (index_t c = 0; c < channels; ++c) {
                for (int i = 0; i < places; ++i) {
                    double row[3];
                    for (index_t k = 0; k < 3; ++k) {
                        double column[3];
                        for (index_t h = 0; h < 3; ++h) column[h] = static_cast<double>(w(o, c, h, k));
                        row[k] = sum_of_three(g[i], column, fused);
                    }
                    for (int j = 0; j < places; ++j) {
                        const index_t place = (o / columns * places + i) * places + j;
                        const auto expected = static_cast<float>(sum_of_three(g[j], row, fused));
                        wrong += values[(place * channels + c) * columns + o % columns] != expected;
                    }
                }
            }
        }
        CHECK_MESSAGE(wrong == 0, name);
    });
}
