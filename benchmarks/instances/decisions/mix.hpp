// SPDX-License-Identifier: Apache-2.0
// A mix of work on each measured machine: how long it takes, what it costs, and how far its machines leave that open.
#pragma once

#include <map>       // std::map
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/decisions/offers.hpp"   // offers_by_class
#include "instances/decisions/standing.hpp"  // open_cost

namespace tenfold::bench {

/// PFLOP, TB or million calls of each class, all above zero.
using work_by_class = std::map<offer_class, double>;

/// A machine that has figures for every class of the mix, one class run after the other.
struct mix_offer {
    std::string machine, remark;
    usd per_hour;
    std::map<offer_class, double> hours_by_class;
    /// Over all classes. Nobody knows how the classes of a machine vary together; taken is that they are all fast or all slow
    /// at once, which leaves their sum open the furthest.
    double hours = 0;
    std::optional<ratio_interval> interval;  // of the hours, 95 %, between machines

    [[nodiscard]] usd cost() const;
    [[nodiscard]] usd cost_of(double so_many_hours) const;
    [[nodiscard]] open_cost open() const;
};

/// The table --weights. A class that was not measured, in one unit, or no work at all: data_error.
work_by_class work_of(const csv_file& weights, const offers_by_class& classes);

/// The cheapest first. Machines that lack a class are left out; no machine has them all: data_error.
std::vector<mix_offer> mixes_of(const work_by_class& work, const offers_by_class& classes);

/// The machine that does all of the mix for least, among those that end before --deadline where there is one; choice "none"
/// where none does. A machine whose interval reaches beyond the deadline is recommended by its estimate, with a word on it.
void add_mix(const work_by_class& work, const offers_by_class& classes, const inputs& in, answer& out);

}  // namespace tenfold::bench
