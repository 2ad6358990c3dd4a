// SPDX-License-Identifier: Apache-2.0
// An op along axes as the contest sees it: three extents, of which it works along the middle one or reduces both outer ones.
#pragma once

#include <cstdint>      // std::int64_t
#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench {

enum class axis_type { f32, f64, bf16 };

/// x is (outer, along, inner), row-major without gaps. Rows of a matrix: inner = 1. Axis 0: outer = 1. A batch norm's axes: ends.
struct axis_shape {
    std::string op;  // "softmax"
    std::int64_t outer = 1, along = 1, inner = 1;
    axis_type type = axis_type::f32;
    bool ends = false;  // reduces outer and inner, and keeps the middle one

    [[nodiscard]] std::int64_t elements() const { return outer * along * inner; }
    [[nodiscard]] std::int64_t element_bytes() const { return type == axis_type::f64 ? 8 : type == axis_type::f32 ? 4 : 2; }
    /// Of the result of a reduction.
    [[nodiscard]] std::int64_t kept() const { return ends ? along : outer * inner; }

    bool operator==(const axis_shape&) const = default;
};

std::string_view name_of(axis_type type);  // "f32"

/// "sum:64,1024,1024:f32", and ":ends".
std::string text_of(const axis_shape& s);

/// The inverse; the type may be left out: f32. usage_error for anything else, with the remedy.
axis_shape parse_axis_shape(std::string_view text);

}  // namespace tenfold::bench
