// SPDX-License-Identifier: Apache-2.0
// Compute where the data are, or move the data to cheaper machines?
#include <fmt/format.h>

#include "instances/decisions/amounts.hpp"  // charge, scaled
#include "instances/decisions/list.hpp"     // gravity
#include "instances/errors.hpp"             // usage_error
#include "instances/report/numbers.hpp"     // significant, duration

namespace tenfold::bench {
namespace {

answer answer_gravity(const inputs& in) {
    answer out;
    const double gigabytes = in.number("gigabytes"), hours = in.number("work"), bandwidth = in.number("bandwidth");
    const usd near = in.money("near"), far = in.money("far");
    if (!(bandwidth > 0)) throw usage_error("--bandwidth is zero; give the GB per second that the transfer reaches");
    const double slower = in.number("far-slowdown");
    const double moving = gigabytes / bandwidth / 3600;  // h
    const usd transfer = scaled(in.money("egress"), gigabytes) + scaled(in.money("storage"), gigabytes * in.number("months"));
    const usd stay = charge(near, hours), move = charge(far, hours * slower) + transfer;
    const bool too_late = in.has("deadline") && moving + hours * slower > in.number("deadline");
    const bool stay_too_late = in.has("deadline") && hours > in.number("deadline");
    const bool goes = !too_late && (move < stay || stay_too_late);
    const bool none = too_late && stay_too_late;
    out.choice = none ? "none" : goes ? "move" : "stay";
    out.objective_name = "USD";
    out.objective = none ? 0 : dollars(goes ? move : stay);
    if (none)
        out.recommendation = "Neither way is done in time. Use more or faster machines, or a later deadline.";
    else
        out.recommendation = goes ? fmt::format("Move the data: {} USD in all against {} where they are.", move.text(2), stay.text(2))
                                  : fmt::format("Compute where the data are: {} USD against {} with the move.", stay.text(2), move.text(2));
    out.path.push_back(fmt::format("Is the far machine cheaper per unit of work? {}.",
                                   scaled(far, slower) < near ? "Yes" : "No, so nothing can pay for the move"));
    if (in.has("deadline"))
        out.path.push_back(fmt::format("Does the work fit the schedule where the data are? {}: it takes {}.", stay_too_late ? "No" : "Yes",
                                       duration(hours * 3600)));
    if (in.has("deadline"))
        out.path.push_back(fmt::format("Does the move fit the schedule? {}: moving takes {}, then the work {}.", too_late ? "No" : "Yes",
                                       duration(moving * 3600), duration(hours * slower * 3600)));
    out.path.push_back(fmt::format("Does the saving pay for the transfer? {}.", move < stay ? "Yes" : "No"));
    out.tables.push_back(
        {"Both ways",
         "",
         {{"way"}, {"machines", true}, {"moving and keeping data", true}, {"USD", true}, {"time", true}},
         {{"stay", charge(near, hours).text(2), "0.00", stay.text(2), duration(hours * 3600)},
          {"move", charge(far, hours * slower).text(2), transfer.text(2), move.text(2), duration((moving + hours * slower) * 3600)}}});
    out.reasons.push_back(
        fmt::format("Moving {} GB costs {} USD and takes {}.", significant(gigabytes, 5), transfer.text(2), duration(moving * 3600)));
    out.figures.emplace_back("usd_transfer", transfer);
    out.figures.emplace_back("usd_stay", stay);
    out.figures.emplace_back("usd_move", move);
    out.figures.emplace_back("hours_moving", moving);
    if (scaled(far, slower) < near) {
        const double even = ratio(transfer, near - scaled(far, slower));
        out.figures.emplace_back("break_even_hours", even);
        out.changes.push_back(fmt::format("The move pays from {} hours of work with the same data.", significant(even, 3)));
    }
    out.not_counted.push_back("Requests, results that travel back, and rules about where the data may lie.");
    return out;
}

}  // namespace

decision decisions::gravity() {
    return {"gravity",
            "Compute where the data are, or move them to cheaper machines?",
            {{"near", quantity::money, "required", "An hour of the machine beside the data, USD", "on_demand"},
             {"far", quantity::money, "required", "An hour of the machine elsewhere, USD"},
             {"gigabytes", quantity::number, "required", "Data to move, GB"},
             {"work", quantity::time, "required", "Machine time of all work with these data, beside them"},
             {"far-slowdown", quantity::number, "1", "Time elsewhere over time here, measured"},
             {"egress", quantity::money, "0.09", "A GB out of the cloud, USD"},
             {"storage", quantity::money, "0.02", "A GB kept for a month at the far end, USD"},
             {"months", quantity::number, "0", "Months that the copy is kept"},
             {"bandwidth", quantity::number, "1", "GB per second of the transfer"},
             {"deadline", quantity::time, "", "Latest time at which all must be done"}},
            answer_gravity,
            "--near 55.04 --far 31.92 --gigabytes 10240 --work 100h"};
}

}  // namespace tenfold::bench
