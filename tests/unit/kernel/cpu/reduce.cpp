// SPDX-License-Identifier: Apache-2.0
// Reductions, arg-reductions and scans at their edges, on every instruction set, against oracles of their own.
#include <tenfold/exec/cpu.hpp>
#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/cpu/arg_reduce.hpp>
#include <tenfold/kernel/cpu/reduce.hpp>
#include <tenfold/kernel/cpu/scan.hpp>
#include <tenfold/kernel/reference/arg_reduce.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace tf = tenfold;
using tf::index_t;

namespace {
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

template <class F>
void on_every_isa(const F& f) {
    for (const char* isa : tf::available_isas()) {
        CAPTURE(isa);
        for (const int threads : {1, 3}) f(support::cpu_with(threads, isa));
    }
}
template <class T>
tf::tensor_view<const T, 1> view_of_vector(const std::vector<T>& v) {
    return {v.data(), {static_cast<index_t>(v.size())}};
}
template <class T>
bool same_bits(T a, T b) {
    return std::memcmp(&a, &b, sizeof(T)) == 0;
}
/// FNV-1a of the bytes.
template <class T, std::size_t Rank>
std::uint64_t hash_of(const tf::tensor<T, Rank>& x) {
    std::uint64_t hash = 14695981039346656037u;
    const auto* bytes = reinterpret_cast<const unsigned char*>(x.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(x.size()) * sizeof(T); ++i) hash = (hash ^ bytes[i]) * 1099511628211u;
    return hash;
}
/// Numbers with all bits in use, the same on every platform.
float noise(index_t i) {
    const auto word = static_cast<std::uint32_t>(static_cast<std::uint64_t>(i + 1) * 0x9e3779b97f4a7c15u >> 33);
    return static_cast<float>(word) * 0x1p-30f - 1.0f;
}
}  // namespace

TEST_CASE("a NaN at any place is the max and the min, as the one quiet NaN, or is ignored [E32][H08]") {
    on_every_isa([](const tf::cpu& where) {
        for (const index_t n : {1, 2, 15, 16, 17, 63, 64, 65, 200}) {
            for (index_t at = 0; at < n; at += n > 20 ? 7 : 1) {
                for (const std::uint32_t pattern : {0x7fc00000u, 0xffc00001u, 0x7f800001u, 0xff800001u}) {
                    std::vector<float> x(static_cast<std::size_t>(n), -3.0f);
                    x[static_cast<std::size_t>(n / 2)] = infinity;
                    x[static_cast<std::size_t>(at)] = std::bit_cast<float>(pattern);
                    const auto all = tf::axes{0};
                    CHECK(std::bit_cast<std::uint32_t>(tf::max(where, view_of_vector(x), all)()) == 0x7fc00000u);
                    CHECK(std::bit_cast<std::uint32_t>(tf::min(where, view_of_vector(x), all)()) == 0x7fc00000u);
                    CHECK(tf::argmax(where, view_of_vector(x), all)() == at);
                    CHECK(tf::argmin(where, view_of_vector(x), all)() == at);
                    if (n == 1) continue;
                    const float largest = at == n / 2 ? -3.0f : infinity;
                    CHECK(tf::max(where, view_of_vector(x), all, {.nan = tf::nan::ignore})() == largest);
                    CHECK(tf::min(where, view_of_vector(x), all, {.nan = tf::nan::ignore})() == (n == 2 && at != n / 2 ? infinity : -3.0f));
                }
            }
        }
        const std::vector<float> nothing_else(70, not_a_number);
        CHECK(std::bit_cast<std::uint32_t>(tf::max(where, view_of_vector(nothing_else), tf::axes{0}, {.nan = tf::nan::ignore})()) ==
              0x7fc00000u);
        CHECK(tf::argmax(where, view_of_vector(nothing_else), tf::axes{0}, {.nan = tf::nan::ignore})() == 0);
        CHECK(tf::argmin(where, view_of_vector(nothing_else), tf::axes{0}, {.nan = tf::nan::ignore})() == 0);
    });
}

