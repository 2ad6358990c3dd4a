// SPDX-License-Identifier: Apache-2.0
// What this machine could reach at most: multiply-adds in registers, and reading memory where operands are beyond the caches.
#pragma once

#include <map>       // std::map
#include <optional>  // std::optional
#include <string>    // std::string
#include <utility>   // std::pair
#include <vector>    // std::vector

#include "op/matmul_shape.hpp"         // matmul_shape
#include "support/machine_limits.hpp"  // machine_limits

namespace tenfold::bench {

struct contest_roofs {
    std::map<std::pair<matmul_types, int>, double> flops_per_second;  // by types and threads; measured for f32 and f64
    std::map<int, double> read_bytes_per_second;                      // by threads
    std::int64_t cache_bytes = 0;
};

/// Measures what the shapes need; what is in the table already only rises.
void measure_roofs(const std::vector<matmul_shape>& shapes, int threads, const machine_limits& limits, contest_roofs& roofs);

/// The least time that the roofs leave a shape; nothing where none was measured for it.
std::optional<double> seconds_at_roof(const contest_roofs& roofs, const matmul_shape& s, int threads);

/// For people, a line each.
std::vector<std::string> lines_of(const contest_roofs& roofs);

}  // namespace tenfold::bench
