// SPDX-License-Identifier: Apache-2.0
// An identification as the JSON objects of a benchmark record; identity_json and machine_json are declared in identify.hpp.
#pragma once

#include <nlohmann/json_fwd.hpp>  // nlohmann::ordered_json

#include <vector>  // std::vector

#include "instances/facts/noise.hpp"  // noise_finding

namespace tenfold::bench {

nlohmann::ordered_json noise_json(const std::vector<noise_finding>& findings);

}  // namespace tenfold::bench
