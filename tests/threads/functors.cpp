// SPDX-License-Identifier: Apache-2.0
// User functors: called exactly once per element on the finished sum; what they throw arrives, and nothing leaks.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <string>
#include <support/settings.hpp>
#include <vector>

using tenfold::index_t;
using tenfold::tensor;

TEST_CASE("an epilogue is called exactly once per element, on the finished sum, with its own indices [E56]") {
    tenfold::testing::generator random(support::seed());
    const auto check = [&](const auto& where, const std::string& name) {
        for (const auto& shape : {std::array<index_t, 3>{1, 1, 1}, {29, 67, 800}, {150, 131, 67}, {3, 200, 0}, {64, 64, 385}}) {
            const index_t m = shape[0], n = shape[1], k = shape[2];
            INFO(name << " m " << m << " n " << n << " k " << k);
            tensor<float, 3> a({2, m, k}), b({2, k, n});
            tenfold::testing::fill_integers(a.view(), random, 20);
            tenfold::testing::fill_integers(b.view(), random, 20);
            const auto sums = tenfold::matmul(tenfold::reference{}, a, b);
            std::vector<std::atomic<int>> calls(static_cast<std::size_t>(2 * m * n));
            std::atomic<int> unfinished{0};
            const auto epilogue = [&](float sum, index_t batch, index_t i, index_t j) {
                ++calls[static_cast<std::size_t>((batch * m + i) * n + j)];
                if (sum != sums(batch, i, j)) ++unfinished;
                return sum + 1;
            };
            const auto c = tenfold::matmul(where, a, b, epilogue);
            int not_once = 0, wrong = 0;
            for (auto& count : calls) not_once += count != 1;
            for (index_t i = 0; i < c.size(); ++i) wrong += c.data()[i] != sums.data()[i] + 1;
            CHECK(not_once == 0);
            CHECK(unfinished == 0);
            CHECK(wrong == 0);
        }
    };
    support::for_each_setting(tenfold::reference{}, check);
    support::for_each_setting(tenfold::cpu{}, check);
}

TEST_CASE("what an epilogue throws reaches the caller as it is, or as status; later calls are sound [T08][E56]") {
    struct thrown_value {
        int number;
    };
    tensor<float, 2> a({150, 67}), b({67, 131}), c({150, 131});
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_integers(a.view(), random, 20);
    tenfold::testing::fill_integers(b.view(), random, 20);
    const auto expected = tenfold::matmul(tenfold::reference{}, a, b);
    const auto check = [&](const auto& where, const std::string& name) {
        INFO(name);
        const auto throwing = [](index_t row, auto make) {
            return [row, make](float x, index_t i, index_t) {
                if (i == row) throw make();
                return x;
            };
        };
        for (const index_t row : {0, 75, 149}) {
            CHECK_THROWS_WITH_AS(tenfold::matmul(where, a, b, c, throwing(row, [] { return std::domain_error("too hot"); })), "too hot",
                                 std::domain_error);
            int number = 0;
            try {
                tenfold::matmul(where, a, b, c, throwing(row, [] { return thrown_value{42}; }));
            } catch (const thrown_value& value) { number = value.number; }
            CHECK(number == 42);
            const tenfold::status s =
                tenfold::matmul(std::nothrow, where, a, b, c, throwing(row, [] { return std::domain_error("too hot"); }));
            CHECK(s.code() == tenfold::status_code::functor_threw);
            CHECK(std::string(s.message()) == "matmul: a functor of the call threw: too hot");
            const tenfold::status other = tenfold::matmul(std::nothrow, where, a, b, c, throwing(row, [] { return thrown_value{1}; }));
            CHECK(std::string(other.message()) == "matmul: a functor of the call threw");
        }
        tenfold::matmul(where, a, b, c);
        CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
    };
    support::for_each_setting(tenfold::reference{}, check);
    support::for_each_setting(tenfold::cpu{}, check);
}

TEST_CASE("where an epilogue throws, no element is finished twice [E56][T08]") {
    constexpr index_t m = 150, n = 131, k = 800;  // edge tiles, several blocks of k
    tensor<float, 2> a({m, k}), b({k, n}), c({m, n});
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_integers(a.view(), random, 20);
    tenfold::testing::fill_integers(b.view(), random, 20);
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        for (const index_t row : {0, 75, 149}) {
            std::vector<std::atomic<int>> calls(static_cast<std::size_t>(m * n));
            const auto throwing = [&](float x, index_t i, index_t j) {
                ++calls[static_cast<std::size_t>(i * n + j)];
                if (i == row && j == n - 1) throw std::domain_error("too hot");
                return x;
            };
            INFO(name << ", row " << row);
            CHECK_THROWS_AS(tenfold::matmul(where, a, b, c, throwing), std::domain_error);
            int twice = 0;
            for (const auto& count : calls) twice += count > 1;
            CHECK(twice == 0);
            CHECK(calls[static_cast<std::size_t>(row * n + n - 1)] == 1);
        }
    });
}
