// SPDX-License-Identifier: Apache-2.0
// The text of a matmul's shape, both ways.
#include "op/matmul_shape.hpp"

#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::max
#include <charconv>   // std::from_chars
#include <iterator>   // std::size
#include <vector>     // std::vector

#include "instances/errors.hpp"  // usage_error

namespace tenfold::bench {
namespace {

constexpr std::string_view type_names[] = {"f32", "f64", "bf16", "u8s8", "s8"};
constexpr std::string_view form_names[] = {"nn", "nt", "tn", "tt"};  // by 2 * a_transposed + b_transposed

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

[[noreturn]] void refuse(std::string_view whole, std::string_view part, std::string_view what) {
    throw usage_error(
        fmt::format("--shape {}: '{}' {}; write it like 128,3072,768:nt:f32, and after that :x100 for a batch of 100, :pad13 "
                    "for 13 elements between rows, :ld2048 for rows 2048 elements apart, :cold for operands from memory",
                    whole, part, what));
}

/// A number from `least` on; products of two extents and the batch stay far below 2^63.
std::int64_t number(std::string_view whole, std::string_view part, std::string_view digits, std::int64_t least) {
    constexpr std::int64_t most = 100'000'000;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < least || value > most)
        refuse(whole, part, fmt::format("has no number from {} to {}", least, most));
    return value;
}

template <std::size_t N>
int place_in(const std::string_view (&names)[N], std::string_view name) {
    for (std::size_t i = 0; i < N; ++i) {
        if (names[i] == name) return static_cast<int>(i);
    }
    return -1;
}

void read_attribute(matmul_shape& s, std::string_view whole, std::string_view part) {
    if (const int form = place_in(form_names, part); form >= 0) {
        s.a_transposed = form >= 2;
        s.b_transposed = form % 2 == 1;
    } else if (const int types = place_in(type_names, part); types >= 0) {
        s.types = static_cast<matmul_types>(types);
    } else if (part == "cold") {
        s.cold = true;
    } else if (part.starts_with("x")) {
        s.batch = number(whole, part, part.substr(1), 1);
    } else if (part.starts_with("pad")) {
        s.gap = number(whole, part, part.substr(3), 0);
    } else if (part.starts_with("ld")) {
        s.leading = number(whole, part, part.substr(2), 1);
    } else {
        refuse(whole, part, "is no form (nn, nt, tn, tt), type (f32, f64, bf16, u8s8, s8) or attribute");
    }
}

}  // namespace

std::string_view name_of(matmul_types types) { return type_names[static_cast<int>(types)]; }
std::string_view forms_of(const matmul_shape& s) { return form_names[2 * (s.a_transposed ? 1 : 0) + (s.b_transposed ? 1 : 0)]; }

std::string storage_of(const matmul_shape& s) {
    std::string text;
    if (s.batch != 1) text += fmt::format(":x{}", s.batch);
    if (s.gap != 0) text += fmt::format(":pad{}", s.gap);
    if (s.leading != 0) text += fmt::format(":ld{}", s.leading);
    return text;
}

std::string text_of(const matmul_shape& s) {
    return fmt::format("{},{},{}:{}:{}{}{}", s.m, s.n, s.k, forms_of(s), name_of(s.types), storage_of(s), s.cold ? ":cold" : "");
}

matmul_shape parse_matmul_shape(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, ':');
    const std::vector<std::string_view> extents = split(parts[0], ',');
    if (extents.size() != 3) refuse(text, parts[0], "is not m,n,k");
    matmul_shape s;
    s.m = number(text, parts[0], extents[0], 1);
    s.n = number(text, parts[0], extents[1], 1);
    s.k = number(text, parts[0], extents[2], 1);
    for (std::size_t i = 1; i < parts.size(); ++i) read_attribute(s, text, parts[i]);
    if (s.gap != 0 && s.leading != 0) refuse(text, text, "gives both pad and ld");
    if (const std::int64_t longest = std::max({s.a_transposed ? s.m : s.k, s.b_transposed ? s.k : s.n, s.n});
        s.leading != 0 && s.leading < longest)
        refuse(text, fmt::format("ld{}", s.leading), fmt::format("is less than the longest stored row, {}", longest));
    constexpr double most_elements = 1e10;
    for (const double rows :
         {static_cast<double>(s.a_elements()), static_cast<double>(s.b_elements()), static_cast<double>(s.c_elements())}) {
        if (rows * static_cast<double>(s.batch) > most_elements) refuse(text, text, "has an operand of more than 10^10 elements");
    }
    return s;
}

}  // namespace tenfold::bench
