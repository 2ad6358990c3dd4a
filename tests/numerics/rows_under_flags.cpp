// SPDX-License-Identifier: Apache-2.0
// Softmax and norms have the same bits and the same NaNs whatever the flags of the translation unit. This one has -ffast-math.
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/normalise.hpp>
#include <tenfold/kernel/cpu/softmax.hpp>
#include <tenfold/testing/compare.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numerics/row_bits.hpp>
#include <string>

namespace tf = tenfold;
using tf::index_t;

namespace {
// Through volatile memory: the compiler must not know what this is.
double opaque_nan() {
    volatile std::uint64_t hidden = 0x7ff8000000000000u;
    return std::bit_cast<double>(static_cast<std::uint64_t>(hidden));
}
void check_same(const char* isa, const char* flags, row_bits_of_isa other) {
    const std::vector<row_bits> expected = row_bits_plain(isa);
    const std::vector<row_bits> got = other(isa);
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        INFO(std::string(isa) << ", " << std::string(flags) << ", " << std::string(got[i].what) << ", result " << i);
        CHECK(got[i].hash == expected[i].hash);
    }
}
}  // namespace

TEST_CASE("a NaN makes its row NaN throughout, whole, in lanes and in pieces, and no other [E12][E24]") {
    for (const tf::index_array<3>& extents : {tf::index_array<3>{5, 101, 1}, {9, 7, 1}, {1, 30, 50}, {2, 150001, 1}, {1, 5001, 20}}) {
        tf::tensor<double, 3> x(extents), y(extents);
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<double>(i % 13) - 6;
        const tf::index_array<3> at{extents[0] - 1, extents[1] / 3, extents[2] / 2};
        x(at) = opaque_nan();
        const auto check = [&](const char* name) {
            INFO(std::string(name) << " of " << extents[0] << " x " << extents[1] << " x " << extents[2]);
            index_t wrong = 0;
            tf::for_each_index(
                extents, [&](const tf::index_array<3>& i) { wrong += tf::testing::is_nan(y(i)) != (i[0] == at[0] && i[2] == at[2]); });
            CHECK(wrong == 0);
        };
        for (const char* isa : tf::available_isas()) {
            const tf::cpu where{.isa = isa};
            tf::softmax(where, x, 1, y);
            check("softmax");
            tf::log_softmax(where, x, 1, y);
            check("log_softmax");
            tf::layer_norm(where, x, 1, y);
            check("layer_norm");
            tf::rms_norm(where, x, 1, y);
            check("rms_norm");
        }
    }
}

TEST_CASE("softmax and norms round alike under -O2, -O3 -ffast-math and -march=x86-64-v3 [E15][H32]") {
    for (const char* isa : tf::available_isas()) {
        check_same(isa, "-O3 -ffast-math", row_bits_fast_math);
#if defined(ROW_BITS_HAS_V3)
        // The baseline is what the flags name: under others it may multiply and add in one rounding.
        const auto all = tf::available_isas();
        const bool has_v3 = std::any_of(all.begin(), all.end(), [](const char* one) { return std::strcmp(one, "avx2") == 0; });
        if (std::strcmp(isa, "baseline") == 0 || !has_v3) continue;
        check_same(isa, "-march=x86-64-v3", row_bits_v3);
        check_same(isa, "-O3 -march=x86-64-v3 -ffast-math", row_bits_v3_fast_math);
#endif
    }
}
