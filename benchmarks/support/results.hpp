// SPDX-License-Identifier: Apache-2.0
// From samples to the rows of a record, and to the table that is printed at the end.
#pragma once

#include <iosfwd>  // std::ostream

#include "instances/record/record.hpp"  // bench_record
#include "machine/roofs.hpp"            // roof_table
#include "support/sampler.hpp"          // measurement

namespace tenfold::bench {

/// The row of a finished case; its part of the roof refers to these roofs.
record_case row_of(const problem& p, const bench_case& one, const case_result& result, const machine_limits& limits,
                   const roof_table& roofs);
/// What a row says about the case, so that it need not be measured again.
case_result result_of(const record_case& row);

/// The rows "benchmarks" and "skipped". Cases that an interrupt left unfinished are skipped ones.
void add_results(bench_record& record, const selection& what, const measurement& measured, const machine_limits& limits);

/// Per class, type and number of threads: the best rate and instruction set, the part of the roof, and the case furthest
/// from it. Then tenfold's speed over that of its peers, the roofs, what failed and what was skipped.
void print_summary(const bench_record& record, std::ostream& out);

}  // namespace tenfold::bench
