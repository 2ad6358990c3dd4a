// SPDX-License-Identifier: Apache-2.0
// What the catalog shows at a glance, as tables and as pictures that stand alone.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <string>      // std::string

#include "instances/price/catalog.hpp"      // price_catalog
#include "instances/report/text_table.hpp"  // text_table

namespace tenfold::bench {

/// The lowest on-demand price of an hour of each accelerator at each provider; managed services are left out.
text_table price_matrix(const price_catalog& catalog);
std::string price_matrix_svg(const price_catalog& catalog);

/// families.csv of the catalog's folder: accelerated families by the day from which they are known; without a source for
/// that day they come last.
text_table family_timeline(const std::filesystem::path& folder);
std::string family_timeline_svg(const std::filesystem::path& folder);

}  // namespace tenfold::bench
