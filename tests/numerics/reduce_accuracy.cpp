// SPDX-License-Identifier: Apache-2.0
// Reductions of adversarial data within the bounds that their documentation states, against long double.
#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/cpu/reduce.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <support/settings.hpp>
#include <vector>

using tenfold::axes;
using tenfold::index_t;

namespace {
constexpr index_t length = 63 * 3126;  // several chunks and a tail; rows of 3 and of 63
using element_of = float (*)(index_t);

float uniform(index_t i) {
    const auto word = static_cast<std::uint32_t>(static_cast<std::uint64_t>(i + 1) * 0x9e3779b97f4a7c15u >> 33);
    return static_cast<float>(word) * 0x1p-30f - 1.0f;
}
float cancelling(index_t i) { return i % 3 == 0 ? 1e8f : i % 3 == 1 ? -1e8f : 1.0f; }
float growing(index_t i) { return std::exp2(static_cast<float>(i % 201 - 100)); }
float subnormal(index_t i) { return static_cast<float>(i % 1000 + 1) * 0x1p-149f; }
float far_from_zero(index_t i) { return 1e6f + uniform(i); }
/// One element far from all others: the worst one to measure differences from.
float first_is_far(index_t i) { return i % 16384 == 0 ? 3e30f : 1.0f + uniform(i); }

struct data {
    const char* name;
    element_of element;
};
constexpr data all_data[] = {{"uniform", uniform},     {"cancelling", cancelling},       {"growing", growing},
                             {"subnormal", subnormal}, {"far from zero", far_from_zero}, {"first is far", first_is_far}};

/// gamma(d) of float for the longest chain of additions that a sum of n elements has.
double documented_gamma(index_t n) {
    const double d = 265 + std::log2(std::max(1.0, static_cast<double>(n) / 16384));
    return d * 0x1p-24 / (1 - d * 0x1p-24);
}

template <class Check>
void on_every_isa(const Check& check) {
    for (const char* isa : tenfold::available_isas()) {
        INFO(std::string(isa));
        check(support::cpu_with(3, isa));
    }
}
}  // namespace

TEST_CASE("sums of adversarial data stay within the documented bound, along either axis [E37]") {
    for (const data& d : all_data) {
        std::vector<float> x(length);
        for (index_t i = 0; i < length; ++i) x[static_cast<std::size_t>(i)] = d.element(i);
        for (const index_t columns : {index_t{1}, index_t{3}, index_t{63}, length / 3}) {
            const tenfold::tensor_view<const float, 2> view(x.data(), {length / columns, columns});
            for (const int axis : {0, 1}) {
                const index_t outputs = view.extent(static_cast<std::size_t>(1 - axis));
                std::vector<long double> exact(static_cast<std::size_t>(outputs)), magnitude(static_cast<std::size_t>(outputs));
                for (index_t i = 0; i < length; ++i) {
                    const auto at = static_cast<std::size_t>(axis == 0 ? i % columns : i / columns);
                    exact[at] += x[static_cast<std::size_t>(i)];
                    magnitude[at] += std::fabs(x[static_cast<std::size_t>(i)]);
                }
                const double gamma = documented_gamma(length / outputs);
                on_every_isa([&](const tenfold::cpu& where) {
                    const auto y = tenfold::sum(where, view, axes{axis});
                    index_t wrong = 0;
                    for (index_t o = 0; o < outputs; ++o) {
                        const auto at = static_cast<std::size_t>(o);
                        wrong += !(std::fabs(y(o) - exact[at]) <= gamma * magnitude[at]);
                    }
                    INFO(std::string(d.name) << ", " << columns << " columns, axis " << axis);
                    CHECK(wrong == 0);
                });
            }
        }
    }
}

TEST_CASE("a hundred million ones are exactly a hundred million, in float [E37]") {
    const std::vector<float> ones(1000000, 1.0f);
    const tenfold::tensor_view<const float, 2> repeated(ones.data(), {100, 1000000}, {0, 1});
    on_every_isa([&](const tenfold::cpu& where) { CHECK(tenfold::sum(where, repeated, axes{0, 1})() == 1e8f); });
}

TEST_CASE("variance, norm2 and mean of adversarial data are right to the last bits of float [E38]") {
    for (const data& d : all_data) {
        std::vector<float> x(length);
        long double total = 0;
        for (index_t i = 0; i < length; ++i) total += x[static_cast<std::size_t>(i)] = d.element(i);
        const long double mean = total / length;
        long double spread = 0;
        long double squares = 0;
        for (const float v : x) {
            spread += (v - mean) * (v - mean);
            squares += static_cast<long double>(v) * v;
        }
        const auto near = [](float y, long double exact) {
            return std::fabs(y - exact) <= 0x1.01p-24L * std::fabs(exact) + 0x1p-149L || static_cast<float>(exact) == y;
        };
        const tenfold::tensor_view<const float, 1> line(x.data(), {length});
        const tenfold::tensor_view<const float, 2> column(x.data(), {length, 1}, {1, 1});
        on_every_isa([&](const tenfold::cpu& where) {
            INFO(std::string(d.name));
            CHECK(near(tenfold::variance(where, line, axes{0})(), spread / length));
            CHECK(near(tenfold::variance(where, column, axes{0})(0), spread / length));
            CHECK(near(tenfold::norm2(where, line, axes{0})(), std::sqrt(squares)));
        });
    }
}

TEST_CASE("norm2 of double keeps tiny numbers beside chunks of zeros, and huge ones beside tiny [E38]") {
    constexpr index_t elements = 3 * 16384 + 5;
    for (const double value : {1e-200, 1e-308, 1e160, 1e300}) {
        for (const index_t at : {index_t{0}, index_t{16384}, index_t{40000}, elements - 1}) {
            tenfold::tensor<double, 1> x({elements});
            std::fill(x.data(), x.data() + elements, 0.0);
            x(at) = value;
            if (value > 1) x((at + 20000) % elements) = 1e-300;
            on_every_isa([&](const tenfold::cpu& where) {
                INFO(value << " at " << at);
                // Half of an ulp each for the square (halved by the root), the root, and a quotient that may be subnormal: of
                // 1e-308, 2^-52. Together below 2^-51.
                CHECK(std::fabs(tenfold::norm2(where, x, axes{0})() - value) <= 0x1p-51 * value);
            });
        }
    }
}

TEST_CASE("one Inf or NaN in any lane, tail or phase is the sum, and decides variance and norm2 [E31]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();

    for (const index_t columns : {1, 3, 70}) {
        std::vector<float> x(static_cast<std::size_t>(columns * 300), 0.5f);
        const tenfold::tensor_view<const float, 2> view(x.data(), {300, columns});
        on_every_isa([&](const tenfold::cpu& where) {
            for (index_t at = 0; at < columns * 300; at += columns > 8 ? 37 : 1) {
                const auto place = static_cast<std::size_t>(at);
                for (const float special : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
                    x[place] = special;
                    const float whole = tenfold::sum(where, view, axes{0, 1})();
                    const float one = tenfold::sum(where, view, axes{0})(at % columns);
                    const bool right = std::isnan(special) ? std::isnan(whole) && std::isnan(one) : whole == special && one == special;
                    if (!right) FAIL_CHECK("sum: element " << at << " of " << columns << " columns");
                    if (!std::isnan(tenfold::variance(where, view, axes{0})(at % columns))) FAIL_CHECK("variance: element " << at);
                }
                x[place] = 0.5f;
            }
        });
    }
}
