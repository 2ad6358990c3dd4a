// SPDX-License-Identifier: Apache-2.0
// THE list of ops with problems: an op is one file beside this one, defining `<op>_problems`, and one entry here.
#pragma once

#include <utility>  // std::move

#include "support/problem.hpp"  // problem_list

#define TENFOLD_BENCH_OPS(X) \
    X(matmul)                \
    X(conv)                  \
    X(reduce)                \
    X(softmax)               \
    X(normalise)

namespace tenfold::bench {

#define TENFOLD_BENCH_DECLARE(op) problem_list op##_problems();
TENFOLD_BENCH_OPS(TENFOLD_BENCH_DECLARE)
#undef TENFOLD_BENCH_DECLARE

/// The problems of every op, in the order of the list.
inline problem_list all_problems() {
#define TENFOLD_BENCH_ENTRY(op) &op##_problems,
    constexpr problem_list (*sources[])() = {TENFOLD_BENCH_OPS(TENFOLD_BENCH_ENTRY)};
#undef TENFOLD_BENCH_ENTRY
    problem_list problems;
    for (const auto problems_of : sources) {
        for (problem& one : problems_of()) problems.push_back(std::move(one));
    }
    return problems;
}

}  // namespace tenfold::bench
