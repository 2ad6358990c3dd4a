// SPDX-License-Identifier: Apache-2.0
// From samples to the rows of a record, and to the table that is printed at the end.
#pragma once

#include <iosfwd>  // std::ostream

#include "instances/record/record.hpp"  // bench_record
#include "machine/roofs.hpp"            // roof_table
#include "support/sampler.hpp"          // measurement

namespace tenfold::bench {

/// The rows "benchmarks" and "skipped". Cases that an interrupt left without a sample are skipped ones.
void add_results(bench_record& record, const selection& what, const measurement& measured, const machine_limits& limits);

/// Per class: the best ISA's rate and part of the roof with each number of threads, and the cases furthest from it. Then
/// what failed, what was skipped, and, with peers, tenfold's speed over theirs.
void print_summary(const bench_record& record, std::ostream& out);

}  // namespace tenfold::bench
