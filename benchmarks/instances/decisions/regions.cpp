// SPDX-License-Identifier: Apache-2.0
// In how many regions to run a service: what is lost while it is down against what replicas cost.
#include <fmt/format.h>
#include <cmath>  // std::pow

#include "instances/decisions/amounts.hpp"  // scaled, dollars
#include "instances/decisions/list.hpp"     // regions
#include "instances/errors.hpp"             // usage_error
#include "instances/report/numbers.hpp"     // significant, duration

namespace tenfold::bench {
namespace {

answer answer_regions(const inputs& in) {
    answer out;
    const double down = 1 - in.number("availability"), shared = in.number("shared-failures");
    const double most = in.number("most");
    if (!(most >= 1 && most <= 50)) throw usage_error("--most must be 1 to 50 regions");
    text_table table{"Regions",
                     "",
                     {{"regions", true},
                      {"down per year", true},
                      {"replicas USD", true},
                      {"traffic USD", true},
                      {"loss USD", true},
                      {"USD per year", true}},
                     {}};
    double best = 1;
    usd least;
    for (double m = 1; m <= most; ++m) {
        // What takes all regions down at once does not shrink with their number.
        const double together = m > 1 ? shared + (1 - shared) * std::pow(down, m) : down;
        const usd replicas = charge(in.money("price"), m * hours_per_year);
        const usd traffic = scaled(in.money("egress"), (m - 1) * in.number("replicated-gb") * 12);
        const usd loss = charge(in.money("loss-per-hour"), together * hours_per_year);
        const usd sum = replicas + traffic + loss;
        table.rows.push_back(
            {significant(m, 3), duration(together * hours_per_year * 3600), replicas.text(0), traffic.text(0), loss.text(0), sum.text(0)});
        out.figures.emplace_back(fmt::format("usd_{:.0f}", m), sum);
        out.figures.emplace_back(fmt::format("down_{:.0f}", m), together);
        if (m == 1 || sum < least) {
            best = m;
            least = sum;
        }
    }
    out.tables.push_back(table);
    out.choice = fmt::format("{:.0f} regions", best);
    out.recommendation = fmt::format("Run in {:.0f} region{}: {} USD a year, losses included.", best, best > 1 ? "s" : "", least.text(0));
    out.objective_name = "USD per year";
    out.objective = dollars(least);
    out.path.push_back("What does an hour without the service cost? " + in.money("loss-per-hour").text() + " USD.");
    out.reasons.push_back(
        "Independent regions are down together with the product of their probabilities; control planes, name services and own "
        "mistakes are not independent, which --shared-failures stands for.");
    out.not_counted.push_back("The work of keeping data in several regions consistent.");
    return out;
}

}  // namespace

decision decisions::regions() {
    return {"regions",
            "In how many regions should a service run?",
            {{"price", quantity::money, "required", "An hour of one replica, USD", "on_demand"},
             {"loss-per-hour", quantity::money, "required", "What an hour without the service costs, USD"},
             {"availability", quantity::share, "99.9%", "Of one region"},
             {"shared-failures", quantity::share, "0.001%", "Share of the time in which all regions are down together"},
             {"replicated-gb", quantity::number, "0", "GB per month that each further region receives"},
             {"egress", quantity::money, "0.02", "A GB between regions, USD"},
             {"most", quantity::count, "4", "Regions to consider at most"}},
            answer_regions,
            "--price 0.8048 --loss-per-hour 2000"};
}

}  // namespace tenfold::bench
