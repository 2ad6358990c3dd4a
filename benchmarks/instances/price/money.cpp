// SPDX-License-Identifier: Apache-2.0
// Decimal arithmetic on whole nano-dollars, with 128-bit products.
#include "instances/price/money.hpp"

#include <array>   // std::array
#include <limits>  // std::numeric_limits

#include "instances/errors.hpp"  // data_error

namespace tenfold::bench {
namespace {

__extension__ using wide = __int128;
__extension__ using unsigned_wide = unsigned __int128;

constexpr std::array<std::int64_t, 10> power_of_ten = {1,       10,        100,        1'000,       10'000,
                                                       100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

std::int64_t narrowed(wide value) {
    if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min())
        throw data_error("an amount of money is beyond +-9.2e9 US dollars");
    return static_cast<std::int64_t>(value);
}

/// value / divisor to the nearest integer, halves to the even one.
wide rounded_quotient(wide value, unsigned_wide divisor) {
    const bool negative = value < 0;
    const unsigned_wide magnitude = negative ? -static_cast<unsigned_wide>(value) : static_cast<unsigned_wide>(value);
    unsigned_wide quotient = magnitude / divisor;
    const unsigned_wide rest = magnitude % divisor;
    const unsigned_wide to_next = divisor - rest;
    if (rest > to_next || (rest == to_next && quotient % 2 == 1)) ++quotient;
    return negative ? -static_cast<wide>(quotient) : static_cast<wide>(quotient);
}

[[noreturn]] void refuse(std::string_view text) {
    throw data_error("\"" + std::string(text) + "\" is not an amount of US dollars; write a decimal number such as 0.6800");
}

/// Whole nano-dollars as "D.ddd" with exactly so many decimals; `nano` is a multiple of the last one's unit.
std::string with_decimals(std::int64_t nano, int decimals) {
    const bool negative = nano < 0;
    const std::uint64_t magnitude = negative ? -static_cast<std::uint64_t>(nano) : static_cast<std::uint64_t>(nano);
    std::string result = std::to_string(magnitude / usd::nano_per_dollar);
    if (negative) result.insert(result.begin(), '-');
    if (decimals == 0) return result;
    std::string fraction = std::to_string(magnitude % usd::nano_per_dollar);
    fraction.insert(0, 9 - fraction.size(), '0');
    return result + "." + fraction.substr(0, static_cast<std::size_t>(decimals));
}

}  // namespace

usd usd::from_nano(std::int64_t nano) {
    usd amount;
    amount.nano_ = nano;
    return amount;
}

usd usd::parse(std::string_view text) {
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative) rest.remove_prefix(1);
    wide nano = 0;
    int fraction_digits = -1;  // -1: the point has not come yet
    int digits = 0;
    bool round_up = false, is_half = false;
    for (char c : rest) {
        if (c == '.' && fraction_digits < 0 && digits > 0) {
            fraction_digits = 0;
            continue;
        }
        if (c < '0' || c > '9') refuse(text);
        ++digits;
        if (fraction_digits >= 0) ++fraction_digits;
        if (fraction_digits <= 9) {
            nano = nano * 10 + (c - '0');
            if (nano > static_cast<wide>(std::numeric_limits<std::int64_t>::max()) * 10) narrowed(nano);
        } else if (fraction_digits == 10) {
            round_up = c > '5';
            is_half = c == '5';
        } else if (is_half && c != '0') {
            round_up = true;
            is_half = false;
        }
    }
    if (digits == 0 || fraction_digits == 0) refuse(text);
    for (int written = fraction_digits < 0 ? 0 : fraction_digits; written < 9; ++written) nano *= 10;
    if (round_up || (is_half && nano % 2 == 1)) ++nano;
    return from_nano(narrowed(negative ? -nano : nano));
}

std::string usd::text() const {
    std::string result = with_decimals(nano_, 9);
    while (result.back() == '0') result.pop_back();
    if (result.back() == '.') result.pop_back();
    return result;
}

std::string usd::text(int decimals) const {
    const std::int64_t unit = power_of_ten.at(static_cast<std::size_t>(9 - decimals));
    return with_decimals(narrowed(rounded_quotient(nano_, static_cast<unsigned_wide>(unit)) * unit), decimals);
}

std::string usd::significant(int digits) const {
    std::uint64_t magnitude = nano_ < 0 ? -static_cast<std::uint64_t>(nano_) : static_cast<std::uint64_t>(nano_);
    int present = 0;  // digits of the amount in nano-dollars
    for (; magnitude > 0; magnitude /= 10) ++present;
    const int decimals = 9 - (present - digits);  // of a dollar
    if (decimals > 9 || present == 0) return text();
    if (decimals >= 0) return text(decimals);
    // More digits before the point than asked for: round to tens, hundreds, ...
    std::int64_t unit = nano_per_dollar;
    for (int place = decimals; place < 0; ++place) unit *= 10;
    return with_decimals(narrowed(rounded_quotient(nano_, static_cast<unsigned_wide>(unit)) * unit), 0);
}

usd usd::times(std::uint64_t numerator, std::uint64_t denominator) const {
    if (denominator == 0) throw data_error("an amount of money is divided by zero");
    return from_nano(narrowed(rounded_quotient(static_cast<wide>(nano_) * static_cast<wide>(numerator), denominator)));
}

usd operator+(usd a, usd b) { return usd::from_nano(narrowed(static_cast<wide>(a.nano_) + b.nano_)); }
usd operator-(usd a, usd b) { return usd::from_nano(narrowed(static_cast<wide>(a.nano_) - b.nano_)); }

}  // namespace tenfold::bench
