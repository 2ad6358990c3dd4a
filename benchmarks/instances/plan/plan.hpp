// SPDX-License-Identifier: Apache-2.0
// Which machines to launch for a comparison, for how long and for how much money; nothing is launched.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <string>      // std::string
#include <vector>      // std::vector

#include "instances/price/money.hpp"  // usd

namespace tenfold::bench {

struct plan_options {
    std::vector<std::string> types;  // provider/type
    std::string region, allocation = "on_demand";
    int machines = 3;                // of each type
    std::string suite = "standard";
    std::string campaign = "c1";     // part of names and keys
    std::string budget;              // USD as text; needed
    std::string overhead = "4min";   // from a launch to the first measurement: an estimate
    std::filesystem::path catalog;
    std::filesystem::path out;       // the plan's file; empty: none
    bool allow_stale = false;
    bool allow_idle_gpus = false;  // plan GPU types although only their CPU will be measured
    std::string delta = "3%";
    std::string today;
};

/// One machine to be launched once.
struct plan_slot {
    std::string id;  // "g6-xlarge-0": of names and keys
    std::string provider, type, region, allocation, arch;
    int accelerators = 0;    // NVIDIA GPUs, a part of one counted as one
    int vcpus = 0, memory_gib = 0;  // 0: the catalog does not know
    int minutes = 0;         // until it is switched off, whatever happens
    usd per_hour, at_most;   // what the minutes cost
    std::string price_from;  // source and date
};

struct bench_plan {
    std::string campaign, suite;
    usd budget, expected, at_most;  // at most: every machine runs until it is switched off
    std::vector<plan_slot> slots;
};

/// What a plan with GPU types says of them, wherever it is read.
inline constexpr const char* idle_gpus = "`tenfold-bench run` measures CPU kernels only, yet";
bool has_idle_gpus(const bench_plan& plan);

/// Unknown type, a GPU type without leave, no price, stale price, a plan above the budget (says what fits): usage_error or data_error.
bench_plan make_plan(const plan_options& options);

/// What the plan costs, and which differences it can see.
std::string plan_text(const bench_plan& plan, const plan_options& options);

/// The plan as a file (schema tenfold.plan/1), and back; a foreign or damaged file: data_error.
std::string plan_json(const bench_plan& plan);
bench_plan read_plan(const std::filesystem::path& file);

/// Lower-case letters, digits and single hyphens: what every target accepts in a name.
std::string slug(const std::string& text);

}  // namespace tenfold::bench
