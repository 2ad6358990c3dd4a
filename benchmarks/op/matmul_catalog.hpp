// SPDX-License-Identifier: Apache-2.0
// THE list of matmuls that are measured, in named sets: by tenfold-bench those of float and double, by tenfold-peers all.
#pragma once

#include <string>  // std::string
#include <vector>  // std::vector

#include "op/matmul_shape.hpp"  // matmul_shape
#include "support/problem.hpp"  // suite

namespace tenfold::bench {

struct listed_matmul {
    matmul_shape shape;
    std::string workload;           // where it occurs: "BERT-base feed-forward up, 128 tokens"
    suite first_suite = suite::full;  // of tenfold-bench
    std::vector<std::string> sets;  // that it is in
};

/// Every shape once, in the order in which it was first listed.
const std::vector<listed_matmul>& matmul_catalog();

/// The names of the sets, in the order of the list.
std::vector<std::string> matmul_set_names();

}  // namespace tenfold::bench
