// SPDX-License-Identifier: Apache-2.0
// Groups records into contenders and summarises their cases.
#pragma once

#include "instances/compare/comparison.hpp"  // contender, comparison_settings

namespace tenfold::bench {

/// Records of one type, region, lifecycle and CPU model form a contender; machines that do not know what they are, one
/// each. Samples of two machines are never merged.
std::vector<contender> group_records(const std::vector<bench_record>& records, const price_catalog& catalog,
                                     const comparison_settings& settings);

}  // namespace tenfold::bench
