// SPDX-License-Identifier: Apache-2.0
// Ranks contenders per class over their common cases.
#include "instances/compare/comparison.hpp"

#include <fmt/format.h>
#include <algorithm>   // std::sort, std::find_if
#include <cmath>       // std::llround
#include <filesystem>  // std::filesystem::path
#include <iterator>  // std::inserter
#include <set>       // std::set
#include <tuple>     // std::tie

#include "instances/compare/contenders.hpp"   // group_records
#include "instances/compare/judge.hpp"         // class_entry, judge_against_base, judge_leads
#include "instances/compare/together.hpp"     // judge_together
#include "instances/errors.hpp"               // data_error, usage_error
#include "instances/statistics/bootstrap.hpp"  // bootstrap_interval
#include "instances/statistics/summary.hpp"  // geometric_mean

namespace tenfold::bench {
namespace {

using problem_set = std::set<std::string>;

problem_set problems_of(const class_cases& cases, const configuration& how) {
    problem_set result;
    for (const auto& [problem, by_configuration] : cases.by_problem)
        if (by_configuration.contains(how)) result.insert(problem);
    return result;
}

problem_set intersection(const problem_set& a, const problem_set& b) {
    problem_set result;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(result, result.end()));
    return result;
}

double mean_rate(const class_cases& cases, const configuration& how, const problem_set& problems) {
    std::vector<double> rates;
    for (const std::string& problem : problems) rates.push_back(cases.by_problem.at(problem).at(how).rate);
    return geometric_mean(rates);
}

std::optional<double> mean_percent(const class_cases& cases, const configuration& how, const problem_set& problems) {
    std::vector<double> percents;
    for (const std::string& problem : problems) {
        const auto& percent = cases.by_problem.at(problem).at(how).percent_of_roof;
        if (!percent) return std::nullopt;
        percents.push_back(*percent);
    }
    return geometric_mean(percents);
}

std::set<configuration> configurations_of(const class_cases& cases) {
    std::set<configuration> result;
    for (const auto& [problem, by_configuration] : cases.by_problem)
        for (const auto& [how, summary] : by_configuration) result.insert(how);
    return result;
}

/// Leaves the configurations for which `unwanted` holds out, unless nothing else is there.
template <class Predicate>
void prefer_others(std::set<configuration>& candidates, Predicate unwanted) {
    if (!std::all_of(candidates.begin(), candidates.end(), unwanted)) std::erase_if(candidates, unwanted);
}

/// The one configuration that stands for a contender in a class: the fastest over the cases that all have. The textbook
/// backend and other libraries stand for it only where nothing else ran. One per class, not one per case: picking the
/// best of each case would rank luck.
configuration best_configuration(const class_cases& cases) {
    std::set<configuration> candidates = configurations_of(cases);
    prefer_others(candidates, [](const configuration& how) { return how.backend == "reference"; });
    prefer_others(candidates, [](const configuration& how) { return how.backend != "cpu" && how.backend != "cuda"; });
    problem_set common = problems_of(cases, *candidates.begin());
    for (const configuration& how : candidates) common = intersection(common, problems_of(cases, how));
    if (common.empty())  // nothing in common: the one with the most cases
        return *std::max_element(candidates.begin(), candidates.end(),
                                 [&](const auto& a, const auto& b) { return problems_of(cases, a).size() < problems_of(cases, b).size(); });
    return *std::max_element(candidates.begin(), candidates.end(),
                             [&](const auto& a, const auto& b) { return mean_rate(cases, a, common) < mean_rate(cases, b, common); });
}

/// The class score of each machine that has every common case.
std::vector<double> machine_scores(const class_cases& cases, const configuration& how, const problem_set& problems) {
    std::map<std::string, std::vector<double>> rates;
    for (const std::string& problem : problems)
        for (const auto& [machine, rate] : cases.by_problem.at(problem).at(how).rate_by_machine) rates[machine].push_back(rate);
    std::vector<double> scores;
    for (const auto& [machine, values] : rates)
        if (values.size() == problems.size()) scores.push_back(geometric_mean(values));
    return scores;
}

/// Of each machine that has every common case, how long its slow calls take.
std::vector<machine_cases> slow_calls(const class_cases& cases, const configuration& how, const problem_set& problems) {
    std::map<std::string, machine_cases> found;
    for (const std::string& problem : problems)
        for (const auto& [machine, processes] : cases.by_problem.at(problem).at(how).p90_ns_by_machine) found[machine].push_back(processes);
    std::vector<machine_cases> result;
    for (const auto& [machine, values] : found)
        if (values.size() == problems.size()) result.push_back(values);
    return result;
}

std::optional<usd> cost_of(const std::optional<stated_price>& price, double seconds) {
    constexpr double longest = 1e10;  // s: 317 years; beyond it whole nanoseconds do not fit
    if (!price || !(seconds < longest)) return std::nullopt;
    constexpr std::uint64_t ns_per_hour = 3'600'000'000'000;
    return price->per_hour.times(static_cast<std::uint64_t>(std::llround(seconds * 1e9)), ns_per_hour);
}

class_entry measure(const contender& one, std::size_t index, const class_key& key, const configuration& how, const problem_set& common) {
    const class_cases& cases = one.classes.at(key);
    class_entry made;
    class_result& result = made.result;
    made.scores = machine_scores(cases, how, common);
    result.contender = index;
    result.best = how;
    result.machines = made.scores.size();
    result.rate = made.scores.empty() ? mean_rate(cases, how, common) : geometric_mean(made.scores);
    result.rate_interval = geometric_interval(made.scores);
    result.percent_of_roof = mean_percent(cases, how, common);
    std::vector<double> p50s, p90s;
    for (const std::string& problem : common) {
        p50s.push_back(cases.by_problem.at(problem).at(how).p50_ns);
        p90s.push_back(cases.by_problem.at(problem).at(how).p90_ns);
    }
    result.p50_ns = geometric_mean(p50s);
    result.p90_ns = geometric_mean(p90s);
    result.p90_ns_interval = bootstrap_interval(slow_calls(cases, how, common), 1);
    const double work = work_amount(key.unit);
    result.seconds_per_work = work / result.rate;
    result.cost = cost_of(one.price, result.seconds_per_work);
    if (result.rate_interval) {
        result.cost_low = cost_of(one.price, work / result.rate_interval->high);
        result.cost_high = cost_of(one.price, work / result.rate_interval->low);
    }
    return made;
}

/// Nothing where the contenders have no case in common.
class_ranking rank_class(const class_key& key, const std::vector<contender>& contenders, std::size_t baseline, double delta) {
    class_ranking ranking;
    ranking.key = key;
    problem_set all, common;
    std::map<std::size_t, configuration> chosen;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        const auto found = contenders[i].classes.find(key);
        if (found == contenders[i].classes.end()) continue;
        for (const auto& [problem, by_configuration] : found->second.by_problem) all.insert(problem);
        const configuration how = best_configuration(found->second);
        const problem_set problems = problems_of(found->second, how);
        common = chosen.empty() ? problems : intersection(common, problems);
        chosen.emplace(i, how);
    }
    ranking.all_cases = all.size();
    ranking.common_cases = common.size();
    if (common.empty()) return ranking;

