// SPDX-License-Identifier: Apache-2.0
// A piece of work on demand, on a reserved machine or on spot capacity that may be taken away.
#include <fmt/format.h>
#include <algorithm>  // std::upper_bound
#include <cmath>      // std::log1p, std::exp
#include <numeric>    // std::accumulate
#include <optional>   // std::optional
#include <vector>     // std::vector

#include "instances/decisions/amounts.hpp"     // charge, dollars
#include "instances/decisions/checkpoint.hpp"  // interruptions
#include "instances/decisions/list.hpp"        // spot
#include "instances/errors.hpp"                // usage_error
#include "instances/report/numbers.hpp"        // significant, duration
#include "instances/statistics/summary.hpp"    // quantile

namespace tenfold::bench {
namespace {

std::string hours_text(double hours) { return duration(hours * 3600); }

/// Where the mean time between interruptions comes from: a statement, a history, or the provider's band.
double mean_between(const inputs& in, answer& out) {
    if (in.has("mtbf")) {
        if (!(in.number("mtbf") > 0)) throw usage_error("--mtbf is zero; give the mean time between interruptions, such as 10h");
        out.path.push_back("Interruption rate? Stated: one every " + hours_text(in.number("mtbf")) + ".");
        return in.number("mtbf");
    }
    if (in.has("spot-hours")) {
        if (!(in.number("spot-hours") > 0)) throw usage_error("--spot-hours is zero; give the hours that the history covers, such as 500h");
        const hazard found = hazard_of(in.number("seen"), in.number("spot-hours"));
        out.path.push_back(fmt::format("Interruption rate? From {:.0f} in {:.0f} h: {} per hour, 95 % between {} and {}.",
                                       in.number("seen"), in.number("spot-hours"), significant(found.mean, 2), significant(found.low, 2),
                                       significant(found.high, 2)));
        return 1 / found.mean;
    }
    if (in.has("monthly-band")) {
        const double band = in.number("monthly-band");
        if (!(band > 0 && band < 1)) throw usage_error("--monthly-band must lie between 0 and 1, such as 5%");
        const double mean = hours_per_month / -std::log1p(-band);
        out.path.push_back("Interruption rate? From the provider's monthly band: at best one every " + hours_text(mean) + ".");
        out.not_counted.push_back(
            "A band is a lower bound of the interruption rate: a public test fleet lost machines 40 to 190 times as often, if its "
            "tests take an hour each, which is an assumption.");
        return mean;
    }
    throw usage_error(
        "how often spot capacity is taken away is not known: give --mtbf 10h, or a history with --seen 3 --spot-hours 500h, "
        "or the provider's --monthly-band 5%");
}

/// Simulated wall times. Of work that is interrupted very often a part is simulated and multiplied: such runs hardly differ.
std::vector<double> times_of(const interruptions& rate, double work, double interval, int draws, std::uint64_t seed) {
    const double interruptions_per_run = std::max(100.0, 1e7 / draws);  // bounds what all the draws take together
    const double expected = expected_time(rate, work, interval) / rate.mean;
    const double part = std::min(1.0, interruptions_per_run / expected);
    std::vector<double> times = simulated_times(rate, work * part, std::min(interval, work * part), draws, seed);
    for (double& one : times) one /= part;
    return times;
}

struct purchase {
    std::string name;
    usd cost;
    double wall = 0, in_time = 1;
};

/// "above a utilisation of 30 %": from where on an hour that is used or not costs less than `other`, which is paid when used.
std::string utilisation_to_beat(double reserved_over_other) {
    return reserved_over_other < 1 ? "above a utilisation of " + percent(100 * reserved_over_other) : "at no utilisation";
}

/// A reserved hour that is used against one on demand and against what an hour's work costs on spot, where spot can finish.
void explain_reserved(const inputs& in, std::optional<usd> spot_work, answer& out) {
    const usd hourly = in.money("reserved"), on_demand = in.money("on-demand"), used = charge(hourly, 1 / in.number("utilisation"));
    std::string reason = fmt::format("Reserved costs {} USD per used hour, at a utilisation of {}: {} of on demand", used.significant(4),
                                     percent(100 * in.number("utilisation")), percent(100 * ratio(used, on_demand)));
    std::string change = "Reserved wins over on demand " + utilisation_to_beat(ratio(hourly, on_demand));
    if (spot_work) {
        reason += fmt::format(" and {} of spot with its interruptions", percent(100 * ratio(used, *spot_work)));
        change += ", over spot " + utilisation_to_beat(ratio(hourly, *spot_work));
    }
    out.reasons.push_back(reason + ".");
    out.changes.push_back(change + ".");
}

answer answer_spot(const inputs& in) {
    answer out;
    const double work = in.number("work"), utilisation = in.number("utilisation");
    const usd on_demand = in.money("on-demand"), spot_price = in.money("spot");
    if (!(work > 0)) throw usage_error("--work is zero; give the machine time that the work takes, such as 24h");
    const interruptions rate{in.number("write"), in.number("restart"), mean_between(in, out), in.number("noticed")};
    if (!(rate.write > 0)) throw usage_error("--write is zero; give the time to save the work, such as 60s");
    if (!(in.number("draws") >= 1 && in.number("draws") <= 1e6)) throw usage_error("--draws must be 1 to 1000000 simulated runs");
    // The search for what would change the choice asks hundreds of times.
    const int draws = in.exploring() ? 500 : static_cast<int>(in.number("draws"));
    const auto draw = [&](double interval) { return times_of(rate, work, interval, draws, static_cast<std::uint64_t>(in.number("seed"))); };
    const double interval = std::min(interval_of(rate), work);
    double wall = expected_time(rate, work, interval);
    std::vector<double> times;
    // Beyond a slowdown of 1.1 the formula for noticed interruptions is no longer true: the simulated mean decides.
    const bool simulated = rate.noticed > 0 && wall > 1.1 * work && wall < hopeless * work;
    if (simulated) {
        times = draw(interval);
        wall = std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
    }
    const double slow = wall / work;
    const bool runs = slow < hopeless;

    std::vector<purchase> ways = {{"on_demand", charge(on_demand, work), work, 1}};
    if (in.has("reserved")) {
        if (!(utilisation > 0)) throw usage_error("--utilisation is zero; a reserved machine that is never used has no cost per job");
        ways.push_back({"reserved", charge(in.money("reserved"), work / utilisation), work, 1});
        out.path.push_back(fmt::format("Is a reserved machine used in its other hours too? {} of them, as stated by --utilisation.",
                                       percent(100 * utilisation)));
    }
    double median_wall = 0, late_wall = 0;
    if (runs) {
        double in_time = 1;
        if (times.empty() && (!in.exploring() || in.has("deadline"))) times = draw(interval);
        if (!times.empty()) {
            median_wall = quantile(times, 0.5);
            late_wall = quantile(times, 0.9);
            if (in.has("deadline"))
                in_time = static_cast<double>(std::upper_bound(times.begin(), times.end(), in.number("deadline")) - times.begin()) /
                          static_cast<double>(times.size());
        }
        ways.push_back({"spot", charge(spot_price, wall), wall, in_time});
    }
    if (simulated)
        out.reasons.push_back(
            "Spot's mean time is that of the simulated runs: interruptions are too frequent for the formula with notice.");
    out.path.push_back(
        runs ? fmt::format("Can spot finish? Yes: saving every {} makes it {} times as long.", hours_text(interval), significant(slow, 4))
             : "Can spot finish? No: it is interrupted faster than it restarts.");

    const double wanted = in.has("deadline") ? in.number("confidence") : 0;
    const purchase* best = nullptr;
    for (const purchase& one : ways) {
        const bool late = in.has("deadline") && (one.wall > in.number("deadline") || one.in_time < wanted);
        if (in.has("deadline") && one.name == "spot")
            out.path.push_back(fmt::format("In time? Spot finishes within {} in {} of the runs; {} is asked for.",
                                           hours_text(in.number("deadline")), percent(100 * one.in_time), percent(100 * wanted)));
        if (!late && (!best || one.cost < best->cost)) best = &one;
    }
    if (!best) {
        out.choice = "none";
        out.recommendation = "No way to buy finishes in time: even an uninterrupted machine needs " + hours_text(work) +
                             ". Use more or faster machines, or a later deadline.";
    } else {
        out.choice = best->name;
        out.recommendation = fmt::format("Buy {}: {} USD for this work, {} on average.",
                                         best->name == "on_demand" ? "on demand" : best->name, best->cost.text(2), hours_text(best->wall));
    }
    out.objective_name = "USD";
    out.objective = best ? dollars(best->cost) : 0;

    text_table table{"Ways to buy", "", {{"way"}, {"USD/h", true}, {"mean time", true}, {"USD", true}, {"in time", true}}, {}};
    for (const purchase& one : ways) {
        const usd hourly = one.name == "spot" ? spot_price : one.name == "reserved" ? in.money("reserved") : on_demand;
        table.rows.push_back({one.name, hourly.significant(5), hours_text(one.wall), one.cost.text(2),
                              in.has("deadline") ? percent(100 * one.in_time) : no_figure});
        out.figures.emplace_back("usd_" + one.name, one.cost);
    }
    out.tables.push_back(table);
    out.figures.emplace_back("slowdown", slow);
    out.figures.emplace_back("interval_young_min", young_interval(rate) * 60);
    out.figures.emplace_back("interval_daly_min", daly_interval(rate) * 60);
    out.figures.emplace_back("interval_min", interval * 60);
    out.figures.emplace_back("uninterrupted", std::exp(-work / rate.mean));
    if (runs) {
        out.figures.emplace_back("spot_hours_median", median_wall);
        out.figures.emplace_back("spot_hours_90", late_wall);
        out.figures.emplace_back("usd_spot_90", charge(spot_price, late_wall));
        out.tables.push_back({"Spot, over simulated runs",
                              fmt::format("{:.0f} draws, seed {:.0f}.", in.number("draws"), in.number("seed")),
                              {{"quantile"}, {"time", true}, {"USD", true}},
                              {{"median", hours_text(median_wall), charge(spot_price, median_wall).text(2)},
                               {"90 %", hours_text(late_wall), charge(spot_price, late_wall).text(2)}}});
    }
    out.tables.push_back({"How often to save",
                          "",
                          {{"rule"}, {"interval", true}},
                          {{"Young 1974", hours_text(young_interval(rate))},
                           {"Daly 2006", hours_text(daly_interval(rate))},
                           {rate.noticed > 0 ? "with notice, used here" : "exact, used here", hours_text(interval)}}});
    if (runs) {
        out.reasons.push_back(fmt::format("Spot costs {} of on demand per hour and takes {} times as long: {} of the money.",
                                          percent(100 * ratio(spot_price, on_demand)), significant(slow, 4),
                                          percent(100 * slow * ratio(spot_price, on_demand))));
        out.reasons.push_back(
            fmt::format("Without any interruption it finishes with a probability of {}.", percent(100 * std::exp(-work / rate.mean))));
        out.changes.push_back(
            fmt::format("Spot wins over on demand below {} USD an hour, whatever else stays.", divided(on_demand, slow).significant(4)));
    }
    if (in.has("reserved")) explain_reserved(in, runs ? std::optional(scaled(spot_price, slow)) : std::nullopt, out);
    out.not_counted.push_back("Storage of checkpoints, traffic, and relaunches that find no capacity.");
    out.not_counted.push_back("A second zone or type to fall back on: without one, spot may not come back at all.");
    return out;
}

}  // namespace

decision decisions::spot() {
    return {"spot",
            "On demand, reserved or spot for a piece of work that can be saved and resumed?",
            {{"on-demand", quantity::money, "required", "An hour on demand, USD", "on_demand"},
             {"spot", quantity::money, "required", "An hour of spot capacity, USD", "spot"},
             {"reserved", quantity::money, "", "An hour of a committed machine, USD", "reserved_1y"},
             {"utilisation", quantity::share, "1", "Share of the committed hours that are used"},
             {"work", quantity::time, "24h", "Machine time of the work without interruptions"},
             {"write", quantity::time, "60s", "Time to save the work"},
             {"restart", quantity::time, "8min", "From an interruption to working again: machine, boot, pull, load"},
             {"mtbf", quantity::time, "", "Mean time between interruptions"},
             {"seen", quantity::count, "0", "Interruptions seen in --spot-hours"},
             {"spot-hours", quantity::time, "", "Hours of your own spot history"},
             {"monthly-band", quantity::share, "", "The provider's monthly share of reclaimed capacity", "interruptions"},
             {"noticed", quantity::share, "0", "Share of interruptions with notice long enough to save"},
             {"deadline", quantity::time, "", "Latest time at which the work must be done"},
             {"confidence", quantity::share, "0.9", "Probability with which the deadline must be met"},
             {"draws", quantity::count, "10000", "Simulated runs"},
             {"seed", quantity::count, "1", "Of the simulation"}},
            answer_spot,
            "--on-demand 55.04 --spot 16.95 --work 24h --write 60s --restart 8min --mtbf 10h"};
}

}  // namespace tenfold::bench
