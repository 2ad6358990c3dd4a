// SPDX-License-Identifier: Apache-2.0
// Medians, rates and parts of roofs of the measured cases.
#include "support/results.hpp"

#include "instances/statistics/summary.hpp"  // median, quantile

namespace tenfold::bench {
namespace {

/// From here on a median says something; an interrupted case may have fewer samples.
constexpr std::size_t least_samples = 3;

record_case row_of(const problem& p, const bench_case& one, const case_result& result) {
    record_case row;
    row.name = one.name;
    row.iterations = result.calls;
    row.workload = p.workload + (p.cold ? ", operands from memory" : "");
    row.kernel_class = p.kernel_class;
    row.problem = p.name;
    row.dtype = p.dtype;
    row.backend = one.how.backend;
    row.isa = one.how.isa;
    row.threads = one.how.threads;
    if (one.how.other != nullptr) row.kernel = std::string(one.how.other->name) + " " + one.how.other->version;
    row.flops = p.flops;
    row.bytes = p.bytes;
    row.verified = record_verified{"reference", result.verified.max_error_ratio, 1, result.verified.passed()};
    return row;
}

void add_times(record_case& row, const problem& p, const case_result& result, const std::optional<case_roof>& roof) {
    row.samples_ns = result.samples_ns;
    row.median_ns = median(result.samples_ns);
    row.p10_ns = quantile(result.samples_ns, 0.1);
    row.p90_ns = quantile(result.samples_ns, 0.9);
    row.cpu_time_ns = median(result.cpu_ns);
    row.rate = static_cast<double>(counts_bytes(p) ? p.bytes : p.flops) / (row.median_ns * 1e-9);
    row.rate_unit = counts_bytes(p) ? "B/s" : "FLOP/s";
    if (roof) {
        row.roof = roof->name;
        row.percent_of_roof = 100 * roof->seconds * 1e9 / row.median_ns;
    }
}

}  // namespace

void add_results(bench_record& record, const selection& what, const measurement& measured, const machine_limits& limits) {
    for (const skipped_case& one : what.skipped) record.skipped.push_back({one.name, one.reason});
    for (std::size_t i = 0; i < what.cases.size(); ++i) {
        const bench_case& one = what.cases[i];
        const case_result& result = measured.results[i];
        const problem& p = what.problems[one.problem_index];
        record_case row = row_of(p, one, result);
        if (!result.error.empty()) {
            row.error = result.error;
        } else if (result.samples_ns.size() < least_samples) {
            record.skipped.push_back({one.name, "interrupted before it was measured"});
            continue;
        } else {
            add_times(row, p, result, roof_of(p, one.how, limits, record.context.roofs));
        }
        record.cases.push_back(std::move(row));
    }
}

}  // namespace tenfold::bench
