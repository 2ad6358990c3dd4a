// SPDX-License-Identifier: Apache-2.0
#include "instances/record/validity.hpp"

#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::max
#include <cmath>      // std::sqrt
#include <cstddef>    // std::size_t
#include <vector>     // std::vector

#include "instances/statistics/summary.hpp"  // median

namespace tenfold::bench {
namespace {

/// Mann and Kendall's test: how many standard deviations the pairs that rise outnumber those that fall.
double trend(const std::vector<double>& samples) {
    double sum = 0;
    for (std::size_t i = 0; i < samples.size(); ++i)
        for (std::size_t k = i + 1; k < samples.size(); ++k) sum += samples[k] > samples[i] ? 1 : samples[k] < samples[i] ? -1 : 0;
    const auto n = static_cast<double>(samples.size());
    const double deviation = std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
    return deviation > 0 ? sum / deviation : 0;
}

/// The part of the cases whose samples rise throughout: by chance it is a fortieth, on a machine that slows down it is most.
double rising_share(const bench_record& record) {
    constexpr double significant = 1.96;
    double rising = 0, tested = 0;
    for (const record_case& one : record.cases) {
        if (!one.timed() || one.samples_ns.size() < 7) continue;
        tested += 1;
        rising += trend(one.samples_ns) > significant ? 1 : 0;
    }
    return tested >= 10 ? rising / tested : 0;
}

class judgement {
    record_validity result_{"VALID", {}};

public:
    void invalid(std::string reason) {
        result_.verdict = "INVALID";
        result_.reasons.push_back(std::move(reason));
    }
    void degraded(std::string reason) {
        if (result_.verdict == "VALID") result_.verdict = "DEGRADED";
        result_.reasons.push_back(std::move(reason));
    }
    record_validity take() { return std::move(result_); }
};

void judge_conditions(const run_conditions& conditions, judgement& found) {
    // A hundredth of the time is more than the differences that comparisons are asked to see.
    if (conditions.steal_share.value_or(0) > 0.01)
        found.degraded(fmt::format("the hypervisor took {:.1f} % of the CPU time (steal)", 100 * *conditions.steal_share));
    if (conditions.others_share.value_or(0) > 0.02)
        found.degraded(fmt::format("other programs used {:.0f} % of the CPU time", 100 * *conditions.others_share));
    if (conditions.throttled_periods.value_or(0) > 0)
        found.degraded(fmt::format("throttled: the CPU quota was used up {} times", *conditions.throttled_periods));
    if (conditions.thermal_throttles.value_or(0) > 0)
        found.degraded(fmt::format("throttled: CPUs slowed down for heat {} times", *conditions.thermal_throttles));
    if (conditions.roof_drift > 0.05)
        found.degraded(fmt::format("a roof changed by {:.0f} % between the beginning and the end", 100 * conditions.roof_drift));
    if (!conditions.of_all_processes) found.degraded("conditions of an earlier process are not known");
}

void judge_cases(const bench_record& record, judgement& found) {
    std::size_t failed = 0;
    std::vector<double> spreads;
    for (const record_case& one : record.cases) {
        if (one.timed())
            spreads.push_back(one.p90_ns / one.p10_ns - 1);
        else
            ++failed;
    }
    if (failed > 0) found.degraded(fmt::format("{} cases have no time: wrong results or errors", failed));
    // Half of the cases spread by more than a tenth: figures of another minute would differ.
    if (!spreads.empty() && median(spreads) > 0.1) found.degraded("noisy: p90/p10 above 1.1 in half of the cases");
    if (const double rising = rising_share(record); rising > 0.25)
        found.degraded(fmt::format("{:.0f} % of the cases became slower while they were sampled", 100 * rising));
}

template <class T, class Join>
std::optional<T> joined(const std::optional<T>& a, const std::optional<T>& b, const Join& join) {
    return a && b ? std::optional<T>(join(*a, *b)) : a ? a : b;
}

}  // namespace

run_conditions both(const run_conditions& a, const run_conditions& b) {
    const auto larger = [](double x, double y) { return std::max(x, y); };
    const auto sum = [](std::int64_t x, std::int64_t y) { return x + y; };
    run_conditions result;
    result.steal_share = joined(a.steal_share, b.steal_share, larger);
    result.others_share = joined(a.others_share, b.others_share, larger);
    result.throttled_periods = joined(a.throttled_periods, b.throttled_periods, sum);
    result.thermal_throttles = joined(a.thermal_throttles, b.thermal_throttles, sum);
    result.roof_drift = std::max(a.roof_drift, b.roof_drift);
    result.of_all_processes = a.of_all_processes && b.of_all_processes;
    result.unfit_build = a.unfit_build.empty() ? b.unfit_build : a.unfit_build;
    return result;
}

std::vector<std::string> identity_flaws(const record_identity& identity) {
    std::vector<std::string> flaws;
    if (identity.contradicted) flaws.push_back("what was stated about the machine is not what the machine says");
    if (identity.simulated) flaws.push_back("simulated: a test hook replaced files or services of the machine");
    return flaws;
}

record_validity judge(const bench_record& record, const run_conditions& conditions) {
    judgement found;
    const record_context& context = record.context;
    for (const std::string& flaw : identity_flaws(context.identity)) found.invalid(flaw);
    if (!conditions.unfit_build.empty()) found.invalid("the program is not fit for figures: " + conditions.unfit_build);
    if (context.dirty) found.degraded("built from uncommitted changes");
    if (!record.complete) found.degraded(incomplete_flaw);
    const record_machine& machine = context.machine;
    if (machine.cgroup_cpu_quota && machine.affinity_cpus && *machine.cgroup_cpu_quota < *machine.affinity_cpus)
        found.degraded("CPU quota below the CPUs it may run on");
    judge_conditions(conditions, found);
    judge_cases(record, found);
    return found.take();
}

}  // namespace tenfold::bench
