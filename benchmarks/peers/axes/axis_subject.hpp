// SPDX-License-Identifier: Apache-2.0
// A contest of reductions, softmax and norms.
#pragma once

#include "peers/axes/axis_ops.hpp"    // axis_set_names
#include "peers/contest/subject.hpp"  // contest_subject, contest_wishes

namespace tenfold::bench {

std::unique_ptr<contest_subject> make_axis_subject(const contest_wishes& wishes);

}  // namespace tenfold::bench
