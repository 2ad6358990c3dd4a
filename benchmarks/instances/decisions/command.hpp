// SPDX-License-Identifier: Apache-2.0
// The command `cost` behind the command line.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <map>         // std::map
#include <string>      // std::string

#include "instances/decisions/decision.hpp"  // decision

namespace tenfold::bench {

struct cost_options {
    std::map<std::string, std::string> given;  // by parameter name; of a table its file
    std::filesystem::path input;               // JSON object with the same names; flags win
    std::filesystem::path catalog;             // prices that were not given are looked up there
    std::string type, region;                  // of the machine to look up: "aws/g6.xlarge", "us-east-1"
    bool allow_stale = false;                  // use prices that are too old or undated, and say so
    std::string format = "table";              // table, json
    std::string today;                         // YYYY-MM-DD; empty: the clock's
};

/// The answer as text in the format asked for. What is wrong or missing: usage_error or data_error.
std::string cost_command(const decision& what, const cost_options& options);

/// The decisions and their questions.
std::string cost_list();

}  // namespace tenfold::bench
