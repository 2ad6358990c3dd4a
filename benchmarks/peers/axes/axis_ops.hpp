// SPDX-License-Identifier: Apache-2.0
// THE list of ops along axes: an op is one file in peers/axes/ops/ and one line here. Each says what it is called, how tenfold
// computes it on any backend, how far a result may be off, and which shapes are measured.
#pragma once

#include <cstdint>      // std::int64_t
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

#include "peers/axes/axis_shape.hpp"  // axis_shape

namespace tenfold::bench {

struct listed_axis_shape {
    axis_shape shape;
    std::string workload;
    std::vector<std::string> sets;
};

struct axis_op {
    std::string_view name;
    bool reduces;       // else the result has the extents of x
    int parameters;     // 1: scale, 2: scale and bias
    std::vector<listed_axis_shape> (*shapes)();
};

const axis_op* op_named(std::string_view name);  // null: there is none
std::vector<std::string> axis_op_names();

/// Every shape once, in the order of the ops. The sets are "quick", "types", and those named after the ops.
const std::vector<listed_axis_shape>& axis_catalog();
std::vector<std::string> axis_set_names();

}  // namespace tenfold::bench
