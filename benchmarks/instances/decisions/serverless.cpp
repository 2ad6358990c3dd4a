// SPDX-License-Identifier: Apache-2.0
// A machine that is always on, a function that is billed while it runs, or somebody else's managed service.
#include <fmt/format.h>
#include <algorithm>  // std::max
#include <cmath>      // std::exp

#include "instances/decisions/amounts.hpp"  // charge, divided
#include "instances/decisions/list.hpp"     // serverless
#include "instances/errors.hpp"             // usage_error
#include "instances/report/numbers.hpp"     // significant, duration

namespace tenfold::bench {
namespace {

answer answer_serverless(const inputs& in) {
    answer out;
    const double rate = in.number("requests-per-hour"), run = in.number("run"), cold = in.number("cold"), window = in.number("keep-warm");
    if (!(rate > 0 && run > 0)) throw usage_error("--requests-per-hour and --run must be above zero");
    // A start is cold when nobody came for as long as the provider keeps the container.
    const double cold_share = in.has("cold-share") ? in.number("cold-share") : std::exp(-rate * window);
    const double billed = std::max(run, in.number("minimum")) + cold_share * cold;
    const usd request = charge(in.money("serverless"), billed);
    const usd always_on = in.money("always-on");
    if (!(in.number("target") > 0)) throw usage_error("--target is zero; give the utilisation at which a machine is added, such as 70%");
    const double busy = rate * run, machines = std::max(1.0, std::ceil(busy / in.number("target")));
    const usd on_per_hour = charge(always_on, machines), serverless_per_hour = charge(in.money("serverless"), billed * rate);
    const double p99 = cold_share > 0.01 ? run + cold : run;

    struct way {
        std::string name;
        usd per_hour;
        double p99;
    };
    std::vector<way> ways = {{"always_on", on_per_hour, run}, {"serverless", serverless_per_hour, p99}};
    if (in.has("managed")) ways.push_back({"managed", scaled(in.money("managed"), rate), run});
    text_table table{"Per hour", "", {{"way"}, {"USD/h", true}, {"USD per 1000 requests", true}, {"p99 at least", true}}, {}};
    const way* best = nullptr;
    for (const way& one : ways) {
        table.rows.push_back(
            {one.name, one.per_hour.significant(4), divided(scaled(one.per_hour, 1000), rate).significant(4), duration(one.p99 * 3600)});
        out.figures.emplace_back("usd_per_hour_" + one.name, one.per_hour);
        const bool slow = in.has("p99-limit") && one.p99 > in.number("p99-limit");
        if (slow) out.reasons.push_back(fmt::format("{} misses the limit: its p99 is at least {}.", one.name, duration(one.p99 * 3600)));
        if (!slow && (!best || one.per_hour < best->per_hour)) best = &one;
    }
    out.tables.push_back(table);
    // In dollars: a request may cost less than the smallest amount of money.
    const double request_dollars = dollars(in.money("serverless")) * billed;
    const double even = request_dollars > 0 ? dollars(always_on) / request_dollars : 0;
    out.path.push_back(fmt::format("How busy is one machine? {} of the time.", percent(100 * busy)));
    out.path.push_back(
        fmt::format("How often does a request find nothing warm? {}.", cold_share > 0 ? percent(100 * cold_share) : "never"));
    out.choice = best ? best->name : "none";
    out.recommendation = best ? fmt::format("Use {}: {} USD an hour at {} requests an hour.", best->name, best->per_hour.significant(4),
                                            significant(rate, 4))
                              : "No way meets the latency limit: even a warm request takes " + duration(run * 3600) + ".";
    out.objective_name = "USD per hour";
    out.objective = best ? dollars(best->per_hour) : 0;
    out.reasons.push_back(fmt::format("A serverless request costs {} USD: {} billed, of which {} are cold starts.", request.significant(3),
                                      duration(billed * 3600), cold_share * cold > 0 ? duration(cold_share * cold * 3600) : "0 s"));
    if (cold_share > 0.01)
        out.reasons.push_back(
            fmt::format("More than 1 % of the requests start cold, so the 99th percentile is a cold start: {}.", duration(p99 * 3600)));
    // Machines that are added at their target cost in proportion: if one does not pay at that load, more of them never do.
    if (even > 0 && even * run <= in.number("target")) {
        out.changes.push_back(fmt::format("One machine that is always on costs less above {} requests an hour, {} busy.",
                                          significant(even, 4), percent(100 * even * run)));
        out.figures.emplace_back("break_even_requests", even);
    } else if (even > 0) {
        out.changes.push_back(
            fmt::format("No rate makes machines that are always on cheaper: one would have to be {} busy, and at {} "
                        "another is added.",
                        percent(100 * even * run), percent(100 * in.number("target"))));
    }
    if (even > 0) out.figures.emplace_back("break_even_busy", even * run);
    out.figures.emplace_back("cold_share", cold_share);
    out.figures.emplace_back("usd_per_request", request);
    out.not_counted.push_back("Waiting in a queue, traffic, and idle time that some providers bill while they keep a container warm.");
    return out;
}

}  // namespace

decision decisions::serverless() {
    return {"serverless",
            "A machine that is always on, a serverless function, or a managed service?",
            {{"always-on", quantity::money, "required", "An hour of the machine, USD", "on_demand"},
             {"serverless", quantity::money, "required", "An hour of serverless run time, USD", "serverless"},
             {"managed", quantity::money, "", "A request to a managed service, USD"},
             {"requests-per-hour", quantity::number, "required", "Mean rate; arrivals are taken as random"},
             {"run", quantity::time, "required", "Run time of one request, warm"},
             {"cold", quantity::time, "20s", "Time that a cold start adds"},
             {"keep-warm", quantity::time, "5min", "How long the provider keeps an idle container"},
             {"cold-share", quantity::share, "", "Share of cold starts, if measured; else from --keep-warm"},
             {"minimum", quantity::time, "0s", "Least time billed per request"},
             {"target", quantity::share, "70%", "Utilisation at which another machine is added"},
             {"p99-limit", quantity::time, "", "Latency that 99 % of the requests must keep"}},
            answer_serverless,
            "--always-on 0.8048 --serverless 1.6096 --requests-per-hour 1000 --run 500ms --cold 20s --cold-share 1%"};
}

}  // namespace tenfold::bench
