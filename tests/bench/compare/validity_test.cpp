// SPDX-License-Identifier: Apache-2.0
// Which figures may be used: each reason alone, in both directions.
#include <doctest/doctest.h>

#include <algorithm>   // std::sort
#include <functional>  // std::function

#include "bench/support/made_up_record.hpp"  // made_up_record
#include "instances/record/validity.hpp"     // judge

namespace {

using namespace tenfold::bench;

bench_record good_record() {
    bench_record record = test::made_up_record("m");
    for (record_case& one : record.cases) {
        one.samples_ns.clear();
        for (const double part : {1.0, 1.01, 0.99, 1.005, 0.995, 1.002, 0.998, 1.001}) one.samples_ns.push_back(part * one.median_ns);
    }
    return record;
}

struct found {
    std::string verdict, reasons;
};
found judged(const bench_record& record, const run_conditions& conditions) {
    const record_validity validity = judge(record, conditions);
    found result{validity.verdict, ""};
    for (const std::string& reason : validity.reasons) result.reasons += reason + ";";
    return result;
}

}  // namespace

TEST_CASE("a record of a quiet machine is valid, also where the machine tells nothing") {
    CHECK(judged(good_record(), {}).verdict == "VALID");
    run_conditions quiet;
    quiet.steal_share = 0.005;
    quiet.others_share = 0.01;
    quiet.throttled_periods = quiet.thermal_throttles = 0;
    quiet.roof_drift = 0.03;
    const found result = judged(good_record(), quiet);
    CHECK(result.verdict == "VALID");
    CHECK(result.reasons.empty());
}

TEST_CASE("a record of two processes has the worse of both") {
    run_conditions a, b;
    a.steal_share = 0.5;
    b.steal_share = 0.25;
    b.others_share = 0.125;
    a.throttled_periods = 2;
    b.throttled_periods = 3;
    b.of_all_processes = false;
    const run_conditions joined = both(a, b);
    CHECK(joined.steal_share == 0.5);
    CHECK(joined.others_share == 0.125);
    CHECK(joined.throttled_periods == 5);
    CHECK_FALSE(joined.thermal_throttles.has_value());
    CHECK_FALSE(joined.of_all_processes);
}

TEST_CASE("what moves figures degrades them, and is named") {
    const auto with = [](const std::function<void(run_conditions&, bench_record&)>& change) {
        run_conditions conditions;
        bench_record record = good_record();
        change(conditions, record);
        return judged(record, conditions);
    };
    const auto check = [](const found& result, const char* word) {
        CHECK(result.verdict == "DEGRADED");
        CAPTURE(result.reasons);
        CHECK(result.reasons.find(word) != std::string::npos);
    };
    check(with([](auto& c, auto&) { c.steal_share = 0.02; }), "took 2.0 % of the CPU time (steal)");
    check(with([](auto& c, auto&) { c.others_share = 0.3; }), "other programs used 30 %");
    check(with([](auto& c, auto&) { c.throttled_periods = 7; }), "quota was used up 7 times");
    check(with([](auto& c, auto&) { c.thermal_throttles = 2; }), "heat 2 times");
    check(with([](auto& c, auto&) { c.of_all_processes = false; }), "conditions of an earlier process are not known");
    check(with([](auto& c, auto&) { c.roof_drift = 0.2; }), "a roof changed by 20 %");
    check(with([](auto&, auto& r) { r.context.dirty = true; }), "uncommitted");
    check(with([](auto&, auto& r) { r.complete = false; }), "interrupted");
    check(with([](auto&, auto& r) { r.context.machine.cgroup_cpu_quota = 1.5; }), "quota below");
    check(with([](auto&, auto& r) { r.cases[0].error = "element 3 is wrong"; }), "1 cases have no time");
    check(with([](auto&, auto& r) {
              for (auto& one : r.cases) one.p90_ns = 1.2 * one.p10_ns;
          }),
          "noisy");
    check(with([](auto&, auto& r) {
              for (auto& one : r.cases) std::sort(one.samples_ns.begin(), one.samples_ns.end());
          }),
          "became slower");
}

TEST_CASE("figures of something else are invalid, whatever else holds") {
    bench_record contradicted = good_record(), simulated = good_record();
    contradicted.context.identity.contradicted = true;
    simulated.context.identity.simulated = true;
    CHECK(judged(contradicted, {}).verdict == "INVALID");
    CHECK(judged(simulated, {}).verdict == "INVALID");
    run_conditions conditions;
    conditions.unfit_build = "it is not optimised";
    conditions.steal_share = 0.5;
    const found result = judged(good_record(), conditions);
    CHECK(result.verdict == "INVALID");
    CHECK(result.reasons.find("not optimised") != std::string::npos);
    CHECK(result.reasons.find("steal") != std::string::npos);
}
