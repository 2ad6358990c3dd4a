// SPDX-License-Identifier: Apache-2.0
// Several records as one comparison: machines grouped into contenders, their rates and costs per class, and verdicts.
#pragma once

#include <map>       // std::map
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/compare/priced.hpp"       // stated_price, catalog_offer
#include "instances/record/record.hpp"        // bench_record
#include "instances/statistics/holm.hpp"      // claim_levels
#include "instances/statistics/interval.hpp"  // ratio_interval, verdict

namespace tenfold::bench {

/// How a case was computed: "cpu avx512, 2 threads".
struct configuration {
    std::string backend, isa;
    int threads = 1;

    [[nodiscard]] std::string text() const;
    friend auto operator<=>(const configuration&, const configuration&) = default;
};

/// What is compared with itself only: a kernel class in one element type, in one unit.
struct class_key {
    std::string kernel_class, dtype, unit;

    [[nodiscard]] std::string text() const { return dtype.empty() ? kernel_class : kernel_class + " " + dtype; }
    friend bool operator==(const class_key&, const class_key&) = default;
    /// From arithmetic to memory, not by the alphabet; unknown classes last.
    friend bool operator<(const class_key& a, const class_key& b);
};

/// One case of one contender under one configuration; several processes and machines are summarised.
struct case_summary {
    double rate = 0, p50_ns = 0, p90_ns = 0;  // geometric means over machines of medians over processes
    std::optional<double> percent_of_roof;
    double flops_per_byte = 0;               // of the problem, as counted; 0 unknown
    std::map<std::string, double> rate_by_machine;
    std::map<std::string, std::vector<double>> p90_ns_by_machine;  // of each process
};

struct class_cases {
    std::map<std::string, std::map<configuration, case_summary>> by_problem;
};

/// Machines of one type, bought in one way, with one CPU model: the thing that is ranked.
struct contender {
    std::string label;
    record_context context;                  // of its first record
    std::vector<std::string> files;
    std::vector<std::string> machines;       // one entry per distinct machine
    bool foreign = false;
    std::optional<stated_price> price;
    std::map<std::string, stated_price> other_prices;  // of the catalog, by allocation, for this type and region
    std::vector<std::string> flaws;          // why a verdict on it is degraded; empty: VALID
    std::string mode;                        // where machines of the type are of two kinds: how they differ, said of one of them
    std::map<class_key, class_cases> classes;
    std::vector<std::string> exclusions;     // cases without time, and why
    std::map<std::string, double> phases_s;  // seconds per record, by phase: the mean over its records
    std::vector<catalog_offer> offers;       // arithmetic on prices, not measured
};

/// A contender in a class, over the cases that all contenders of the class have.
struct class_result {
    std::size_t contender = 0;
    configuration best;                      // the one configuration that stands for the contender in this class
    std::size_t machines = 0;                // that have every common case
    double rate = 0;                         // geometric mean over cases, then machines; in the class's unit
    std::optional<ratio_interval> rate_interval;
    std::optional<double> percent_of_roof;   // geometric mean over cases
    double p50_ns = 0, p90_ns = 0;           // of one call; geometric means over cases
    std::optional<ratio_interval> p90_ns_interval;  // by bootstrap: from eight machines on
    double seconds_per_work = 0;             // machine time per PFLOP, TB or million calls
    std::optional<usd> cost, cost_low, cost_high;  // US dollars per PFLOP, TB or million calls
    bool is_baseline = false;
    double speed_ratio = 1;                  // of the baseline; above 1 is faster
    verdict speed = verdict::undecided;
    std::optional<double> cost_ratio;        // of the baseline; below 1 is cheaper
    verdict cost_verdict = verdict::undecided;
    bool has_spread = false;                 // several machines, of the baseline too: a verdict is possible
    std::optional<claim_levels> speed_levels, cost_levels;  // where there is a spread
    bool speed_stands = true, cost_stands = true;           // also when all verdicts of the comparison are asked at once
    std::optional<int> speed_machines_to_decide, cost_machines_to_decide;  // where undecided; nothing: more than most_machines_to_decide
};

/// What the machines of two contenders say of the one's ratio to the other.
struct judged_ratio {
    double ratio = 1;
    verdict found = verdict::undecided;
    std::optional<claim_levels> levels;     // where there is a spread: several machines of either
    std::optional<int> machines_to_decide;  // where undecided; nothing: more than most_machines_to_decide
};

/// The first of a class, in speed or in cost, against those behind it. The figures choose who that is.
struct lead {
    std::size_t winner = 0, runner_up = 0;  // contenders
    judged_ratio found;                        // of the winner against the runner-up: above 1 is faster, below 1 is cheaper
    std::vector<std::size_t> open;          // contenders behind the runner-up than which the winner is not shown to be better
    std::optional<bool> stands;             // where one of the two is the baseline and so the verdict one of those asked at once

    [[nodiscard]] bool over_all() const { return found.found == verdict::better && open.empty(); }
};

struct class_ranking {
    class_key key;
    std::size_t common_cases = 0, all_cases = 0;
    bool by_cost = false;                    // ranked by cost; otherwise by rate
    std::vector<class_result> results;       // best first
    std::optional<lead> fastest, cheapest;   // of two or more; cheapest: of those that have a price
};

/// The configurations of one contender over the cases that all but the textbook one have: within one machine, so ratios,
/// no verdict.
struct configuration_result {
    std::size_t contender = 0;
    class_key key;
    configuration how;
    std::size_t cases = 0;
    double rate = 0;
    std::optional<double> percent_of_roof, over_reference;
};

struct comparison {
    std::string suite, today;
    double delta = 0.03;
    std::vector<contender> contenders;
    std::vector<class_ranking> classes;
    std::vector<configuration_result> configurations;
    std::map<std::string, price_source> sources;  // of the prices used
    std::size_t possible_verdicts = 0, decided_verdicts = 0, standing_verdicts = 0;
};

struct comparison_settings {
    std::string today;
    double delta = 0.03;
    std::string baseline;                    // a contender's label, type or file; "" the first
    std::optional<usd> price;                // of the one contender there is
};

/// Mixed suites: data_error. An unknown baseline, or a price for several contenders: usage_error.
comparison compare_records(const std::vector<bench_record>& records, const price_catalog& catalog, const comparison_settings& settings);

/// "PFLOP", "TB" or "million calls" for a rate's unit, and how much that is.
std::string work_name(const std::string& unit);
double work_amount(const std::string& unit);

}  // namespace tenfold::bench