    std::vector<class_entry> entries;
    for (const auto& [index, how] : chosen) entries.push_back(measure(contenders[index], index, key, how, common));
    const auto base =
        std::find_if(entries.begin(), entries.end(), [&](const class_entry& one) { return one.result.contender == baseline; });
    if (base != entries.end()) {
        base->result.is_baseline = true;
        const class_entry fixed = *base;
        for (class_entry& one : entries)
            if (!one.result.is_baseline) judge_against_base(one, fixed, contenders, delta);
    }
    ranking.by_cost = std::any_of(entries.begin(), entries.end(), [](const class_entry& one) { return one.result.cost.has_value(); });
    std::stable_sort(entries.begin(), entries.end(), [](const class_entry& a, const class_entry& b) {
        // Priced before unpriced, then cheaper, then faster.
        if (a.result.cost.has_value() != b.result.cost.has_value()) return a.result.cost.has_value();
        if (a.result.cost && *a.result.cost != *b.result.cost) return *a.result.cost < *b.result.cost;
        return a.result.rate > b.result.rate;
    });
    judge_leads(ranking, entries, contenders, delta);
    for (class_entry& one : entries) ranking.results.push_back(std::move(one.result));
    return ranking;
}

/// The textbook backend runs small cases only, so it does not narrow the cases of the others: they are compared with it
/// over the cases that it ran too.
void add_configurations(const contender& one, std::size_t index, std::vector<configuration_result>& results) {
    for (const auto& entry : one.classes) {  // by names, because clang 14 cannot capture structured bindings
        const class_key& key = entry.first;
        const class_cases& cases = entry.second;
        std::set<configuration> others = configurations_of(cases);
        std::optional<configuration> reference;
        for (const configuration& how : others)
            if (how.backend == "reference") reference = how;
        if (others.size() < 2) continue;
        prefer_others(others, [](const configuration& how) { return how.backend == "reference"; });
        problem_set common = problems_of(cases, *others.begin());
        for (const configuration& how : others) common = intersection(common, problems_of(cases, how));
        if (common.empty()) continue;
        const problem_set shared = reference ? intersection(common, problems_of(cases, *reference)) : problem_set();
        std::vector<configuration_result> of_class;
        const auto add = [&](const configuration& how, const problem_set& problems) {
            configuration_result result{
                index, key, how, problems.size(), mean_rate(cases, how, problems), mean_percent(cases, how, problems), {}};
            if (!shared.empty()) result.over_reference = mean_rate(cases, how, shared) / mean_rate(cases, *reference, shared);
            of_class.push_back(result);
        };
        for (const configuration& how : others) add(how, common);
        if (reference && !others.contains(*reference) && !shared.empty()) add(*reference, shared);
        std::sort(of_class.begin(), of_class.end(), [](const auto& a, const auto& b) { return a.rate > b.rate; });
        results.insert(results.end(), of_class.begin(), of_class.end());
    }
}

