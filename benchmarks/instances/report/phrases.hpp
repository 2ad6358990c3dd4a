// SPDX-License-Identifier: Apache-2.0
// Small texts that several tables of a report share.
#pragma once

#include <fmt/format.h>
#include <algorithm>  // std::any_of, std::max_element
#include <optional>   // std::optional
#include <string>     // std::string
#include <vector>     // std::vector

#include "instances/compare/comparison.hpp"  // class_result
#include "instances/report/numbers.hpp"      // percent, times

namespace tenfold::bench {

inline std::string optional_percent(const std::optional<double>& value) { return value ? percent(*value) : no_figure; }

/// What marks a verdict that does not stand when all of a comparison are asked at once.
inline std::string marked(verdict v, bool stands) { return std::string(verdict_word(v)) + (stands ? "" : "*"); }

/// A verdict, and, where it is open although there are several machines, how many would close it.
inline std::string verdict_text(verdict v, bool stands, bool has_spread, const std::optional<int>& machines) {
    const std::string text = marked(v, stands);
    if (v != verdict::undecided || !has_spread) return text;
    return text + (machines ? fmt::format(" ({} machines would decide)", *machines)
                            : fmt::format(" (more than {} machines would decide)", most_machines_to_decide));
}

inline std::string speed_verdict_text(const class_result& result) {
    if (result.is_baseline) return "baseline";
    return verdict_text(result.speed, result.speed_stands, result.has_spread, result.speed_machines_to_decide);
}

inline std::string cost_verdict_text(const class_result& result) {
    if (result.is_baseline) return "baseline";
    return verdict_text(result.cost_verdict, result.cost_stands, result.has_spread, result.cost_machines_to_decide);
}

inline bool one_machine_only(const class_ranking& ranking) {
    return std::any_of(ranking.results.begin(), ranking.results.end(), [](const class_result& one) { return one.machines < 2; });
}

inline std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
    return text;
}

inline const class_result& fastest_of(const class_ranking& ranking) {
    return *std::max_element(ranking.results.begin(), ranking.results.end(),
                             [](const class_result& a, const class_result& b) { return a.rate < b.rate; });
}

inline std::string open_labels(const comparison& result, const lead& first) {
    std::vector<std::string> labels;
    for (const std::size_t one : first.open) labels.push_back(result.contenders[one].label);
    return joined(labels, ", ");
}

/// "better than aws/b (1.05 x)", "undecided (5 machines would decide) against aws/b (1.01 x), not shown to be better than aws/c".
inline std::string lead_text(const comparison& result, const lead& first) {
    const judged_ratio& said = first.found;
    const char* word = said.found == verdict::better ? "than" : said.found == verdict::equivalent ? "to" : "against";
    std::string text = fmt::format("{} {} {} ({})",
                                   verdict_text(said.found, first.stands.value_or(true), said.levels.has_value(), said.machines_to_decide),
                                   word, result.contenders[first.runner_up].label, times(said.ratio));
    if (!first.open.empty()) text += ", not shown to be better than " + open_labels(result, first);
    return text;
}

}  // namespace tenfold::bench