TEST_CASE("+0 is above -0 in max and min; in argmax and argmin they tie and the first wins [E33][E34]") {
    on_every_isa([](const tf::cpu& where) {
        for (const index_t n : {2, 3, 17, 65, 100}) {
            for (index_t at = 0; at < n; at += 3) {
                std::vector<float> x(static_cast<std::size_t>(n), -0.0f);
                x[static_cast<std::size_t>(at)] = 0.0f;
                CHECK(same_bits(tf::max(where, view_of_vector(x), tf::axes{0})(), 0.0f));
                CHECK(same_bits(tf::min(where, view_of_vector(x), tf::axes{0})(), -0.0f));
                CHECK(tf::argmax(where, view_of_vector(x), tf::axes{0})() == 0);
                CHECK(tf::argmin(where, view_of_vector(x), tf::axes{0})() == 0);
                const auto [value, index] = tf::max_with_index(where, view_of_vector(x), tf::axes{0});
                CHECK(same_bits(value(), x[0]));
                CHECK(index() == 0);
            }
        }
    });
}

TEST_CASE("argmax takes the lowest of equal indices, over several axes the row-major one [E34]") {
    on_every_isa([](const tf::cpu& where) {
        tf::tensor<std::int8_t, 3> x({5, 40, 7});
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = std::numeric_limits<std::int8_t>::min();
        CHECK(tf::argmax(where, x, tf::axes{0, 1, 2})() == 0);
        x(3, 20, 4) = 5;
        x(1, 39, 6) = 5;
        CHECK(tf::argmax(where, x, tf::axes{0, 1, 2})() == (1 * 40 + 39) * 7 + 6);
        CHECK(tf::argmax(where, x, tf::axes{2, 0})(39) == 1 * 7 + 6);
        CHECK(tf::argmax(where, x, tf::axes{0, 2})(20) == 3 * 7 + 4);
        CHECK(tf::argmax(where, x.view().transposed(), tf::axes{0, 1, 2})() == (4 * 40 + 20) * 5 + 3);
    });
}

TEST_CASE("a reduction of nothing is the identity; max, min and arg* refuse it before any write [E35]") {
    const tf::tensor_view<const float, 2> nothing(nullptr, {3, 0});
    on_every_isa([&](const tf::cpu& where) {
        tf::tensor<float, 1> y({3});
        const auto all_are = [&](float value) { return same_bits(y(0), value) && same_bits(y(1), value) && same_bits(y(2), value); };
        tf::sum(where, nothing, tf::axes{1}, y);
        CHECK(all_are(0.0f));
        tf::prod(where, nothing, tf::axes{1}, y);
        CHECK(all_are(1.0f));
        tf::norm1(where, nothing, tf::axes{1}, y);
        CHECK(all_are(0.0f));
        tf::norm2(where, nothing, tf::axes{1}, y);
        CHECK(all_are(0.0f));
        tf::log_sum_exp(where, nothing, tf::axes{1}, y);
        CHECK(all_are(-infinity));
        tf::mean(where, nothing, tf::axes{1}, y);
        CHECK(std::isnan(y(1)));
        tf::variance(where, nothing, tf::axes{1}, y);
        CHECK(std::isnan(y(2)));
        CHECK_FALSE(tf::any(where, nothing, tf::axes{1})(0));
        CHECK(tf::all(where, nothing, tf::axes{1})(0));
        y(0) = y(1) = y(2) = 7;
        const tf::status s = tf::max(std::nothrow, where, nothing, tf::axes{1}, y);
        CHECK(s.code() == tf::status_code::shape);
        CHECK(s.message() == "max: x has extents (3, 0): there is no max of nothing. Skip the call where the reduced axes are empty");
        CHECK(all_are(7.0f));
        CHECK_THROWS_AS((void)tf::argmin(where, nothing, tf::axes{1}), tf::shape_error);
        CHECK(tf::max(where, nothing, tf::axes{0}).size() == 0);
        CHECK(tf::sum(where, nothing, tf::axes{0}).size() == 0);
    });
}

