// SPDX-License-Identifier: Apache-2.0
// The text of an op along axes, both ways.
#include "peers/axes/axis_shape.hpp"

#include <fmt/format.h>  // fmt::format
#include <fmt/ranges.h>  // fmt::join

#include <algorithm>  // std::find
#include <charconv>   // std::from_chars
#include <sstream>    // std::istringstream
#include <vector>     // std::vector

#include "instances/errors.hpp"     // usage_error
#include "peers/axes/axis_ops.hpp"  // axis_op_names, op_named

namespace tenfold::bench {
namespace {

constexpr std::string_view type_names[] = {"f32", "f64", "bf16"};

std::vector<std::string> split(const std::string& text, char separator) {
    std::istringstream in(text);
    std::vector<std::string> parts;
    for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
    return parts;
}

[[noreturn]] void refuse(std::string_view whole, std::string_view why) {
    throw usage_error(fmt::format(
        "--shape {}: {}; write it like softmax:16384,1024,1:f32, that is OP:OUTER,AXIS,INNER:TYPE with OP one of {}, TYPE f32, f64 or "
        "bf16, and after that :ends where a reduction is to reduce OUTER and INNER instead of AXIS",
        whole, why, fmt::join(axis_op_names(), ", ")));
}

std::int64_t extent(std::string_view whole, const std::string& digits) {
    constexpr std::int64_t most = 1'000'000'000;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 1 || value > most)
        refuse(whole, fmt::format("'{}' is no extent from 1 to {}", digits, most));
    return value;
}

}  // namespace

std::string_view name_of(axis_type type) { return type_names[static_cast<int>(type)]; }

std::string text_of(const axis_shape& s) {
    return fmt::format("{}:{},{},{}:{}{}", s.op, s.outer, s.along, s.inner, name_of(s.type), s.ends ? ":ends" : "");
}

axis_shape parse_axis_shape(std::string_view text) {
    const std::vector<std::string> parts = split(std::string(text), ':');
    const std::vector<std::string> extents = parts.size() < 2 ? parts : split(parts[1], ',');
    if (parts.size() < 2 || extents.size() != 3) refuse(text, "it is not OP:OUTER,AXIS,INNER");
    const axis_op* op = op_named(parts[0]);
    if (op == nullptr) refuse(text, fmt::format("there is no op '{}'", parts[0]));
    axis_shape s{parts[0], extent(text, extents[0]), extent(text, extents[1]), extent(text, extents[2])};
    constexpr double most_elements = 1e10;
    if (static_cast<double>(s.outer) * static_cast<double>(s.along) * static_cast<double>(s.inner) > most_elements)
        refuse(text, "it has more than 10^10 elements");
    for (std::size_t i = 2; i < parts.size(); ++i) {
        const auto type = std::find(std::begin(type_names), std::end(type_names), parts[i]);
        if (type != std::end(type_names)) {
            s.type = static_cast<axis_type>(type - std::begin(type_names));
        } else if (parts[i] == "ends" && op->reduces) {
            s.ends = true;
        } else {
            refuse(text, fmt::format("'{}' is no type, nor anything else that {} has", parts[i], s.op));
        }
    }
    return s;
}

}  // namespace tenfold::bench
