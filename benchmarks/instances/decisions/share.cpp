// SPDX-License-Identifier: Apache-2.0
// How many tenants to put on one machine: the cheapest number that still answers in time.
#include <fmt/format.h>

#include "instances/decisions/amounts.hpp"  // charge, dollars
#include "instances/decisions/list.hpp"     // share
#include "instances/errors.hpp"             // data_error
#include "instances/report/numbers.hpp"     // significant, duration

namespace tenfold::bench {
namespace {

answer answer_share(const inputs& in) {
    answer out;
    const csv_file& table = in.table("tenants");
    const usd price = in.money("price");
    struct packing {
        double tenants = 0;
        usd per_million;
    };
    std::optional<packing> best;
    double alone = 0;
    text_table rows{
        "Tenants on one machine",
        "",
        {{"tenants", true}, {"calls/s in all", true}, {"of ideal", true}, {"p99", true}, {"USD per million calls", true}, {"in time"}},
        {}};
    for (std::size_t row = 0; row < table.size(); ++row) {
        const double tenants = number_in(table, row, "tenants"), rate = number_in(table, row, "calls_per_s"),
                     p99 = number_in(table, row, "p99_ms") / 1000;
        if (!(tenants >= 1 && rate > 0)) throw data_error(table.where(row) + ": tenants and calls_per_s must be above zero");
        if (tenants == 1) alone = rate;
        const bool in_time = !in.has("p99-limit") || p99 <= in.number("p99-limit") * 3600;
        const usd cost = charge(price, 1e6 / rate / 3600);
        rows.rows.push_back({significant(tenants, 3), significant(rate, 4), alone > 0 ? percent(100 * rate / (tenants * alone)) : no_figure,
                             duration(p99), cost.significant(4), in_time ? "yes" : "no"});
        out.figures.emplace_back(fmt::format("usd_{:.0f}", tenants), cost);
        if (in_time && (!best || cost < best->per_million)) best = packing{tenants, cost};
    }
    out.tables.push_back(rows);
    out.path.push_back(in.has("p99-limit") ? "Is there a latency limit? p99 within " + duration(in.number("p99-limit") * 3600) + "."
                                           : "Is there a latency limit? None given; the most efficient packing wins.");
    out.choice = best ? fmt::format("{:.0f} tenants", best->tenants) : "none";
    out.recommendation =
        best ? fmt::format("Put {:.0f} tenants on a machine: {} USD per million calls.", best->tenants, best->per_million.significant(4))
             : "Not even one tenant meets the limit: take a faster machine.";
    out.objective_name = "USD per million calls";
    out.objective = best ? dollars(best->per_million) : 0;
    out.reasons.push_back("The hour is paid once, whoever uses it: the packing with the highest total rate costs least per call.");
    if (best && alone > 0)
        out.changes.push_back(fmt::format("A machine for each tenant alone costs no more below {} USD an hour.",
                                          scaled(best->per_million, alone * 3600 / 1e6).significant(3)));
    out.not_counted.push_back("That tenants see each other's noise: memory and caches are shared unless the card is partitioned.");
    return out;
}

}  // namespace

decision decisions::share() {
    return {"share",
            "How many tenants should share one machine?",
            {{"price", quantity::money, "required", "An hour of the machine, USD", "on_demand"},
             {"tenants", quantity::table, "required", "Measured: calls per second of all tenants together, and the p99 of one", "",
              "tenants,calls_per_s,p99_ms"},
             {"p99-limit", quantity::time, "", "Latency that 99 % of the calls must keep"}},
            answer_share,
            "--price 0.8048 --tenants tests/bench/decisions/inputs/tenants.csv --p99-limit 30ms"};
}

}  // namespace tenfold::bench
