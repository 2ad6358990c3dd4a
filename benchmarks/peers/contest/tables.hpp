// SPDX-License-Identifier: Apache-2.0
// The results of a contest as a table for people and as comma-separated values for programs.
#pragma once

#include <ostream>  // std::ostream
#include <string>  // std::string
#include <vector>  // std::vector

#include "peers/contest/contest.hpp"  // shape_result

namespace tenfold::bench {

struct contest_report {
    std::vector<std::string> facts;  // machine, build, roofs: a line each
    std::vector<std::string> names, versions;  // of the contenders; the first is the one that the others are compared with
    std::vector<shape_result> results;
    std::string title, rate_unit, roof_meaning, value_names;  // of the subject
    std::vector<std::string> roof_lines;
};

/// Worst ratio first.
void write_table(const contest_report& report, std::ostream& out);

/// A line for each shape and contender that was timed or should have been.
void write_csv(const contest_report& report, std::ostream& out);

}  // namespace tenfold::bench
