// SPDX-License-Identifier: Apache-2.0
// May a decision about money rest on this price?
#pragma once

#include <string>  // std::string

#include "instances/price/catalog.hpp"  // price_row

namespace tenfold::bench {

/// The date and age of a price as text. Too old for its allocation, undated, or estimated by its source: data_error that
/// says so, unless that is allowed; then the text says it.
std::string require_fresh(const price_row& row, const std::string& today, bool allow_stale);

}  // namespace tenfold::bench
