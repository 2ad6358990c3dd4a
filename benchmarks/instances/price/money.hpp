// SPDX-License-Identifier: Apache-2.0
// Amounts of US dollars as whole nano-dollars. Text in, text out; no binary fraction in between.
#pragma once

#include <compare>      // operator<=>
#include <cstdint>      // std::int64_t, std::uint64_t
#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench {

class usd {
    std::int64_t nano_ = 0;

public:
    static constexpr std::int64_t nano_per_dollar = 1'000'000'000;

    usd() = default;
    static usd from_nano(std::int64_t nano);

    /// "0.68", "-3", "12.000000001". Digits beyond the ninth are rounded half to even. Anything else (exponents, signs
    /// of currency, blanks, "nan") and amounts beyond +-9.2e9 dollars are a data_error.
    static usd parse(std::string_view text);

    [[nodiscard]] std::int64_t nano() const { return nano_; }

    /// The exact amount without trailing zeros: "0.68".
    [[nodiscard]] std::string text() const;
    /// Rounded half to even to so many decimals (0..9), all of them written: text(4) is "0.6800".
    [[nodiscard]] std::string text(int decimals) const;
    /// Rounded half to even to so many significant digits (1..18), for costs that span decades: "0.00180", "1234".
    [[nodiscard]] std::string significant(int digits) const;

    /// this * numerator / denominator in 128 bits, rounded half to even once, at the end.
    [[nodiscard]] usd times(std::uint64_t numerator, std::uint64_t denominator) const;

    friend usd operator+(usd a, usd b);
    friend usd operator-(usd a, usd b);
    friend auto operator<=>(const usd&, const usd&) = default;
};

}  // namespace tenfold::bench
