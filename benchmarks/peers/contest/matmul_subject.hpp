// SPDX-License-Identifier: Apache-2.0
// A contest of matmuls.
#pragma once

#include "op/matmul_shape.hpp"        // matmul_shape
#include "peers/contest/subject.hpp"  // contest_subject, contest_wishes

namespace tenfold::bench {

struct wanted_shape {
    matmul_shape shape;
    std::string workload;
};

/// What is asked for, each shape once: usage_error for names that nothing has.
std::vector<wanted_shape> wanted_shapes(const contest_wishes& wishes);

/// As the tables show it.
contest_case case_of(const wanted_shape& wanted);

std::unique_ptr<contest_subject> make_matmul_subject(const contest_wishes& wishes);

}  // namespace tenfold::bench
