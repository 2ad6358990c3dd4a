// SPDX-License-Identifier: Apache-2.0
// The decisions of `tenfold-bench cost`. A new one is one file here, and one line in each of the two lists below.
#pragma once

#include <vector>  // std::vector

#include "instances/decisions/decision.hpp"  // decision

namespace tenfold::bench::decisions {

decision unit();
decision pareto();
decision accelerator();
decision spot();
decision commit();
decision fleet();
decision rightsize();
decision tco();
decision serverless();
decision bill();
decision gravity();
decision place();
decision share();
decision scale();
decision regions();
decision carbon();

inline std::vector<decision> all() {
    return {unit(),       pareto(), accelerator(), spot(),  commit(), fleet(), rightsize(), tco(),
            serverless(), bill(),   gravity(),     place(), share(),  scale(), regions(),   carbon()};
}

}  // namespace tenfold::bench::decisions
