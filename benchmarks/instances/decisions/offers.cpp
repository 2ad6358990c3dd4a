// SPDX-License-Identifier: Apache-2.0
#include "instances/decisions/offers.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::any_of, std::find
#include <cmath>      // std::floor

#include "instances/compare/comparison.hpp"  // work_amount
#include "instances/decisions/amounts.hpp"   // charge
#include "instances/errors.hpp"              // data_error

namespace tenfold::bench {
namespace {

/// `compare` names what it holds against a price in the verdict on the row: "degraded: no accuracy check, price stale".
bool has_flawed_price(const std::string& validity) {
    return validity.find(": price ") != std::string::npos || validity.find(", price ") != std::string::npos;
}

/// A machine has one price, however many classes it has.
void add_once(std::vector<std::string>& sentences, const std::string& one) {
    if (std::find(sentences.begin(), sentences.end(), one) == sentences.end()) sentences.push_back(one);
}

int machines_in(const csv_file& table, std::size_t row) {
    const double count = number_in(table, row, "machines", 1);
    if (count != std::floor(count) || count < 1 || count > 1e6)
        throw data_error(table.where(row) + ": machines must be a whole number from 1");
    return static_cast<int>(count);
}

std::optional<ratio_interval> interval_in(const csv_file& table, std::size_t row, double rate, int machines) {
    const double low = number_in(table, row, "rate_low", 0), high = number_in(table, row, "rate_high", 0);
    if (low == 0 && high == 0) return std::nullopt;
    if (!(0 < low && low <= rate && rate <= high))
        throw data_error(table.where(row) + ": rate does not lie between rate_low and rate_high; both are above zero, or both empty");
    if (machines < 2)
        throw data_error(table.where(row) + ": an interval between machines needs their number in the column machines, two or more");
    return ratio_interval{rate, low, high, machines - 1.0};
}

}  // namespace

std::string class_name(const csv_file& table, std::size_t row) {
    const std::string& dtype = table.at(row, "dtype");
    return table.at(row, "class") + (dtype.empty() ? "" : " " + dtype);
}

offers_by_class offers_of(const inputs& in, std::vector<std::string>& left_out) {
    const csv_file& table = in.table("offers");
    offers_by_class classes;
    bool flawed = false;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string& unit = table.at(row, "rate_unit");
        if (unit != "FLOP/s" && unit != "B/s" && unit != "call/s")
            throw data_error(fmt::format("{}: rate_unit is \"{}\"; it must be FLOP/s, B/s or call/s", table.where(row), unit));
        const std::string& machine = table.at(row, "machine");
        const std::string name = class_name(table, row);
        if (table.at(row, "usd_per_hour").empty()) {
            add_once(left_out, "No price: " + machine + ".");
            continue;
        }
        const double rate = number_in(table, row, "rate");
        if (!(rate > 0)) throw data_error(table.where(row) + ": rate is zero");
        const usd per_hour = money_in(table, row, "usd_per_hour");
        if (per_hour <= usd()) throw data_error(table.where(row) + ": usd_per_hour must be above zero");
        const int machines = machines_in(table, row);
        const auto interval = interval_in(table, row, rate, machines);
        const std::string validity = table.has("validity") ? table.at(row, "validity") : "valid";
        if (has_flawed_price(validity) && !in.stale_allowed()) {
            flawed = true;
            add_once(left_out, fmt::format("{}: {}; --allow-stale counts it.", machine, validity));
            continue;
        }
        std::vector<offer>& offers = classes[{name, unit}];
        if (std::any_of(offers.begin(), offers.end(), [&](const offer& other) { return other.machine == machine; }))
            throw data_error(fmt::format("{}: {} stands twice in {}", table.where(row), machine, name));
        offers.push_back({machine, rate, interval, machines, per_hour, validity == "valid" ? "" : validity});
    }
    if (classes.empty() && flawed)
        throw data_error("no row of the table has a price to decide on: " + left_out.back() +
                         " Or give `tenfold-bench compare` a newer one");
    if (classes.empty()) throw data_error("no row of the table has a price; give one to `tenfold-bench compare` with --catalog or --price");
    return classes;
}

usd cost_of_work(const offer& one, const std::string& unit, double rate) { return charge(one.per_hour, work_amount(unit) / rate / 3600); }

}  // namespace tenfold::bench