TEST_CASE("axes count from the end, may not repeat or leave the range, and none means none [E36]") {
    tf::tensor<float, 3> x({2, 3, 4});
    for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i);
    on_every_isa([&](const tf::cpu& where) {
        CHECK(tf::sum(where, x, tf::axes{-1})(1, 2) == 20 + 21 + 22 + 23);
        CHECK(tf::sum(where, x, tf::axes{-2, 0})(3) == 3 + 7 + 11 + 15 + 19 + 23);
        const auto same = tf::sum(where, x, tf::axes{});
        CHECK(same(1, 2, 3) == 23);
        tf::tensor<float, 3> kept({1, 3, 1});
        tf::sum(where, x, tf::axes{0, 2}, kept);
        CHECK(kept(0, 1, 0) == 4 + 5 + 6 + 7 + 16 + 17 + 18 + 19);
        tf::tensor<float, 1> y({4});
        CHECK(tf::sum(std::nothrow, where, x, tf::axes{1, -2}, y).message() ==
              "sum: axes (1, -2): axis -2 is named twice; name each axis once");
        CHECK(tf::sum(std::nothrow, where, x, tf::axes{0, 3}, y).message() ==
              "sum: axes (0, 3): axis 3 is out of range for x of rank 3; use -3..2");
        CHECK(tf::sum(std::nothrow, where, x, tf::axes{0, 2}, y).message() ==
              "sum: y has extents (4); x is (2, 3, 4) and its reduction (3). Give y the extents (3)");
    });
}

TEST_CASE("sums: -0 alone stays -0, 10^8 ones are 10^8, integers wrap [E37]") {
    on_every_isa([](const tf::cpu& where) {
        for (const index_t n : {1, 3, 16, 63, 64, 65, 20000}) {
            const std::vector<float> zeros(static_cast<std::size_t>(n), -0.0f);
            CHECK(same_bits(tf::sum(where, view_of_vector(zeros), tf::axes{0})(), -0.0f));
            const tf::tensor_view<const float, 2> square(zeros.data(), {n, 20}, {1, 0});
            CHECK(same_bits(tf::sum(where, square, tf::axes{0})(19), -0.0f));
        }
        const float one = 1;
        const tf::tensor_view<const float, 1> ones(&one, {100000000}, {0});
        if (where.threads != 1) CHECK(tf::sum(where, ones, tf::axes{0})() == 1e8f);
        const std::int32_t most = std::numeric_limits<std::int32_t>::max();
        const tf::tensor_view<const std::int32_t, 1> many(&most, {100003}, {0});
        CHECK(tf::sum(where, many, tf::axes{0})() == index_t{100003} * most);
        tf::tensor<std::int8_t, 1> narrow({1});
        tf::sum(where, many, tf::axes{0}, narrow);
        CHECK(narrow(0) == static_cast<std::int8_t>(index_t{100003} * most));
        const std::uint8_t byte = 255;
        const tf::tensor_view<const std::uint8_t, 2> bytes(&byte, {40000, 70}, {0, 0});
        CHECK(tf::sum(where, bytes, tf::axes{0})(69) == 40000 * 255);
        CHECK(tf::sum(where, bytes, tf::axes{0, 1})() == 40000 * 255 * 70);
    });
}

TEST_CASE("16-bit elements are summed in float: 65536 ones are 65536, in half they are Inf [E16][H10]") {
    on_every_isa([](const tf::cpu& where) {
        const std::vector<tf::half> ones(65536, tf::half(1.0f));
        tf::tensor<float, 1> wide({1});
        tf::sum(where, view_of_vector(ones), tf::axes{0}, wide);
        CHECK(wide(0) == 65536.0f);
        CHECK(static_cast<float>(tf::sum(where, view_of_vector(ones), tf::axes{0})()) == infinity);
        CHECK(static_cast<float>(tf::mean(where, view_of_vector(ones), tf::axes{0})()) == 1.0f);
    });
}