std::size_t find_baseline(const std::vector<contender>& contenders, const std::string& wanted) {
    if (wanted.empty()) return 0;
    std::string known;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        const contender& one = contenders[i];
        if (one.label == wanted || one.context.identity.instance_type == wanted) return i;
        for (const std::string& file : one.files)
            if (file == wanted || std::filesystem::path(file).filename() == wanted) return i;
        known += (i ? ", \"" : "\"") + one.label + "\"";
    }
    throw usage_error("--baseline \"" + wanted + "\" is none of the compared machines: " + known);
}

void refuse_mixed_suites(const std::vector<bench_record>& records) {
    for (const bench_record& record : records)
        if (record.context.settings.suite != records.front().context.settings.suite)
            throw data_error(fmt::format("{}: its suite is \"{}\", that of {} is \"{}\"; figures of different suites are not compared",
                                         record.file, record.context.settings.suite, records.front().file,
                                         records.front().context.settings.suite));
}

}  // namespace

bool operator<(const class_key& a, const class_key& b) {
    static constexpr std::string_view order[] = {"matmul", "conv", "depthwise", "reduction", "softmax", "normalisation", "memory"};
    const auto place = [](const class_key& key) {
        return std::find(std::begin(order), std::end(order), key.kernel_class) - std::begin(order);
    };
    return std::tuple(place(a), std::tie(a.kernel_class, a.dtype, a.unit)) <
           std::tuple(place(b), std::tie(b.kernel_class, b.dtype, b.unit));
}

std::string configuration::text() const {
    std::string result = backend;
    if (!isa.empty() && isa != backend) result += " " + isa;
    return result + (threads == 1 ? ", 1 thread" : fmt::format(", {} threads", threads));
}

std::string work_name(const std::string& unit) {
    if (unit == "FLOP/s") return "PFLOP";
    return unit == "B/s" ? "TB" : "million calls";
}

double work_amount(const std::string& unit) {
    if (unit == "FLOP/s") return 1e15;
    return unit == "B/s" ? 1e12 : 1e6;
}

comparison compare_records(const std::vector<bench_record>& records, const price_catalog& catalog, const comparison_settings& settings) {
    refuse_mixed_suites(records);
    comparison result;
    result.suite = records.front().context.settings.suite;
    result.today = settings.today;
    result.delta = settings.delta;
    result.contenders = group_records(records, catalog, settings);
    if (settings.price && result.contenders.size() > 1)
        throw usage_error(
            fmt::format("--price states the price of one machine, but {} are compared; put prices into the records or a "
                        "price file",
                        result.contenders.size()));
    const std::size_t baseline = find_baseline(result.contenders, settings.baseline);
    std::set<class_key> keys;
    for (const contender& one : result.contenders)
        for (const auto& [key, cases] : one.classes) keys.insert(key);
    for (const class_key& key : keys) result.classes.push_back(rank_class(key, result.contenders, baseline, settings.delta));
    judge_together(result);
    for (std::size_t i = 0; i < result.contenders.size(); ++i) add_configurations(result.contenders[i], i, result.configurations);
    const auto use_source = [&](const std::string& id) {
        if (const auto found = catalog.sources().find(id); found != catalog.sources().end()) result.sources.insert(*found);
    };
    for (const contender& one : result.contenders) {
        if (one.price) use_source(one.price->source);
        for (const catalog_offer& offer : one.offers) use_source(offer.price.source);
    }
    return result;
}

}  // namespace tenfold::bench
