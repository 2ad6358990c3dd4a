// SPDX-License-Identifier: Apache-2.0
// Detectors of what goes wrong in price tables.
#pragma once

#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

#include "instances/price/catalog.hpp"  // price_catalog

namespace tenfold::bench {

struct price_finding {
    std::string detector;  // non_positive, currency, allocation, unknown_type, commitment_above_on_demand,
                           // spot_not_below_on_demand, flat_spot_ratio, duplicate, accelerator_in_name,
                           // accelerator_count, stale, undated, future, jump
    bool error = false;    // a row that must not be used; otherwise a warning
    std::string where;     // file and row, or the rows' key
    std::string reason;
};

/// Every finding, in the order of the rows; `today` is YYYY-MM-DD.
std::vector<price_finding> check_prices(const price_catalog& catalog, std::string_view today);

/// Days after which a price of this allocation is stale: 30 on demand, 1 spot, 90 committed; "interruptions": 90.
int days_until_stale(std::string_view allocation);

}  // namespace tenfold::bench
