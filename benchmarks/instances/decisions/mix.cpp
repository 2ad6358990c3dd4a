// SPDX-License-Identifier: Apache-2.0
#include "instances/decisions/mix.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::sort, std::min
#include <tuple>      // std::tuple

#include "instances/compare/comparison.hpp"  // work_amount
#include "instances/decisions/amounts.hpp"   // charge, dollars
#include "instances/errors.hpp"              // data_error

namespace tenfold::bench {
namespace {

void add_class(mix_offer& mix, const offer_class& key, const offer& one, double work) {
    if (!mix.hours_by_class.empty() && mix.per_hour != one.per_hour)
        throw data_error(fmt::format("{} has two prices, {} and {} USD an hour; a mix runs at one", one.machine, mix.per_hour.text(),
                                     one.per_hour.text()));
    const auto hours_at = [&](double rate) { return work * work_amount(key.unit) / rate / 3600; };
    const bool first = mix.hours_by_class.empty();
    mix.machine = one.machine;
    mix.per_hour = one.per_hour;
    if (mix.remark.empty()) mix.remark = one.remark;
    mix.hours_by_class[key] = hours_at(one.rate);
    mix.hours += hours_at(one.rate);
    if (!one.interval) {
        mix.interval.reset();
    } else if (first) {
        mix.interval = ratio_interval{mix.hours, hours_at(one.interval->high), hours_at(one.interval->low), one.interval->degrees};
    } else if (mix.interval) {
        mix.interval =
            ratio_interval{mix.hours, mix.interval->low + hours_at(one.interval->high), mix.interval->high + hours_at(one.interval->low),
                           std::min(mix.interval->degrees, one.interval->degrees)};
    }
}

}  // namespace

usd mix_offer::cost_of(double so_many_hours) const { return charge(per_hour, so_many_hours); }
usd mix_offer::cost() const { return cost_of(hours); }

open_cost mix_offer::open() const {
    const double price = dollars(per_hour);
    open_cost result{machine, price * hours, {}};
    if (interval) result.interval = ratio_interval{price * hours, price * interval->low, price * interval->high, interval->degrees};
    return result;
}

work_by_class work_of(const csv_file& weights, const offers_by_class& classes) {
    work_by_class work;
    for (std::size_t row = 0; row < weights.size(); ++row) {
        const std::string name = class_name(weights, row);
        std::vector<offer_class> found;
        for (const auto& [key, offers] : classes)
            if (key.name == name) found.push_back(key);
        if (found.empty()) throw data_error(weights.where(row) + ": class \"" + name + "\" was not measured on a machine with a price");
        if (found.size() > 1)
            throw data_error(
                fmt::format("{}: class \"{}\" was measured in {} and in {}", weights.where(row), name, found[0].unit, found[1].unit));
        if (const double amount = number_in(weights, row, "work"); amount > 0) work[found.front()] += amount;
    }
    if (work.empty()) throw data_error("--weights has no work above zero; give PFLOP, TB or million calls of at least one class");
    return work;
}

std::vector<mix_offer> mixes_of(const work_by_class& work, const offers_by_class& classes) {
    std::map<std::string, mix_offer> by_machine;
    for (const auto& [key, amount] : work)
        for (const offer& one : classes.at(key)) add_class(by_machine[one.machine], key, one, amount);
    std::vector<mix_offer> mixes;
    for (const auto& [machine, mix] : by_machine)
        if (mix.hours_by_class.size() == work.size()) mixes.push_back(mix);
    if (mixes.empty()) throw data_error("no machine has figures and a price for every class of --weights");
    const auto rank = [](const mix_offer& one) { return std::tuple(one.cost(), one.hours, one.machine); };
    std::sort(mixes.begin(), mixes.end(), [&](const mix_offer& a, const mix_offer& b) { return rank(a) < rank(b); });
    if (mixes.front().cost() <= usd()) throw data_error("the mix costs less than 10^-9 USD; give more work in --weights");
    return mixes;
}

}  // namespace tenfold::bench
