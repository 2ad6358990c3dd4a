// SPDX-License-Identifier: Apache-2.0
// The measured roofs of this machine, and which of them a problem runs against.
#pragma once

#include <map>       // std::map
#include <optional>  // std::optional
#include <string>    // std::string

#include "instances/record/record.hpp"  // record_roof
#include "support/cases.hpp"            // selection, machine_limits

namespace tenfold::bench {

/// "threads_1" -> "fma_f32_avx512" -> value, as in the record.
using roof_table = std::map<std::string, std::map<std::string, record_roof>>;

/// Measures what the cases need; a roof that is already in the table only rises.
void measure_roofs(const selection& what, const machine_limits& limits, roof_table& roofs);

/// The roof of a case and the time that it leaves for one call.
struct case_roof {
    std::string name;
    double seconds = 0;
};
/// Nothing where no roof was measured for it (reference backend, integer types).
std::optional<case_roof> roof_of(const problem& p, const execution& how, const machine_limits& limits, const roof_table& roofs);

}  // namespace tenfold::bench