TEST_CASE("sum, mean, variance and norm2 against long double [E38]") {
    constexpr index_t n = 300007;
    std::vector<float> x(n);
    for (index_t i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = 1000 + noise(i);
    long double total = 0;
    long double squares = 0;
    for (const float v : x) total += v;
    const long double centre = total / n;
    long double spread = 0;
    for (const float v : x) {
        spread += (v - centre) * (v - centre);
        squares += static_cast<long double>(v) * v;
    }
    const auto near = [](float value, long double exact, double relative) { return std::abs(value - exact) <= relative * std::abs(exact); };
    on_every_isa([&](const tf::cpu& where) {
        const auto v = view_of_vector(x);
        CHECK(near(tf::sum(where, v, tf::axes{0})(), total, 1e-6));
        CHECK(near(tf::mean(where, v, tf::axes{0})(), centre, 1e-6));
        CHECK(near(tf::variance(where, v, tf::axes{0})(), spread / n, 0x1p-23));
        CHECK(near(tf::variance(where, v, tf::axes{0}, {.correction = 1})(), spread / (n - 1), 0x1p-23));
        CHECK(near(tf::norm2(where, v, tf::axes{0})(), std::sqrt(squares), 0x1p-23));
        CHECK(std::isnan(tf::variance(where, v.slice(0, 0, 1), tf::axes{0}, {.correction = 1})()));
        CHECK(tf::variance(where, v.slice(0, 0, 1), tf::axes{0})() == 0);
    });
}

TEST_CASE("norm2 neither overflows nor vanishes [E38]") {
    on_every_isa([](const tf::cpu& where) {
        for (const double scale : {1e300, 1e-300, 1.0, 0x1p-1070, 0x1p1020}) {
            const std::vector<double> x{3 * scale, 4 * scale};
            CHECK(tf::norm2(where, view_of_vector(x), tf::axes{0})() == doctest::Approx(5 * scale).epsilon(1e-15));
        }
        const std::vector<float> large{3e38f, 1e38f};
        CHECK(tf::norm2(where, view_of_vector(large), tf::axes{0})() == doctest::Approx(3.1622776e38).epsilon(1e-6));
        const std::vector<double> mixed{1, std::numeric_limits<double>::infinity()};
        CHECK(std::isinf(tf::norm2(where, view_of_vector(mixed), tf::axes{0})()));
        CHECK(tf::norm2(where, view_of_vector(std::vector<double>(70, 0.0)), tf::axes{0})() == 0);
    });
}

TEST_CASE("log_sum_exp: NaN, +Inf, all -Inf, and no overflow of large rows [E40]") {
    on_every_isa([](const tf::cpu& where) {
        const auto of = [&](std::vector<float> x) { return tf::log_sum_exp(where, view_of_vector(x), tf::axes{0})(); };
        CHECK(std::isnan(of({1, not_a_number, infinity})));
        CHECK(of({1, infinity, -infinity}) == infinity);
        CHECK(of({-infinity, -infinity}) == -infinity);
        CHECK(of({1000, 1000}) == doctest::Approx(1000.6931472).epsilon(1e-7));
        CHECK(of({-1000, -1000}) == doctest::Approx(-999.3068528).epsilon(1e-7));
        CHECK(of(std::vector<float>(40000, 2.0f)) == doctest::Approx(2 + std::log(40000.0)).epsilon(1e-6));
        CHECK(of({-infinity, 5}) == 5);
    });
}

TEST_CASE("cumulative_sum: NaN sticks, chunks join, -0 stays [E39]") {
    on_every_isa([](const tf::cpu& where) {
        std::vector<float> x(5000, 1.0f);
        const auto y = tf::cumulative_sum(where, view_of_vector(x), 0);
        bool counts = true;
        for (index_t i = 0; i < y.size(); ++i) counts = counts && y(i) == static_cast<float>(i + 1);
        CHECK(counts);
        x[2500] = not_a_number;
        const auto z = tf::cumulative_sum(where, view_of_vector(x), -1);
        CHECK(z(2499) == 2500);
        bool sticks = true;
        for (index_t i = 2500; i < z.size(); ++i) sticks = sticks && std::isnan(z(i));
        CHECK(sticks);
        CHECK(same_bits(tf::cumulative_sum(where, view_of_vector(std::vector<float>(3000, -0.0f)), 0)(2999), -0.0f));
        tf::tensor<float, 1> same({4});
        CHECK(tf::cumulative_sum(std::nothrow, where, same, 0, same).code() == tf::status_code::shape);
    });
}

TEST_CASE("an output that shares an element with x is refused [E42]") {
    tf::tensor<float, 2> x({4, 4});
    CHECK(tf::sum(std::nothrow, tf::cpu{}, x, tf::axes{1}, tf::tensor_view<float, 1>(x.data() + 3, {4}, {4})).code() ==
          tf::status_code::shape);
    CHECK(tf::sum(std::nothrow, tf::cpu{}, x, tf::axes{}, x).code() == tf::status_code::shape);
}

TEST_CASE("bits do not depend on threads or alignment [E10][E15][H22][H23][H46]") {
    constexpr index_t n = 600000;
    std::vector<float> buffer(n + 16);
    for (const char* isa : tf::available_isas()) {
        CAPTURE(isa);
        const auto hash = [&](index_t offset, int threads) {
            for (index_t i = 0; i < n; ++i) buffer[static_cast<std::size_t>(offset + i)] = noise(i);
            const tf::tensor_view<const float, 3> x(buffer.data() + offset, {30, 200, 100});
            const tf::cpu where = support::cpu_with(threads, isa);
            std::uint64_t all = 0;
            const auto mix = [&](const auto& y) { all = all * 31 + hash_of(y); };
            mix(tf::sum(where, x, tf::axes{0, 1, 2}));
            mix(tf::sum(where, x, tf::axes{0}));
            mix(tf::sum(where, x, tf::axes{1}));
            mix(tf::sum(where, x, tf::axes{2}));
            mix(tf::sum(where, x, tf::axes{0, 2}));
            mix(tf::sum(where, x.slice(2, 0, 100, 3), tf::axes{0, 1}));
            mix(tf::variance(where, x, tf::axes{0, 1}));
            mix(tf::log_sum_exp(where, x, tf::axes{1, 2}));
            mix(tf::norm2(where, x, tf::axes{0, 1}));
            mix(tf::prod(where, x, tf::axes{2}));
            mix(tf::cumulative_sum(where, x.reshaped<1>({n}), 0));
            return all;
        };
        const std::uint64_t one = hash(0, 1);
        for (const int threads : {2, 3, 5, 8}) CHECK(hash(0, threads) == one);
        for (const index_t offset : {1, 3, 7, 15}) CHECK(hash(offset, 3) == one);
    }
}

namespace {
struct largest {
    using value_type = float;
    static float identity() { return 0; }
    float operator()(float a, float b) const { return a > b ? a : b; }
};
}  // namespace

TEST_CASE("every reduction refuses the name of an instruction set that is none, whatever it would run") {
    const std::vector<float> values(24, 1.0f);
    const auto x = view_of_vector(values);
    const tf::cpu none{.isa = "none"};
    CHECK_THROWS_AS((void)tf::sum(none, x, tf::axes{0}), tf::unsupported_error);
    CHECK_THROWS_AS((void)tf::sum(none, x, tf::axes{0}, {.bits = tf::determinism::cross_device}), tf::unsupported_error);
    tf::tensor<float, 0> y{tf::index_array<0>{}};
    CHECK_THROWS_AS(tf::reduce(none, x, tf::axes{0}, largest{}, y), tf::unsupported_error);
}

TEST_CASE("sums have the same bits on every instruction set: lanes are virtual") {
    constexpr index_t n = 100003;
    std::vector<float> x(n);
    for (index_t i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = noise(i);
    const float expected = tf::sum(tf::cpu{.isa = "baseline"}, view_of_vector(x), tf::axes{0})();
    for (const char* isa : tf::available_isas()) CHECK(same_bits(tf::sum(tf::cpu{.isa = isa}, view_of_vector(x), tf::axes{0})(), expected));
}

namespace {
/// The elements of each row of x in `width` lanes, those behind its end empty, combined by halves.
template <class T, class Combine>
std::vector<T> folded_rows(const tf::tensor_view<const T, 2>& x, index_t width, T empty, const Combine& combine) {
    std::vector<T> results;
    for (index_t row = 0; row < x.extent(0); ++row) {
        std::vector<T> lane(static_cast<std::size_t>(width), empty);
        for (index_t i = 0; i < x.extent(1); ++i) lane[static_cast<std::size_t>(i)] = x(row, i);
        for (auto half = static_cast<std::size_t>(width) / 2; half > 0; half /= 2) {
            for (std::size_t i = 0; i < half; ++i) lane[i] = combine(lane[i], lane[i + half]);
        }
        results.push_back(lane[0]);
    }
    return results;
}
}  // namespace

TEST_CASE("short rows are combined by halves, and what lies behind them counts for nothing [E37][H22]") {
    constexpr index_t rows = 37;
    constexpr index_t pitch = 40;
    std::vector<float> buffer(rows * pitch);
    for (const index_t n : {2, 3, 4, 5, 8, 9, 16, 17, 31, 32}) {
        for (const index_t step : {n, pitch}) {
            CAPTURE(n);
            CAPTURE(step);
            std::fill(buffer.begin(), buffer.end(), not_a_number);
            const tf::tensor_view<float, 2> x(buffer.data(), {rows, n}, {step, 1});
            for (index_t row = 0; row < rows; ++row) {
                for (index_t i = 0; i < n; ++i) x(row, i) = row == 5 ? -0.0f : noise(row * n + i);
            }
            const index_t width = n <= 4 ? 4 : n <= 8 ? 8 : n <= 16 ? 16 : 32;
            const tf::tensor_view<const float, 2> rows_of_x = x;
            const auto sums = folded_rows<float>(rows_of_x, width, -0.0f, [](float a, float b) { return a + b; });
            const auto largest = folded_rows<float>(rows_of_x, width, -infinity, [](float a, float b) { return a < b ? b : a; });
            on_every_isa([&](const tf::cpu& where) {
                const auto sum = tf::sum(where, x, tf::axes{1});
                const auto most = tf::max(where, x, tf::axes{1});
                for (index_t row = 0; row < rows; ++row) {
                    const auto at = static_cast<std::size_t>(row);
                    // Rows with gaps are transposed instead, unless no load reaches into the gaps: added one after the other.
                    const bool halves = step == n || n == width;
                    CHECK((halves ? same_bits(sum(row), sums[at]) : std::abs(sum(row) - sums[at]) <= 1e-5f));
                    CHECK(most(row) == largest[at]);
                }
                CHECK(same_bits(sum(5), -0.0f));
            });
        }
    }
}

TEST_CASE("axes with another between them, and rows of bytes and halves, against plain sums [E36]") {
    const auto check = [](auto zero, const tf::index_array<3>& extents) {
        using T = decltype(zero);
        tf::tensor<T, 3> x(extents);
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(static_cast<float>(i * 7 % 11));
        std::vector<double> middle(static_cast<std::size_t>(extents[1]));
        std::vector<double> last(static_cast<std::size_t>(extents[0] * extents[1]));
        for (index_t i = 0; i < x.size(); ++i) {
            const index_t row = i / extents[2];
            const auto value = static_cast<double>(static_cast<float>(x.data()[i]));
            middle[static_cast<std::size_t>(row % extents[1])] += value;
            last[static_cast<std::size_t>(row)] += value;
        }
        on_every_isa([&](const tf::cpu& where) {
            bool same = true;
            const auto over_both = tf::sum(where, x, tf::axes{0, 2});
            const auto over_last = tf::sum(where, x, tf::axes{2});
            for (index_t i = 0; i < over_both.size(); ++i) {
                same = same && static_cast<double>(static_cast<float>(over_both(i))) == middle[static_cast<std::size_t>(i)];
            }
            for (index_t i = 0; i < x.size() / extents[2]; ++i) {
                same = same && static_cast<double>(static_cast<float>(over_last.data()[i])) == last[static_cast<std::size_t>(i)];
            }
            CHECK(same);
        });
    };
    for (const index_t n : {2, 3, 7, 16, 31, 33, 49, 100}) {
        CAPTURE(n);
        check(float{}, {9, 20, n});
        check(tf::half{}, {1, 20, n});
        check(std::uint8_t{}, {9, 20, n});
        check(std::int32_t{}, {9, 20, n});
    }
}

TEST_CASE("every half is the float that it says, NaNs quiet, on every instruction set [E16][H10]") {
    tf::tensor<tf::half, 1> x({65536});
    for (index_t i = 0; i < x.size(); ++i) x(i).bits = static_cast<std::uint16_t>(i);
    on_every_isa([&](const tf::cpu& where) {
        tf::tensor<float, 1> y({65536});
        tf::sum(where, x, tf::axes{}, y);
        index_t different = 0;
        for (index_t i = 0; i < x.size(); ++i) different += same_bits(y(i), static_cast<float>(x(i))) ? 0 : 1;
        CHECK(different == 0);
    });
}

TEST_CASE("argmax of short rows and of rows that end within a step, ties and NaN included [E34]") {
    const auto check = [](auto zero, index_t rows, index_t n, index_t step) {
        using T = decltype(zero);
        std::vector<T> buffer(static_cast<std::size_t>(rows * step));
        const tf::tensor_view<T, 2> x(buffer.data(), {rows, n}, {step, 1});
        for (index_t row = 0; row < rows; ++row) {
            for (index_t i = 0; i < n; ++i) x(row, i) = static_cast<T>(static_cast<float>((row * 31 + i * i * 7) % 23));
        }
        std::vector<index_t> expected;
        for (index_t row = 0; row < rows; ++row) {
            index_t best = 0;
            for (index_t i = 1; i < n; ++i) {
                if (static_cast<float>(x(row, best)) < static_cast<float>(x(row, i))) best = i;
            }
            expected.push_back(best);
        }
        on_every_isa([&](const tf::cpu& where) {
            const auto y = tf::argmax(where, x, tf::axes{1});
            CHECK(std::vector<index_t>(y.data(), y.data() + rows) == expected);
        });
    };
    for (const index_t n : {2, 3, 7, 8, 20, 31, 32, 33, 50, 100, 127, 130, 300, 9000}) {
        CAPTURE(n);
        const index_t rows = n < 40 ? 137 : 5;
        check(float{}, rows, n, n);
        check(float{}, rows, n, n + 3);
        check(tf::half{}, rows, n, n);
        check(std::int32_t{}, rows, n, n);
        check(std::int8_t{}, rows, n, n);
    }
}

TEST_CASE("argmax and argmin of rows: the first of +0 and -0, the first NaN of any payload, NaN ignored, extremes of integers [E34]") {
    const auto check = [](auto zero, const auto& fill) {
        using T = decltype(zero);
        for (const index_t n : {40, 75, 300}) {
            CAPTURE(n);
            tf::tensor<T, 2> x({21, n});
            for (index_t row = 0; row < 21; ++row) {
                for (index_t i = 0; i < n; ++i) x(row, i) = fill(row, i, n);
            }
            on_every_isa([&](const tf::cpu& where) {
                for (const tf::nan nan : {tf::nan::propagate, tf::nan::ignore}) {
                    const auto same = [](const auto& y, const auto& z) { return hash_of(y) == hash_of(z); };
                    CHECK(same(tf::argmax(where, x, tf::axes{1}, {.nan = nan}), tf::argmax(tf::reference{}, x, tf::axes{1}, {.nan = nan})));
                    CHECK(same(tf::argmin(where, x, tf::axes{1}, {.nan = nan}), tf::argmin(tf::reference{}, x, tf::axes{1}, {.nan = nan})));
                }
            });
        }
    };
    const auto floats = [](index_t row, index_t i, index_t n) {
        const std::uint32_t nans[] = {0x7fc00001u, 0xffffffffu, 0x7f800001u};
        if (row % 3 == 0) return i == 3 || i == n - 2 ? -0.0f : i == n / 2 ? 0.0f : (row % 2 == 0 ? -1.0f : 1.0f);
        if (row % 3 == 1 && i >= row && i % 9 == 0) return std::bit_cast<float>(nans[i / 9 % 3]);
        return row == 2 ? std::bit_cast<float>(nans[i % 3]) : row == 5 ? -infinity : noise(row * n + i);
    };
    check(float{}, floats);
    check(double{}, [&](index_t row, index_t i, index_t n) { return static_cast<double>(floats(row, i, n)); });
    check(tf::half{}, [&](index_t row, index_t i, index_t n) { return tf::half(floats(row, i, n)); });
    check(std::int32_t{}, [](index_t row, index_t i, index_t n) {
        return i == n - 1 - row ? (std::numeric_limits<std::int32_t>::max)() : (std::numeric_limits<std::int32_t>::min)();
    });
}

TEST_CASE("views of every 2nd to 5th element, along them and across, against plain sums [E36][H22]") {
    const auto check = [](auto zero) {
        using T = decltype(zero);
        for (const index_t n : {1, 17, 130, 5001}) {
            for (const index_t step : {2, 3, 4, 5}) {
                CAPTURE(n);
                CAPTURE(step);
                tf::tensor<T, 2> x({3, (n - 1) * step + 1});
                for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(static_cast<float>(i * 7 % 11));
                const auto view = x.slice(1, 0, x.extent(1), step);
                double along = 0;
                double across = 0;
                for (index_t i = 0; i < n; ++i) {
                    along += static_cast<double>(static_cast<float>(view(1, i)));
                    across = static_cast<double>(static_cast<float>(view(0, i))) + static_cast<double>(static_cast<float>(view(1, i))) +
                             static_cast<double>(static_cast<float>(view(2, i)));
                }
                on_every_isa([&](const tf::cpu& where) {
                    tf::tensor<float, 1> rows({3});
                    tf::tensor<float, 1> columns({n});
                    tf::sum(where, view, tf::axes{1}, rows);
                    tf::sum(where, view, tf::axes{0}, columns);
                    CHECK(static_cast<double>(rows(1)) == along);
                    CHECK(static_cast<double>(columns(n - 1)) == across);
                });
            }
        }
    };
    check(tf::half{});
    check(float{});
}
