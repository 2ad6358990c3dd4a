// SPDX-License-Identifier: Apache-2.0
// The shapes that ops of a kind share.
#pragma once

#include "peers/axes/axis_ops.hpp"  // listed_axis_shape

namespace tenfold::bench {

/// `quick` names the workloads that are in the set "quick".
std::vector<listed_axis_shape> reduction_shapes(const std::vector<std::string>& quick);
std::vector<listed_axis_shape> softmax_shapes();
std::vector<listed_axis_shape> norm_shapes();

}  // namespace tenfold::bench
