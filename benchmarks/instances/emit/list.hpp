// SPDX-License-Identifier: Apache-2.0
// The targets of `tenfold-bench emit`. A new one is one file here, and one line in each of the two lists below.
#pragma once

#include <vector>  // std::vector

#include "instances/emit/target.hpp"  // emit_target

namespace tenfold::bench::targets {

emit_target docker();
emit_target k8s();
emit_target terraform();
emit_target cloudformation();
emit_target skypilot();
emit_target userdata();

inline std::vector<emit_target> all() { return {docker(), k8s(), terraform(), cloudformation(), skypilot(), userdata()}; }

}  // namespace tenfold::bench::targets
