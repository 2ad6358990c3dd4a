// SPDX-License-Identifier: Apache-2.0
// The datasheet peaks beside the prices: which row describes an accelerator, and detectors of what goes wrong in them.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <string>      // std::string
#include <vector>      // std::vector

#include "instances/price/check.hpp"  // price_finding

namespace tenfold::bench {

/// Instance types name a family of cards; datasheets name the card. What clouds sell under the short name is the SXM part.
std::string datasheet_name(const std::string& accelerator);

/// sparse_or_wrong: a step to half the width that does not double the peak; memory: more or less than the datasheet or than
/// other types of the same accelerator say; wrong_card: two cards that are mixed up easily have one row of figures.
std::vector<price_finding> check_peaks(const price_catalog& catalog, const std::filesystem::path& peaks);

}  // namespace tenfold::bench
