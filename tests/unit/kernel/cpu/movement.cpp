// SPDX-License-Identifier: Apache-2.0
// copy, convert and transform on reference and cpu: what survives, what rounds, what may be the same memory.
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <support/every_backend.hpp>
#include <vector>

namespace tf = tenfold;
using support::on_every_backend;
using tf::index_t;

namespace {
/// The value of To nearest to x, half to even, from the definition of the format: scale, rint, scale back.
float nearest(float x, int fraction_bits, int lowest_exponent, float overflow) {
    if (std::isnan(x) || std::isinf(x) || x == 0) return x;
    int exponent = 0;
    (void)std::frexp(static_cast<long double>(x), &exponent);
    const int unit = std::max(exponent - 1, lowest_exponent) - fraction_bits;
    const long double rounded = std::ldexp(std::rint(std::ldexp(static_cast<long double>(x), -unit)), unit);
    return std::fabs(rounded) >= static_cast<long double>(overflow) ? std::copysign(INFINITY, x) : static_cast<float>(rounded);
}
template <class T>
index_t wrong_narrowings(const tf::cpu& where, int fraction_bits, int lowest_exponent, float overflow) {
    // Every 251st float: all exponents, both signs, NaNs and infinities.
    constexpr index_t count = 1 << 16;
    constexpr std::uint64_t step = 251;
    std::vector<float> x(count);
    std::vector<T> y(count);
    index_t wrong = 0;
    for (std::uint64_t first = 0; first < (std::uint64_t{1} << 32); first += step * count * 8) {
        for (index_t i = 0; i < count; ++i)
            x[static_cast<std::size_t>(i)] = std::bit_cast<float>(static_cast<std::uint32_t>(first + static_cast<std::uint64_t>(i) * step));
        tf::convert(where, tf::tensor_view<const float, 1>(x.data(), {count}), tf::tensor_view<T, 1>(y.data(), {count}));
        for (std::size_t i = 0; i < x.size(); ++i) {
            const float expected = nearest(x[i], fraction_bits, lowest_exponent, overflow);
            if (!tf::testing::same_value(static_cast<float>(y[i]), expected)) ++wrong;
        }
    }
    return wrong;
}
}  // namespace

TEST_CASE("float to half and bfloat16 rounds as the format's definition says, sampled over all exponents [E54][H45]") {
    support::for_each_setting(tf::cpu{.threads = 1}, [](const tf::cpu& where, const std::string& setting) {
        INFO(setting);
        if (where.threads != 1) return;
        CHECK(wrong_narrowings<tf::half>(where, 10, -14, 65536.0f) == 0);
        CHECK(wrong_narrowings<tf::bfloat16>(where, 7, -126, INFINITY) == 0);
    });
}

TEST_CASE("every pattern of half and bfloat16 survives the way to float and back [E54][H45]") {
    on_every_backend([](const auto& where) {
        const auto round_trip = [&]<class T>(T) {
            tf::tensor<T, 1> x({65536});
            for (index_t i = 0; i < 65536; ++i) x(i) = T::from_bits(static_cast<std::uint16_t>(i));
            const auto back = tf::convert<T>(where, tf::convert<float>(where, x));
            return tf::testing::compare_exact(back.view(), tf::tensor_view<const T, 1>(x)).ok();
        };
        CHECK(round_trip(tf::half{}));
        CHECK(round_trip(tf::bfloat16{}));
    });
}

TEST_CASE("copy and transposing copy move signalling NaNs and every other bit, in place too [E52][E51][H12]") {
    on_every_backend([](const auto& where) {
        tf::tensor<float, 2> x({33, 47});
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = std::bit_cast<float>(0x7f800001u + static_cast<std::uint32_t>(i));
        tf::tensor<float, 2> y({47, 33});
        tf::copy(where, x, y.transposed());
        const auto z = tf::copy_to(where, y.transposed());
        CHECK(std::memcmp(z.data(), x.data(), static_cast<std::size_t>(x.size()) * 4) == 0);
        tf::copy(where, z, z.clone());
        tf::copy(where, x, x);
        CHECK(std::memcmp(z.data(), x.data(), static_cast<std::size_t>(x.size()) * 4) == 0);
    });
}

