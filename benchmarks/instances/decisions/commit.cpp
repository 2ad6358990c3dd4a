// SPDX-License-Identifier: Apache-2.0
// Commit to a machine for one or three years, or pay by the hour?
#include <fmt/format.h>
#include <cmath>     // std::pow
#include <optional>  // std::optional

#include "instances/decisions/amounts.hpp"  // scaled, dollars, ratio
#include "instances/decisions/list.hpp"     // commit
#include "instances/errors.hpp"             // usage_error
#include "instances/report/numbers.hpp"     // significant, percent

namespace tenfold::bench {
namespace {

constexpr int horizon = 3;  // years: the longest commitment

struct plan_to_pay {
    std::string name;
    usd hourly;
    int renewed_every;  // years; 0: paid by use, at the list price of the year
    bool by_use;
};

/// The average cost of an hour of the calendar over the horizon, in today's dollars: what is fixed keeps its price for
/// its term, what is renewed or paid by use follows the list price.
usd per_calendar_hour(const plan_to_pay& plan, double utilisation, double trend, double discount) {
    double paid = 0, weight = 0;
    for (int year = 0; year < horizon; ++year) {
        const int bought = plan.by_use ? year : year - year % plan.renewed_every;
        const double worth = std::pow(1 + discount, -year);
        paid += std::pow(1 + trend, bought) * worth * (plan.by_use ? utilisation : 1);
        weight += worth;
    }
    return scaled(plan.hourly, paid / weight);
}

answer answer_commit(const inputs& in) {
    answer out;
    const double used = in.number("utilisation"), trend = in.number("trend"), discount = in.number("discount");
    const usd list = in.money("on-demand");
    if (list <= usd()) throw usage_error("--on-demand is zero; give the list price of an hour");
    std::vector<plan_to_pay> plans = {{"on_demand", list, 1, true}};
    if (in.has("reserved-1y")) plans.push_back({"reserved_1y", in.money("reserved-1y"), 1, false});
    if (in.has("reserved-3y")) plans.push_back({"reserved_3y", in.money("reserved-3y"), 3, false});
    if (plans.size() == 1) throw usage_error("there is nothing to commit to: give --reserved-1y or --reserved-3y, USD per hour");

    text_table table{"Cost of an hour of the calendar, used or not",
                     "Mean over three years; what is not fixed follows the list price.",
                     {{"way"}, {"USD/h", true}, {"USD per calendar hour", true}, {"USD per month", true}, {"break-even use", true}},
                     {}};
    const plan_to_pay* best = nullptr;
    usd least;
    for (const plan_to_pay& plan : plans) {
        const usd cost = per_calendar_hour(plan, used, trend, discount);
        const double even = ratio(per_calendar_hour(plan, 1, trend, discount), per_calendar_hour(plans[0], 1, trend, discount));
        table.rows.push_back({plan.name, plan.hourly.significant(5), cost.significant(4), scaled(cost, hours_per_month).text(2),
                              plan.by_use ? no_figure : percent(100 * even)});
        out.figures.emplace_back("usd_per_hour_" + plan.name, cost);
        if (!plan.by_use) {
            out.figures.emplace_back("break_even_" + plan.name, even);
            out.changes.push_back(fmt::format("{} is cheaper than on demand from a utilisation of {}.", plan.name, percent(100 * even)));
        }
        if (!best || cost < least) {
            best = &plan;
            least = cost;
        }
    }
    out.choice = best->name;
    out.objective_name = "USD per calendar hour";
    out.objective = dollars(least);
    out.tables.push_back(table);
    out.path.push_back(fmt::format("How much of the time is it used? {}.", percent(100 * used)));
    out.path.push_back(
        trend == 0 ? "Where do list prices go? Nowhere, as far as is stated (--trend)."
                   : fmt::format("Where do list prices go? {} a year {}.", percent(100 * std::abs(trend)), trend < 0 ? "down" : "up"));
    out.recommendation = best->by_use
                             ? fmt::format("Pay by the hour: {} USD per calendar hour.", least.significant(4))
                             : fmt::format("Commit ({}): {} USD per calendar hour, used or not.", best->name, least.significant(4));
    out.reasons.push_back(fmt::format("On demand costs its price times the utilisation, {} USD; a commitment costs its price always.",
                                      per_calendar_hour(plans[0], used, trend, discount).significant(4)));
    out.not_counted.push_back("That a committed type cannot be exchanged for a faster one before its term ends.");
    return out;
}

}  // namespace

decision decisions::commit() {
    return {"commit",
            "Commit for one or three years, or pay by the hour?",
            {{"on-demand", quantity::money, "required", "An hour on demand, USD", "on_demand"},
             {"reserved-1y", quantity::money, "", "An hour under a commitment of one year, USD", "reserved_1y"},
             {"reserved-3y", quantity::money, "", "An hour under a commitment of three years, USD", "reserved_3y"},
             {"utilisation", quantity::share, "required", "Share of all hours in which the machine works"},
             {"trend", quantity::change, "0", "Change of list prices per year, such as -10%"},
             {"discount", quantity::share, "0", "Interest by which later payments weigh less"}},
            answer_commit,
            "--on-demand 0.7068 --reserved-1y 0.4453 --reserved-3y 0.3181 --utilisation 50%"};
}

}  // namespace tenfold::bench
