// SPDX-License-Identifier: Apache-2.0
// The text of a layer, both ways.
#include "peers/conv/layer.hpp"

#include <fmt/format.h>  // fmt::format

#include <charconv>  // std::from_chars
#include <sstream>   // std::istringstream

#include "instances/errors.hpp"  // usage_error

namespace tenfold::bench {
namespace {

[[noreturn]] void refuse(std::string_view whole, std::string_view why) {
    throw usage_error(fmt::format(
        "--shape {}: {}; write it like 1,56,64,64,3:s2:nchw:packed, that is IMAGES,EXTENT,IN,OUT,WINDOW with an odd window, and after that "
        ":sN for a stride, :gN for groups, :dN for a dilation, :nchw, :packed for weights that may be arranged before, :relu for a bias "
        "and relu",
        whole, why));
}

std::int64_t number(std::string_view whole, std::string_view digits) {
    constexpr std::int64_t most = 1'000'000;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 1 || value > most)
        refuse(whole, fmt::format("'{}' is no number from 1 to {}", digits, most));
    return value;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::istringstream in(text);
    std::vector<std::string> parts;
    for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
    return parts;
}

}  // namespace

std::string text_of(const contest_layer& l) {
    std::string text = fmt::format("{},{},{},{},{}", l.images, l.extent, l.in, l.out, l.window);
    if (l.stride > 1) text += fmt::format(":s{}", l.stride);
    if (l.groups > 1) text += fmt::format(":g{}", l.groups);
    if (l.dilation > 1) text += fmt::format(":d{}", l.dilation);
    if (!l.channels_last) text += ":nchw";
    if (l.packed) text += ":packed";
    if (l.epilogue) text += ":relu";
    return text;
}

contest_layer parse_layer(std::string_view text) {
    const std::vector<std::string> parts = split(std::string(text), ':');
    const std::vector<std::string> extents = parts.empty() ? parts : split(parts[0], ',');
    if (extents.size() != 5) refuse(text, "it does not begin with five extents");
    contest_layer l;
    std::int64_t* const members[] = {&l.images, &l.extent, &l.in, &l.out, &l.window};
    for (std::size_t i = 0; i < 5; ++i) *members[i] = number(text, extents[i]);
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string& part = parts[i];
        const std::string_view rest = std::string_view(part).substr(part.empty() ? 0 : 1);
        if (part == "nhwc" || part == "nchw") {
            l.channels_last = part == "nhwc";
        } else if (part == "packed") {
            l.packed = true;
        } else if (part == "relu") {
            l.epilogue = true;
        } else if (!part.empty() && part[0] == 's') {
            l.stride = number(text, rest);
        } else if (!part.empty() && part[0] == 'g') {
            l.groups = number(text, rest);
        } else if (!part.empty() && part[0] == 'd') {
            l.dilation = number(text, rest);
        } else {
            refuse(text, fmt::format("'{}' is nothing that a layer has", part));
        }
    }
    if (l.window % 2 == 0) refuse(text, "the window is even");
    if (l.in % l.groups != 0 || l.out % l.groups != 0) refuse(text, "the groups do not divide the channels");
    constexpr double most_elements = 1e9;
    const double images = static_cast<double>(l.images) * static_cast<double>(l.extent * l.extent) * static_cast<double>(l.in + l.out);
    const double weights = static_cast<double>(l.out) * static_cast<double>(l.window * l.window) * static_cast<double>(l.in / l.groups);
    if (images + weights > most_elements) refuse(text, "it has more than 10^9 elements");
    return l;
}

}  // namespace tenfold::bench
