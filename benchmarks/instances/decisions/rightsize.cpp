// SPDX-License-Identifier: Apache-2.0
// Is the machine too large for what runs on it? The answer follows from what was busy, in this order.
#include <fmt/format.h>

#include "instances/decisions/amounts.hpp"  // scaled, dollars
#include "instances/decisions/list.hpp"     // rightsize
#include "instances/errors.hpp"             // usage_error
#include "instances/report/numbers.hpp"     // significant, percent

namespace tenfold::bench {
namespace {

answer answer_rightsize(const inputs& in) {
    answer out;
    const double busy = in.number("busy"), tensor = in.number("tensor"), dram = in.number("dram");
    const double used = in.number("memory-used"), memory = in.number("memory");
    if (!(memory > 0)) throw usage_error("--memory is zero; give the GB of the accelerator");
    if (used > memory) throw usage_error("--memory-used is above --memory; give both in GB");
    const usd price = in.money("price"), waste = scaled(price, 1 - busy);
    const bool idle = 1 - busy > in.number("idle-above");
    const bool launch_bound = tensor < in.number("tensor-below") && dram < in.number("dram-below");
    const bool roomy = used / memory < in.number("memory-below");
    out.path.push_back(fmt::format("Idle more than {}? {}: {} of the time.", percent(100 * in.number("idle-above")), idle ? "Yes" : "No",
                                   percent(100 * (1 - busy))));
    if (!idle)
        out.path.push_back(fmt::format("Busy without using its units? {}: arithmetic {}, memory {}.", launch_bound ? "Yes" : "No",
                                       percent(100 * tensor), percent(100 * dram)));
    if (!idle && !launch_bound)
        out.path.push_back(fmt::format("Less than {} of its memory? {}: {} of {} GB.", percent(100 * in.number("memory-below")),
                                       roomy ? "Yes" : "No", significant(used, 3), significant(memory, 3)));
    if (idle) {
        out.choice = "share or scale to zero";
        out.recommendation = fmt::format("Share it, queue work in front of it, or switch it off when idle: {} USD an hour pay for nothing.",
                                         waste.significant(3));
    } else if (launch_bound) {
        out.choice = "smaller or batched";
        out.recommendation =
            "Batch the calls or record them as a graph; if that cannot be done, take a smaller accelerator or a fraction of one.";
    } else if (roomy) {
        out.choice = "next smaller card";
        out.recommendation = fmt::format("Try the next card with at least {} GB; measure it before moving.", significant(used * 1.1, 3));
    } else {
        out.choice = "keep";
        out.recommendation = "Keep it: it is busy, its units are used and its memory is needed.";
    }
    if (in.has("smaller-price") && out.choice != "keep") {
        const usd smaller = in.money("smaller-price");
        const double slower = smaller > usd() ? ratio(price, smaller) : 0;
        out.changes.push_back(
            fmt::format("The smaller machine costs less per unit of work as long as it is at most {} as slow.", times(slower)));
        out.figures.emplace_back("break_even_slowdown", slower);
    }
    out.objective_name = "USD per hour without work";
    out.objective = dollars(waste);
    out.figures.emplace_back("usd_idle_per_hour", waste);
    out.figures.emplace_back("usd_idle_per_month", scaled(waste, hours_per_month));
    out.reasons.push_back(fmt::format("An idle hour costs as much as a busy one: {} USD a month are paid for idle time.",
                                      scaled(waste, hours_per_month).text(2)));
    out.not_counted.push_back("The thresholds are estimates; --idle-above, --tensor-below, --dram-below and --memory-below set others.");
    return out;
}

}  // namespace

decision decisions::rightsize() {
    return {"rightsize",
            "Is the machine too large for what runs on it?",
            {{"price", quantity::money, "required", "An hour of the machine, USD", "on_demand"},
             {"busy", quantity::share, "required", "Share of the time in which the accelerator ran anything"},
             {"tensor", quantity::share, "required", "Mean activity of its arithmetic units while busy"},
             {"dram", quantity::share, "required", "Mean activity of its memory while busy"},
             {"memory-used", quantity::number, "required", "Highest use, GB"},
             {"memory", quantity::number, "required", "What it has, GB"},
             {"smaller-price", quantity::money, "", "An hour of the next smaller machine, USD"},
             {"idle-above", quantity::share, "30%", "Idle share that counts as too much"},
             {"tensor-below", quantity::share, "10%", "Activity of arithmetic units that counts as none"},
             {"dram-below", quantity::share, "30%", "Activity of memory that counts as none"},
             {"memory-below", quantity::share, "45%", "Use of memory that fits a smaller card"}},
            answer_rightsize,
            "--price 1.861 --busy 90% --tensor 40% --dram 50% --memory-used 15 --memory 48 --smaller-price 0.8048"};
}

}  // namespace tenfold::bench
