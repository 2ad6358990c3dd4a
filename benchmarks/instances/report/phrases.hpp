// SPDX-License-Identifier: Apache-2.0
// Small texts that several tables of a report share.
#pragma once

#include <fmt/format.h>
#include <algorithm>  // std::any_of
#include <optional>   // std::optional
#include <string>     // std::string
#include <vector>     // std::vector

#include "instances/compare/comparison.hpp"  // class_result
#include "instances/report/numbers.hpp"      // percent

namespace tenfold::bench {

inline std::string optional_percent(const std::optional<double>& value) { return value ? percent(*value) : no_figure; }

/// What marks a verdict that does not stand when all of a comparison are asked at once.
inline std::string marked(verdict v, bool stands) { return std::string(verdict_word(v)) + (stands ? "" : "*"); }

/// A verdict, and, where it is open although there are several machines, how many would close it.
inline std::string verdict_text(const class_result& result, verdict v, bool stands, const std::optional<int>& machines) {
    if (result.is_baseline) return "baseline";
    const std::string text = marked(v, stands);
    if (v != verdict::undecided || !result.has_spread) return text;
    return text + (machines ? fmt::format(" ({} machines would decide)", *machines)
                            : fmt::format(" (more than {} machines would decide)", most_machines_to_decide));
}

inline std::string speed_verdict_text(const class_result& result) {
    return verdict_text(result, result.speed, result.speed_stands, result.speed_machines_to_decide);
}

inline std::string cost_verdict_text(const class_result& result) {
    return verdict_text(result, result.cost_verdict, result.cost_stands, result.cost_machines_to_decide);
}

inline bool one_machine_only(const class_ranking& ranking) {
    return std::any_of(ranking.results.begin(), ranking.results.end(), [](const class_result& one) { return one.machines < 2; });
}

inline std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
    return text;
}

}  // namespace tenfold::bench
