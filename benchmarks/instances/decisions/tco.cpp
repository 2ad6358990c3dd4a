// SPDX-License-Identifier: Apache-2.0
// Own a machine or rent one: the total cost of ownership over its life against the price of an hour.
#include <fmt/format.h>
#include <cmath>  // std::pow

#include "instances/decisions/amounts.hpp"  // charge, scaled
#include "instances/decisions/list.hpp"     // tco
#include "instances/errors.hpp"             // usage_error
#include "instances/report/numbers.hpp"     // significant, percent

namespace tenfold::bench {
namespace {

answer answer_tco(const inputs& in) {
    answer out;
    const double interest = in.number("interest"), years = in.number("years"), used = in.number("utilisation");
    const double available = in.number("availability"), faster = in.number("speed");
    if (!(years >= 1)) throw usage_error("--years is zero; give the years of use, such as 4");
    if (!(used > 0 && available > 0 && faster > 0))
        throw usage_error("--utilisation, --availability and --speed must be above zero; a machine that does nothing has no cost per hour");
    const double growth = std::pow(1 + interest, years);
    const double recovery = interest > 0 ? interest * growth / (growth - 1) : 1 / years;
    const double sinking = interest > 0 ? interest / (growth - 1) : 1 / years;
    const usd capital = in.money("capital"), cloud = in.money("cloud");
    const usd fixed = scaled(capital, recovery) + scaled(capital, in.number("maintenance")) + in.money("staff") + in.money("space") +
                      in.money("network") - scaled(scaled(capital, in.number("residual")), sinking);
    // Energy of a year idle, and what an hour of work adds to it.
    const usd per_kw_hour = scaled(in.money("energy"), in.number("pue"));
    const usd idle_year = scaled(per_kw_hour, in.number("idle-kw") * hours_per_year);
    const usd busy_hour = scaled(per_kw_hour, std::max(0.0, in.number("busy-kw") - in.number("idle-kw")));
    const double useful = hours_per_year * available * used;
    const usd own_year = fixed + idle_year + charge(busy_hour, useful);
    // The same work takes `speed` times as many hours in the cloud.
    const usd cloud_hour = scaled(cloud, faster), cloud_year = charge(cloud_hour, useful);
    const usd own_hour = divided(own_year, useful);

    const bool own = own_year < cloud_year;
    out.choice = own ? "own" : "cloud";
    out.objective_name = "USD per useful hour";
    out.objective = dollars(own ? own_hour : cloud_hour);
    out.recommendation =
        own ? fmt::format("Own the machine: {} USD per useful hour against {} in the cloud.", own_hour.text(2), cloud_hour.text(2))
            : fmt::format("Rent: {} USD per useful hour against {} on your own machine.", cloud_hour.text(2), own_hour.text(2));
    out.figures.emplace_back("usd_own_hour", own_hour);
    out.figures.emplace_back("usd_cloud_hour", cloud_hour);
    out.figures.emplace_back("usd_fixed_per_year", fixed);
    if (cloud_hour > busy_hour) {
        const double even = ratio(fixed + idle_year, charge(cloud_hour - busy_hour, hours_per_year * available));
        out.figures.emplace_back("break_even_utilisation", even);
        out.path.push_back(fmt::format("Is it used more than {} of the time? {}, it is used {}.", percent(100 * even), own ? "Yes" : "No",
                                       percent(100 * used)));
        out.changes.push_back(even <= 1 ? fmt::format("Owning is cheaper from a utilisation of {}.", percent(100 * even))
                                        : "Owning is dearer at any utilisation.");
    } else {
        out.path.push_back("Does an hour in the cloud cost more than the energy of an hour at home? No: owning cannot pay.");
    }
    if (own) {
        // Months until what is saved has paid for the machine; without interest.
        const usd saved = cloud_year - (own_year - scaled(capital, recovery));
        const double months = 12 * ratio(capital, saved);
        out.figures.emplace_back("pay_back_months", months);
        out.changes.push_back(
            fmt::format("The machine has paid for itself after {} months; before that the cloud was cheaper.", significant(months, 3)));
    }
    out.tables.push_back({"A year of your own machine",
                          "",
                          {{"item"}, {"USD", true}},
                          {{"capital, spread over its life", scaled(capital, recovery).text(0)},
                           {"maintenance", scaled(capital, in.number("maintenance")).text(0)},
                           {"staff, space and network", (in.money("staff") + in.money("space") + in.money("network")).text(0)},
                           {"what it sells for in the end", "-" + scaled(scaled(capital, in.number("residual")), sinking).text(0)},
                           {"energy", (idle_year + charge(busy_hour, useful)).text(0)},
                           {"sum", own_year.text(0)},
                           {"the same hours in the cloud", cloud_year.text(0)}}});
    out.reasons.push_back(fmt::format("Owning costs {} USD a year before the first hour of work; each hour adds {} USD of energy.",
                                      (fixed + idle_year).text(0), busy_hour.text(2)));
    out.reasons.push_back(fmt::format("{} useful hours a year carry that cost.", significant(useful, 4)));
    out.not_counted.push_back("Demand above what one machine can do, time until delivery, and a faster generation before its life ends.");
    return out;
}

}  // namespace

decision decisions::tco() {
    return {"tco",
            "Own a machine or rent one?",
            {{"cloud", quantity::money, "required", "An hour of the same machine in the cloud, USD", "on_demand"},
             {"capital", quantity::money, "required", "Price of the machine with its racks and switches, USD"},
             {"utilisation", quantity::share, "required", "Share of the hours that it is available in which it works"},
             {"years", quantity::count, "4", "Years of use"},
             {"interest", quantity::share, "8%", "Cost of capital per year"},
             {"maintenance", quantity::share, "5%", "Per year, of the price"},
             {"residual", quantity::share, "10%", "What it sells for in the end, of the price"},
             {"staff", quantity::money, "0", "Per year, USD"},
             {"space", quantity::money, "0", "Per year, USD"},
             {"network", quantity::money, "0", "Per year, USD"},
             {"idle-kw", quantity::number, "0", "Power drawn without work, kW"},
             {"busy-kw", quantity::number, "0", "Power drawn at work, kW"},
             {"pue", quantity::number, "1.4", "Power of the building over power of its machines"},
             {"energy", quantity::money, "0", "A kWh, USD"},
             {"availability", quantity::share, "98%", "Share of the hours in which it can be used"},
             {"speed", quantity::number, "1", "Speed of your machine over that of the cloud's, measured"}},
            answer_tco,
            "--cloud 55.04 --capital 300000 --utilisation 40% --staff 15000 --space 10000 --idle-kw 3 --busy-kw 8 --energy 0.12"};
}

}  // namespace tenfold::bench
