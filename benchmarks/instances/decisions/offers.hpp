// SPDX-License-Identifier: Apache-2.0
// Measured machines with their prices: the rows that `compare --format csv` writes, or a user's own in the same columns.
#pragma once

#include <map>       // std::map
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/decisions/decision.hpp"    // inputs
#include "instances/statistics/interval.hpp"  // ratio_interval

namespace tenfold::bench {

struct offer {
    std::string machine;
    double rate = 0;                           // FLOP/s, B/s or call/s
    std::optional<ratio_interval> interval;    // 95 %, between machines
    int machines = 1;
    usd per_hour;
    std::string remark;                        // validity, where it is not plain
};

/// "matmul f32", "FLOP/s".
struct offer_class {
    std::string name, unit;
    friend auto operator<=>(const offer_class&, const offer_class&) = default;
};

inline constexpr std::string_view offer_columns = "machine,class,dtype,rate,rate_unit,usd_per_hour";

using offers_by_class = std::map<offer_class, std::vector<offer>>;

/// The table "offers". Rows without a price, and those whose price has a flaw that is not allowed, are left out, each with a
/// sentence in `left_out`. A machine twice in a class: data_error.
offers_by_class offers_of(const inputs& in, std::vector<std::string>& left_out);

/// "matmul f32" of a row with a class and a dtype.
std::string class_name(const csv_file& table, std::size_t row);

/// US dollars per PFLOP, TB or million calls.
usd cost_of_work(const offer& one, const std::string& unit, double rate);

}  // namespace tenfold::bench
