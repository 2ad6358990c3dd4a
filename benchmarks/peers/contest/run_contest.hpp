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
    std::vector<std::string> sets;    // of the catalog
    std::vector<std::string> shapes;  // as text
    std::vector<std::string> types;   // only these; empty: all
    std::vector<std::string> only;    // beginnings of names of contenders; empty: all
    std::vector<int> threads{1};
    std::string modules;              // the folder
    std::uint64_t seed = 1;
    contest_plan plan;
};

struct wanted_shape {
    matmul_shape shape;
    std::string workload;
};

/// What the options ask for, each shape once: usage_error for names that nothing has.
std::vector<wanted_shape> wanted_shapes(const contest_options& options);

/// Runs all shapes with all numbers of threads; tells on `log` how far it is. An interrupt ends it after the shape.
contest_report run_contest(const contest_options& options, std::ostream& log);

}  // namespace tenfold::bench
