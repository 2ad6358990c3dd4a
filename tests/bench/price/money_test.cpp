// SPDX-License-Identifier: Apache-2.0
// Money: parsing, rounding, sums, overflow and a million products against Python's decimal.  [C10]
#include <doctest/doctest.h>

#include <cstdint>  // std::uint64_t
#include <fstream>  // std::ifstream
#include <string>   // std::string

#include "instances/errors.hpp"       // data_error
#include "instances/price/billing.hpp"  // machine_charge
#include "instances/price/money.hpp"  // usd

namespace {

using namespace tenfold::bench;

std::int64_t nano(std::string_view text) { return usd::parse(text).nano(); }

struct splitmix64 {
    std::uint64_t state;
    std::uint64_t operator()() {
        std::uint64_t z = (state += 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
};

TEST_CASE("money is read exactly [C10]") {
    CHECK(nano("0.6800") == 680'000'000);
    CHECK(nano("55.04") == 55'040'000'000);
    CHECK(nano("0") == 0);
    CHECK(nano("-3") == -3'000'000'000);
    CHECK(nano("21.957642") == 21'957'642'000);
    CHECK(nano("0.000000001") == 1);
    CHECK((usd::parse("0.1") + usd::parse("0.2")).text() == "0.3");
}

TEST_CASE("digits beyond the ninth are rounded half to even, once [C10]") {
    CHECK(nano("0.0000000005") == 0);
    CHECK(nano("0.0000000015") == 2);
    CHECK(nano("0.0000000025") == 2);
    CHECK(nano("0.00000000250000000000000001") == 3);
    CHECK(nano("0.00000000249999999999999999") == 2);
    CHECK(nano("-0.0000000015") == -2);
    CHECK(nano("115.542415126575") == 115'542'415'127);
}

TEST_CASE("what is no amount is refused [C10]") {
    for (const char* text : {"", "-", ".", ".5", "5.", "1e3", "1,5", "$1", "1 ", " 1", "+1", "nan", "inf", "1.2.3", "--1", "0x10"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(usd::parse(text), data_error);
    }
}

TEST_CASE("amounts that do not fit are refused, not wrapped [C10]") {
    CHECK(nano("9223372036.854775807") == INT64_MAX);
    CHECK_THROWS_AS(usd::parse("9223372036.854775808"), data_error);
    CHECK_THROWS_AS(usd::parse("99999999999999999999999999999999999999999999999999"), data_error);
    CHECK_THROWS_AS(usd::from_nano(INT64_MAX) + usd::from_nano(1), data_error);
    CHECK_THROWS_AS(usd::from_nano(INT64_MIN) - usd::from_nano(1), data_error);
    CHECK_THROWS_AS((void)usd::parse("9000000000").times(2, 1), data_error);
    CHECK_THROWS_AS((void)usd::parse("1").times(1, 0), data_error);
    CHECK(usd::from_nano(INT64_MAX).times(UINT64_MAX, UINT64_MAX).nano() == INT64_MAX);
    CHECK(usd::from_nano(INT64_MIN).text() == "-9223372036.854775808");
}

TEST_CASE("money is written exactly or rounded half to even [C10]") {
    CHECK(usd::parse("0.6800").text() == "0.68");
    CHECK(usd::parse("12").text() == "12");
    CHECK(usd::parse("-0.5").text() == "-0.5");
    CHECK(usd::parse("0.68").text(4) == "0.6800");
    CHECK(usd::parse("0.00005").text(4) == "0.0000");
    CHECK(usd::parse("0.00015").text(4) == "0.0002");
    CHECK(usd::parse("2.5").text(0) == "2");
    CHECK(usd::parse("3.5").text(0) == "4");
    CHECK(usd::parse("0.001803").significant(3) == "0.00180");
    CHECK(usd::parse("0.37776").significant(4) == "0.3778");
    CHECK(usd::parse("1234567.8").significant(3) == "1230000");
    CHECK(usd::parse("0.000000007").significant(3) == "0.000000007");
    CHECK(usd::parse("0").significant(3) == "0");
}

TEST_CASE("a million products equal Python's decimal [C10]") {
    splitmix64 random{2026};
    std::uint64_t digest = 0xCBF29CE484222325;
    for (int i = 0; i < 1'000'000; ++i) {
        const std::uint64_t a = random(), b = random(), c = random();
        const auto amount = usd::from_nano(static_cast<std::int64_t>(a % 2'000'000'000'000) - 1'000'000'000'000);
        const usd product = amount.times(b % 1'000'000, c % 4096 + 1);
        digest = (digest ^ static_cast<std::uint64_t>(product.nano())) * 0x100000001B3;
    }
    std::ifstream golden(TENFOLD_PRICE_TEST_DIR "/products.golden");
    std::string wanted;
    REQUIRE(static_cast<bool>(golden >> wanted));
    CHECK(std::to_string(digest) == wanted);
}

TEST_CASE("a bill counts whole steps, and at least the minimum [C12]") {
    const billing_terms by_second{1, 60}, by_minute{60, 0}, by_hour{3600, 3600};
    CHECK(billed_seconds(0, by_second) == 60);  // launched and gone at once
    CHECK(billed_seconds(0, by_minute) == 0);
    CHECK(billed_seconds(59'999, by_second) == 60);
    CHECK(billed_seconds(60'000, by_second) == 60);
    CHECK(billed_seconds(60'001, by_second) == 61);
    CHECK(billed_seconds(61'000, by_second) == 61);  // a minute with a leap second is a second longer, and nothing else
    CHECK(billed_seconds(60'001, by_minute) == 120);
    CHECK(billed_seconds(1, by_hour) == 3600);
    CHECK(billed_seconds(3'600'001, by_hour) == 7200);
    CHECK(billed_seconds(90'000, {60, 100}) == 120);  // the minimum is counted in steps, too
    CHECK(machine_charge(usd::parse("3.6"), 10'000, by_second).text() == "0.06");
    CHECK(machine_charge(usd::parse("0.8048"), 1'800'000, by_second).text() == "0.4024");
    CHECK_THROWS_AS(billed_seconds(1, {0, 60}), data_error);
    CHECK_THROWS_AS(machine_charge(usd::parse("9000000000"), 360'000'000, by_second), data_error);  // beyond what money holds
}

}  // namespace