TEST_CASE("float to integer rounds half to even, saturates, and NaN becomes 0 [E53][H44]") {
    const float inf = std::numeric_limits<float>::infinity();
    const float x[] = {0.5f, 1.5f,   2.5f, -0.5f, -1.5f, -2.5f, 126.5f, 127.5f, 128, -128.5f,
                       -129, 255.4f, 256,  3e9f,  -3e9f, 1e30f, inf,    -inf,   NAN, -NAN};
    const std::int8_t s8[] = {0, 2, 2, 0, -2, -2, 126, 127, 127, -128, -128, 127, 127, 127, -128, 127, 127, -128, 0, 0};
    const std::uint8_t u8[] = {0, 2, 2, 0, 0, 0, 126, 128, 128, 0, 0, 255, 255, 255, 0, 255, 255, 0, 0, 0};
    constexpr auto top = std::numeric_limits<std::int32_t>::max();
    constexpr auto bottom = std::numeric_limits<std::int32_t>::min();
    const std::int32_t s32[] = {0, 2, 2, 0, -2, -2, 126, 128, 128, -128, -129, 255, 256, top, bottom, top, top, bottom, 0, 0};
    constexpr index_t n = std::size(x);
    on_every_backend([&](const auto& where) {
        const tf::tensor_view<const float, 1> view(x, {n});
        const auto a = tf::convert<std::int8_t>(where, view);
        const auto b = tf::convert<std::uint8_t>(where, view);
        const auto c = tf::convert<std::int32_t>(where, view);
        for (index_t i = 0; i < n; ++i) {
            CAPTURE(i);
            CHECK(a(i) == s8[i]);
            CHECK(b(i) == u8[i]);
            CHECK(c(i) == s32[i]);
        }
    });
}

TEST_CASE("double to half rounds once, overflow is Inf or the largest value [E54]") {
    // 1 + 2^-11 + 2^-40 lies above the tie that float would round it to.
    const double x[] = {1 + 0x1p-11 + 0x1p-40, 1 + 0x1p-11, 65519.99, 65520, -1e300, INFINITY};
    const float plain[] = {1 + 0x1p-10f, 1, 65504, INFINITY, -INFINITY, INFINITY};
    const float saturated[] = {1 + 0x1p-10f, 1, 65504, 65504, -65504, INFINITY};
    on_every_backend([&](const auto& where) {
        const tf::tensor_view<const double, 1> view(x, {6});
        const auto y = tf::convert<tf::half>(where, view);
        const auto z = tf::convert<tf::half>(where, view, {.saturate = true});
        for (index_t i = 0; i < 6; ++i) {
            CHECK(static_cast<float>(y(i)) == plain[i]);
            CHECK(static_cast<float>(z(i)) == saturated[i]);
        }
    });
}

TEST_CASE("transform calls its functor once per element, and passes its exception on [E56][T08]") {
    on_every_backend([](const auto& where) {
        tf::tensor<tf::half, 2> x({70, 300});
        tf::tensor<tf::half, 1> row({300});
        tf::tensor<float, 2> y({70, 300});
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 100);
        for (index_t i = 0; i < 300; ++i) row(i) = 1.0f;
        std::atomic<index_t> calls{0};
        tf::transform(
            where,
            [&](float a, float b) {
                ++calls;
                return a + b;
            },
            x, row, y);
        CHECK(calls == 70 * 300);
        CHECK(y(1, 5) == 6);
        const auto throwing = [](float) -> float { throw std::runtime_error("no"); };
        CHECK_THROWS_AS(tf::transform(where, throwing, x, y), std::runtime_error);
        CHECK(tf::transform(std::nothrow, where, throwing, x, y).code() == tf::status_code::functor_threw);
    });
}

TEST_CASE("element-wise outputs may be an input exactly; other overlap is refused before a write [E51][H12]") {
    on_every_backend([](const auto& where) {
        tf::tensor<float, 1> x({100});
        for (index_t i = 0; i < 100; ++i) x(i) = static_cast<float>(i);
        tf::transform(where, tf::relu{} | tf::scale(2.0f), x, x);
        CHECK(x(99) == 198);
        tf::convert(where, x, tf::tensor_view<std::int32_t, 1>(reinterpret_cast<std::int32_t*>(x.data()), {100}));
        CHECK(reinterpret_cast<const std::int32_t*>(x.data())[99] == 198);
        const auto shifted = x.slice(0, 1, 100);
        const auto rest = x.slice(0, 0, 99);
        CHECK(tf::copy(std::nothrow, where, rest, shifted).code() == tf::status_code::shape);
        CHECK(tf::convert(std::nothrow, where, rest, shifted).code() == tf::status_code::shape);
        CHECK(tf::transform(std::nothrow, where, tf::relu{}, rest, shifted).code() == tf::status_code::shape);
        tf::copy(where, x.slice(0, 0, 100, 2), x.slice(0, 1, 100, 2));  // interleaved: no element shared
        CHECK(reinterpret_cast<const std::int32_t*>(x.data())[1] == 0);
    });
}

TEST_CASE("transform says which input does not broadcast [E01]") {
    tf::tensor<float, 2> x({3, 5});
    tf::tensor<float, 2> y({3, 7});
    const tf::status s = tf::transform(std::nothrow, tf::cpu{}, tf::relu{}, x, y);
    CHECK(s.message() ==
          "transform: input 1 has extents (3, 5), y has (3, 7); input 1.extent(1) = 5 must be 1 or y.extent(1) = 7. "
          "Missing leading axes broadcast; no other do");
}
