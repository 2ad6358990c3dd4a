// SPDX-License-Identifier: Apache-2.0
// How much of a varying demand to commit to, and what to buy above it.
#include <fmt/format.h>
#include <algorithm>  // std::max, std::min
#include <cmath>      // std::abs, std::floor

#include "instances/decisions/amounts.hpp"  // charge, scaled
#include "instances/decisions/list.hpp"     // fleet
#include "instances/errors.hpp"             // usage_error, data_error
#include "instances/report/numbers.hpp"     // significant, percent

namespace tenfold::bench {
namespace {

struct level {
    double machines = 0, hours = 0;
};

struct prices {
    usd on_demand, reserved, spot;
    double interruptible = 0, spot_slowdown = 1;
};

/// The share of what lies above the committed machines that runs on spot: none where that is not cheaper.
double spot_part(const prices& price) {
    return price.interruptible > 0 && scaled(price.spot, price.spot_slowdown) < price.on_demand ? price.interruptible : 0;
}

/// A year with so many committed machines; above them, the interruptible share runs on spot where that is cheaper.
usd year_with(double committed, const std::vector<level>& demand, const prices& price) {
    usd total = charge(price.reserved, committed * hours_per_year);
    const usd on_spot = scaled(price.spot, price.spot_slowdown);
    const double part = spot_part(price);
    for (const level& one : demand) {
        const double above = std::max(0.0, one.machines - committed) * one.hours;
        total = total + charge(price.on_demand, above * (1 - part)) + charge(on_spot, above * part);
    }
    return total;
}

answer answer_fleet(const inputs& in) {
    answer out;
    const csv_file& table = in.table("demand");
    std::vector<level> demand;
    double hours = 0, highest = 0, machine_hours = 0;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const level one{number_in(table, row, "machines"), number_in(table, row, "hours")};
        demand.push_back(one);
        hours += one.hours;
        highest = std::max(highest, one.machines);
        machine_hours += one.machines * one.hours;
    }
    if (std::abs(hours - hours_per_year) > 24)
        throw data_error(fmt::format("--demand covers {:.0f} hours; it must cover the 8760 hours of a year, quiet ones included", hours));
    if (highest > 100000) throw data_error("--demand asks for more than 100,000 machines; count in larger units");
    const prices price{in.money("on-demand"), in.money("reserved"), in.has("spot") ? in.money("spot") : usd(),
                       in.has("spot") ? in.number("interruptible") : 0, in.number("spot-slowdown")};

    double best = 0;
    usd least = year_with(0, demand, price);
    for (double committed = 1; committed <= std::ceil(highest); ++committed) {
        const usd cost = year_with(committed, demand, price);
        if (cost < least) {
            best = committed;
            least = cost;
        }
    }
    const auto row_of = [&](const std::string& name, double committed, const prices& how) {
        const usd cost = year_with(committed, demand, how);
        return std::vector<std::string>{name, fmt::format("{:.0f}", committed), cost.text(0), divided(cost, machine_hours).significant(4)};
    };
    prices without_spot = price;
    without_spot.interruptible = 0;
    out.tables.push_back({"A year",
                          fmt::format("{:.0f} machine-hours, at most {:.0f} machines at once.", machine_hours, highest),
                          {{"fleet"}, {"committed", true}, {"USD", true}, {"USD per machine-hour", true}},
                          {row_of("all on demand", 0, without_spot), row_of("committed to the peak", std::ceil(highest), without_spot),
                           row_of("committed below, on demand above", best, without_spot), row_of("the same with spot", best, price)}});
    // What an hour above the committed machines costs, spot included.
    const double part = spot_part(price);
    const double above = dollars(price.on_demand) * (1 - part) + dollars(price.spot) * price.spot_slowdown * part;
    if (!(above > 0)) throw usage_error("--on-demand is zero; give what an hour costs");
    const double pays = std::min(1.0, dollars(price.reserved) / above);  // share of the year
    out.choice = fmt::format("commit {:.0f}", best);
    out.recommendation = fmt::format("Commit {:.0f} machines and buy the rest as it is needed: {} USD a year.", best, least.text(0));
    out.objective_name = "USD per year";
    out.objective = dollars(least);
    out.path.push_back(fmt::format("Is a machine used more than {} of the year? The first {:.0f} are.", percent(100 * pays), best));
    out.path.push_back(price.interruptible > 0 ? fmt::format("May the peak be interrupted? {} of it.", percent(100 * price.interruptible))
                                               : "May the peak be interrupted? No, or no spot price is known.");
    out.reasons.push_back(
        fmt::format("A committed machine pays when it is needed more than {} of the hours{}, so the base to commit is the "
                    "{} quantile of the demand.",
                    percent(100 * pays), part > 0 ? ", with spot in its place" : "", percent(100 * (1 - pays))));
    out.changes.push_back(fmt::format("One machine more or less: {} or {} USD a year.", year_with(best + 1, demand, price).text(0),
                                      best > 0 ? year_with(best - 1, demand, price).text(0) : no_figure));
    out.figures.emplace_back("committed", best);
    out.figures.emplace_back("usd_per_year", least);
    out.figures.emplace_back("usd_all_on_demand", year_with(0, demand, without_spot));
    out.figures.emplace_back("usd_committed_to_peak", year_with(std::ceil(highest), demand, without_spot));
    out.figures.emplace_back("usd_without_spot", year_with(best, demand, without_spot));
    out.not_counted.push_back("The minutes in which a new machine boots, and demand that arrives faster than machines do.");
    return out;
}

}  // namespace

decision decisions::fleet() {
    return {"fleet",
            "How many machines to commit to when demand varies, and what to buy above them?",
            {{"on-demand", quantity::money, "required", "An hour on demand, USD", "on_demand"},
             {"reserved", quantity::money, "required", "An hour of a committed machine, USD", "reserved_3y"},
             {"spot", quantity::money, "", "An hour of spot capacity, USD", "spot"},
             {"interruptible", quantity::share, "0", "Share of the demand above the base that may be interrupted"},
             {"spot-slowdown", quantity::number, "1.03", "Wall time over work on spot (`cost spot` computes it)"},
             {"demand", quantity::table, "required", "How many machines are needed for how many hours of the year", "", "machines,hours"}},
            answer_fleet,
            "--on-demand 0.70684 --reserved 0.31808 --spot 0.3973 --interruptible 100% --demand tests/bench/decisions/inputs/demand.csv"};
}

}  // namespace tenfold::bench
