// SPDX-License-Identifier: Apache-2.0
#include "instances/decisions/offers.hpp"

#include <fmt/format.h>

#include "instances/compare/comparison.hpp"  // work_amount
#include "instances/decisions/amounts.hpp"   // charge
#include "instances/errors.hpp"              // data_error

namespace tenfold::bench {

std::map<offer_class, std::vector<offer>> offers_of(const csv_file& table, std::vector<std::string>& without_price) {
    std::map<offer_class, std::vector<offer>> classes;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string& unit = table.at(row, "rate_unit");
        if (unit != "FLOP/s" && unit != "B/s" && unit != "call/s")
            throw data_error(fmt::format("{}: rate_unit is \"{}\"; it must be FLOP/s, B/s or call/s", table.where(row), unit));
        const std::string& dtype = table.at(row, "dtype");
        const std::string name = table.at(row, "class") + (dtype.empty() ? "" : " " + dtype);
        if (table.at(row, "usd_per_hour").empty()) {
            without_price.push_back(table.at(row, "machine") + " in " + name);
            continue;
        }
        offer one{table.at(row, "machine"),
                  number_in(table, row, "rate"),
                  {},
                  static_cast<int>(number_in(table, row, "machines", 1)),
                  money_in(table, row, "usd_per_hour"),
                  ""};
        if (!(one.rate > 0)) throw data_error(table.where(row) + ": rate is zero");
        if (one.per_hour <= usd()) throw data_error(table.where(row) + ": usd_per_hour must be above zero");
        const double low = number_in(table, row, "rate_low", 0), high = number_in(table, row, "rate_high", 0);
        if (low > 0 && high >= low) one.interval = ratio_interval{one.rate, low, high};
        if (table.has("validity") && table.at(row, "validity") != "valid") one.remark = table.at(row, "validity");
        classes[{name, unit}].push_back(one);
    }
    if (classes.empty()) throw data_error("no row of the table has a price; give one to `tenfold-bench compare` with --catalog or --price");
    return classes;
}

usd cost_of_work(const offer& one, const std::string& unit, double rate) { return charge(one.per_hour, work_amount(unit) / rate / 3600); }

}  // namespace tenfold::bench
