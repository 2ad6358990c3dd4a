// SPDX-License-Identifier: Apache-2.0
// Medians, rates and parts of roofs of the measured cases.
#include "support/results.hpp"

#include "instances/statistics/summary.hpp"  // median, quantile

namespace tenfold::bench {
namespace {

record_case untimed_row(const problem& p, const bench_case& one, const case_result& result) {
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

record_case row_of(const problem& p, const bench_case& one, const case_result& result, const machine_limits& limits,
                   const roof_table& roofs) {
    record_case row = untimed_row(p, one, result);
    if (result.error.empty())
        add_times(row, p, result, roof_of(p, one.how, limits, roofs));
    else
        row.error = result.error;
    return row;
}

case_result result_of(const record_case& row) {
    case_result result;
    result.finished = true;
    if (row.verified) result.verified.max_error_ratio = row.verified->max_error_ratio;
    if (row.verified && !row.verified->passed) result.verified.complaint = row.error.value_or("failed");
    result.error = row.error.value_or("");
    result.calls = row.iterations;
    result.samples_ns = row.samples_ns;
    if (row.timed()) result.cpu_ns = {row.cpu_time_ns};
    return result;
}

void add_results(bench_record& record, const selection& what, const measurement& measured, const machine_limits& limits) {
    for (const skipped_case& one : what.skipped) record.skipped.push_back({one.name, one.reason});
    for (std::size_t i = 0; i < what.cases.size(); ++i) {
        const bench_case& one = what.cases[i];
        if (measured.results[i].finished)
            record.cases.push_back(row_of(what.problems[one.problem_index], one, measured.results[i], limits, record.context.roofs));
        else
            record.skipped.push_back({one.name, "interrupted before it was measured"});
    }
}

}  // namespace tenfold::bench
