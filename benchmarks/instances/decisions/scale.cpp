// SPDX-License-Identifier: Apache-2.0
// How many machines to run one job on: more finish earlier and cost more, because no job scales perfectly.
#include <fmt/format.h>
#include <optional>  // std::optional

#include "instances/decisions/amounts.hpp"  // charge, dollars
#include "instances/decisions/list.hpp"     // scale
#include "instances/errors.hpp"             // data_error
#include "instances/report/numbers.hpp"     // significant, duration

namespace tenfold::bench {
namespace {

answer answer_scale(const inputs& in) {
    answer out;
    const csv_file& table = in.table("rates");
    const double work = in.number("work");
    if (!(work > 0)) throw usage_error("--work is zero; give the machine time of the whole job on the smallest number of machines");
    struct size {
        double machines = 0, rate = 0;
    };
    std::vector<size> sizes;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const size one{number_in(table, row, "machines"), number_in(table, row, "rate")};
        if (!(one.machines > 0 && one.rate > 0)) throw data_error(table.where(row) + ": machines and rate must be above zero");
        if (!sizes.empty() && one.machines <= sizes.back().machines)
            throw data_error(table.where(row) + ": rows must be in rising order of machines");
        sizes.push_back(one);
    }
    const size& base = sizes.front();
    text_table rows{"Sizes",
                    "The serial share is Karp and Flatt's: what would explain the loss if a part ran on one machine only.",
                    {{"machines", true}, {"speed-up", true}, {"efficiency", true}, {"serial share", true}, {"time", true}, {"USD", true}},
                    {}};
    std::optional<std::size_t> best;
    usd least;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const double n = sizes[i].machines / base.machines, speed_up = sizes[i].rate / base.rate, efficiency = speed_up / n;
        const double hours = work / speed_up;
        const usd cost = charge(in.money("price"), hours * sizes[i].machines);
        const bool in_time = !in.has("deadline") || hours <= in.number("deadline");
        rows.rows.push_back({significant(sizes[i].machines, 4), significant(speed_up, 3), significant(efficiency, 3),
                             n > 1 ? percent(100 * (1 / speed_up - 1 / n) / (1 - 1 / n)) : no_figure, duration(hours * 3600),
                             cost.significant(5)});
        out.figures.emplace_back(fmt::format("efficiency_{:.0f}", sizes[i].machines), efficiency);
        out.figures.emplace_back(fmt::format("usd_{:.0f}", sizes[i].machines), cost);
        if (n > 1) out.figures.emplace_back(fmt::format("serial_{:.0f}", sizes[i].machines), (1 / speed_up - 1 / n) / (1 - 1 / n));
        if (in_time && (!best || cost < least)) {
            best = i;
            least = cost;
        }
    }
    out.tables.push_back(rows);
    out.path.push_back(in.has("deadline") ? "Is there a deadline? " + duration(in.number("deadline") * 3600) + "."
                                          : "Is there a deadline? No, so the cheapest wins.");
    out.choice = best ? fmt::format("{:.0f} machines", sizes[*best].machines) : "none";
    out.recommendation = best ? fmt::format("Run on {:.0f} machines: {} USD, {}.", sizes[*best].machines, least.significant(5),
                                            duration(work / (sizes[*best].rate / base.rate) * 3600))
                              : "No measured size is done in time.";
    out.objective_name = "USD";
    out.objective = best ? dollars(least) : 0;
    out.reasons.push_back("A job costs price x machines x time, so it grows by what the efficiency loses.");
    out.not_counted.push_back("Waiting for so many machines at once, and the failures that come with them.");
    return out;
}

}  // namespace

decision decisions::scale() {
    return {"scale",
            "On how many machines should one job run?",
            {{"price", quantity::money, "required", "An hour of one machine, USD", "on_demand"},
             {"rates", quantity::table, "required", "Measured rate of the whole job per number of machines", "", "machines,rate"},
             {"work", quantity::time, "100h", "Wall time on the smallest number of machines"},
             {"deadline", quantity::time, "", "Latest time at which it must be done"}},
            answer_scale,
            "--price 2 --rates tests/bench/decisions/inputs/scaling.csv --work 1895h"};
}

}  // namespace tenfold::bench
