// SPDX-License-Identifier: Apache-2.0
// Google Benchmark's own JSON as a record.
#include "instances/record/foreign.hpp"

#include <algorithm>  // std::find_if
#include <map>        // std::map

#include "instances/errors.hpp"               // data_error
#include "instances/statistics/summary.hpp"  // quantile

namespace tenfold::bench {
namespace {

double nanoseconds_per_unit(const json_fields& run) {
    static const std::map<std::string, double> units = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    const std::string unit = run.optional_text("time_unit").value_or("ns");
    const auto found = units.find(unit);
    if (found == units.end()) throw data_error(run.path("time_unit") + " is \"" + unit + "\"; it must be ns, us, ms or s");
    return found->second;
}

}  // namespace

bench_record read_foreign(const std::string& name, const json_fields& root) {
    bench_record record;
    record.file = name;
    record.foreign = true;
    const json_fields context = root.object("context");
    record.context.date = context.optional_text("date").value_or("");
    record.context.num_cpus = context.optional_small("num_cpus").value_or(0);
    record.context.library_build_type = context.optional_text("library_build_type").value_or("");
    record.context.settings.suite = "foreign";

    for (std::size_t i = 0; i < root.array("benchmarks").size(); ++i) {
        const json_fields run = root.element("benchmarks", i);
        if (run.optional_text("run_type").value_or("iteration") == "aggregate") continue;
        const std::string run_name = run.has("run_name") ? run.text("run_name") : run.text("name");
        auto found = std::find_if(record.cases.begin(), record.cases.end(), [&](const auto& known) { return known.name == run_name; });
        if (found == record.cases.end()) {
            record_case fresh;
            fresh.name = fresh.problem = run_name;
            fresh.kernel_class = fresh.backend = "foreign";
            fresh.threads = run.optional_small("threads").value_or(1);
            fresh.rate_unit = "call/s";
            record.cases.push_back(fresh);
            found = record.cases.end() - 1;
        }
        if (run.optional_boolean("error_occurred").value_or(false)) {
            found->error = run.optional_text("error_message").value_or("the record does not say why");
            continue;
        }
        found->iterations += run.optional_integer("iterations").value_or(0);
        found->samples_ns.push_back(run.positive("real_time") * nanoseconds_per_unit(run));
    }
    for (record_case& known : record.cases) {
        if (!known.timed()) continue;
        known.median_ns = quantile(known.samples_ns, 0.5);
        known.p10_ns = quantile(known.samples_ns, 0.1);
        known.p90_ns = quantile(known.samples_ns, 0.9);
        known.rate = 1e9 / known.median_ns;
    }
    if (record.cases.empty()) throw data_error(name + ": benchmarks holds no run; there is nothing to compare");
    return record;
}

}  // namespace tenfold::bench
