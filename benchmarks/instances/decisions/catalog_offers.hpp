// SPDX-License-Identifier: Apache-2.0
// The catalog's types with accelerators as offers: price of an hour, datasheet peak and bandwidth of all accelerators.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <string>      // std::string
#include <vector>      // std::vector

#include "instances/price/catalog.hpp"  // price_catalog

namespace tenfold::bench {

struct offers_query {
    const price_catalog& catalog;
    std::filesystem::path folder;   // that holds peaks.csv
    std::string precision, region;  // region "": the cheapest of each type
    std::string today;
    bool allow_stale = false;
};

/// On-demand offers as a table with name, usd_per_hour, tflops, gb_per_s and memory_gb. Types whose accelerator has no
/// peak of that precision are left out, and so are stale prices unless allowed; `sources` says how many.
std::string accelerator_offers(const offers_query& query, std::vector<std::string>& sources);

}  // namespace tenfold::bench
