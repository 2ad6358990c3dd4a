// SPDX-License-Identifier: Apache-2.0
// The cases of a run: each selected problem on each selected backend, ISA and number of threads.
#pragma once

#include <functional>  // std::function
#include <string>      // std::string
#include <vector>      // std::vector

#include "support/machine_limits.hpp"  // machine_limits
#include "support/problem.hpp"         // problem, execution
#include "support/run_options.hpp"     // run_options

namespace tenfold::bench {

struct bench_case {
    std::size_t problem_index = 0;  // into selection::problems
    execution how;
    std::string name;               // "matmul:f32:m128n3072k768:nt/cpu:avx512/threads:2"
};

struct skipped_case {
    std::string name, reason;
};

struct selection {
    problem_list problems;  // those with at least one case
    std::vector<bench_case> cases;
    std::vector<skipped_case> skipped;
};

/// Flags that name nothing that exists: usage_error with what there is. A selection without cases is one too.
selection select_cases(const problem_list& known, const run_options& options, const machine_limits& limits);

/// The selection without the cases of some classes, which become skipped ones for this reason.
selection without_classes(const selection& what, const std::function<bool(const std::string&)>& unwanted, const std::string& reason);

}  // namespace tenfold::bench
