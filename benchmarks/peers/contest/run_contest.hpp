// SPDX-License-Identifier: Apache-2.0
// The contest from its options to its report.
#pragma once

#include <ostream>  // std::ostream
#include <string>   // std::string
#include <vector>   // std::vector

#include "peers/contest/contest.hpp"  // contest_plan
#include "peers/contest/tables.hpp"   // contest_report

namespace tenfold::bench {

struct contest_options {
    std::string subject = "matmul";
    contest_wishes wishes;
    std::vector<std::string> only;    // beginnings of names of contenders; empty: all
    std::vector<int> threads{1};
    std::string modules;              // the folder
    std::uint64_t seed = 1;
    contest_plan plan;
};

/// What the options ask for: usage_error for names that nothing has.
std::unique_ptr<contest_subject> subject_of(const contest_options& options);

/// Runs all shapes with all numbers of threads; tells on `log` how far it is. An interrupt ends it after the shape.
contest_report run_contest(const contest_options& options, std::ostream& log);

}  // namespace tenfold::bench
