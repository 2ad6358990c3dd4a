// SPDX-License-Identifier: Apache-2.0
// Which stage of a chain runs where, between devices at the edge and regions of a cloud. A stage that must not run at a
// place (residency, memory) has no row for it.
#include <fmt/format.h>
#include <algorithm>  // std::find
#include <limits>     // std::numeric_limits
#include <map>        // std::map
#include <set>        // std::set

#include "instances/decisions/amounts.hpp"  // scaled, dollars
#include "instances/decisions/list.hpp"     // place
#include "instances/errors.hpp"             // data_error
#include "instances/report/numbers.hpp"     // significant, duration

namespace tenfold::bench {
namespace {

struct option {
    std::string where;
    double usd_per_request = 0, seconds = 0, output_gb = 0;
};

struct stage {
    std::string name;
    std::vector<option> options;
};

struct link {
    double usd_per_gb = 0, seconds_per_gb = 0, latency = 0;
};
using links = std::map<std::pair<std::string, std::string>, link>;

struct route {
    std::vector<std::string> places;  // of each stage
    double usd_per_request = 0, seconds = 0;
    double weight = std::numeric_limits<double>::infinity();  // what is minimised
};

std::vector<stage> stages_of(const csv_file& table) {
    std::vector<stage> chain;
    for (std::size_t row = 0; row < table.size(); ++row) {
        auto found = std::find_if(chain.begin(), chain.end(), [&](const stage& one) { return one.name == table.at(row, "stage"); });
        if (found == chain.end()) found = chain.insert(chain.end(), {table.at(row, "stage"), {}});
        found->options.push_back({table.at(row, "place"), dollars(money_in(table, row, "usd_per_1000")) / 1000,
                                  number_in(table, row, "seconds"), number_in(table, row, "output_gb")});
    }
    return chain;
}

/// The cheapest route through the chain, by dynamic programming over the place of each stage.
route best_route(const std::vector<stage>& chain, const links& network, const std::string& source, const std::string& sink, double input_gb,
                 double usd_per_second) {
    struct state {
        route so_far;
        double gb = 0;
    };
    route start;
    start.weight = 0;
    std::map<std::string, state> reached{{source, {start, input_gb}}};
    const auto move = [&](const state& from, const std::string& here, const std::string& there) -> route {
        route next = from.so_far;
        if (here == there) return next;
        const auto wire = network.find({here, there});
        if (wire == network.end()) {
            next.weight = std::numeric_limits<double>::infinity();
            return next;
        }
        const double seconds = wire->second.latency + wire->second.seconds_per_gb * from.gb, money = wire->second.usd_per_gb * from.gb;
        next.seconds += seconds;
        next.usd_per_request += money;
        next.weight += money + seconds * usd_per_second;
        return next;
    };
    for (const stage& one : chain) {
        std::map<std::string, state> after;
        for (const option& choice : one.options)
            for (const auto& [here, before] : reached) {
                route next = move(before, here, choice.where);
                next.weight += choice.usd_per_request + choice.seconds * usd_per_second;
                next.usd_per_request += choice.usd_per_request;
                next.seconds += choice.seconds;
                next.places.push_back(choice.where);
                state& kept = after[choice.where];
                if (next.weight < kept.so_far.weight) kept = {next, choice.output_gb};
            }
        reached = std::move(after);
    }
    route best;
    for (const auto& [here, last] : reached) {
        const route whole = move(last, here, sink);
        if (whole.weight < best.weight) best = whole;
    }
    return best;
}

std::string route_text(const route& one, const std::vector<stage>& chain) {
    std::string text;
    for (std::size_t i = 0; i < one.places.size(); ++i) text += (i ? ", " : "") + chain[i].name + " at " + one.places[i];
    return text;
}

answer answer_place(const inputs& in) {
    answer out;
    const std::vector<stage> chain = stages_of(in.table("stages"));
    links network;
    const csv_file& wires = in.table("links");
    for (std::size_t row = 0; row < wires.size(); ++row)
        network[{wires.at(row, "from"), wires.at(row, "to")}] = {
            dollars(money_in(wires, row, "usd_per_gb")), number_in(wires, row, "seconds_per_gb"), number_in(wires, row, "latency_s")};
    const std::string &source = in.text("source"), &sink = in.has("sink") ? in.text("sink") : source;
    const double per_second = dollars(in.money("usd-per-second")), requests = in.number("requests");
    const std::string& edge = in.text("edge");
    // Rolling out a model to devices costs traffic, once per device and update, as soon as any stage runs on them.
    const usd roll_out = scaled(in.money("update-usd-per-gb"), in.number("update-gb") * in.number("updates") * in.number("devices"));
    const auto rolled_out = [&](const route& one) {
        return std::find(one.places.begin(), one.places.end(), edge) != one.places.end() ? roll_out : usd();
    };
    const auto objective = [&](const route& one) { return one.weight * requests + dollars(rolled_out(one)); };
    const auto solve = [&](const links& some, std::vector<stage> stages) {
        const route best = best_route(stages, some, source, sink, in.number("input-gb"), per_second);
        if (rolled_out(best) == usd()) return best;
        for (stage& one : stages) std::erase_if(one.options, [&](const option& choice) { return choice.where == edge; });
        const route without_edge = best_route(stages, some, source, sink, in.number("input-gb"), per_second);
        return !without_edge.places.empty() && objective(without_edge) < objective(best) ? without_edge : best;
    };
    const route best = solve(network, chain);
    if (best.places.empty())
        throw data_error("no placement connects " + source + " with " + sink +
                         ": --links lacks a link, or a stage has no place that can be reached");
    const auto monthly = [&](const route& one) {
        return scaled(usd::from_nano(usd::nano_per_dollar), one.usd_per_request * requests) + rolled_out(one);
    };
    text_table table{"Placements",
                     "Alternatives that keep every stage in one place stand below the best.",
                     {{"placement"}, {"time per request", true}, {"USD per month", true}},
                     {}};
    table.rows.push_back({route_text(best, chain), duration(best.seconds), monthly(best).significant(4)});
    std::set<std::string> places;
    for (const stage& one : chain)
        for (const option& choice : one.options) places.insert(choice.where);
    for (const std::string& place : places) {
        std::vector<stage> only = chain;
        for (stage& one : only) std::erase_if(one.options, [&](const option& choice) { return choice.where != place; });
        const route alone = solve(network, only);
        if (!alone.places.empty() && alone.places != best.places)
            table.rows.push_back({"all at " + place, duration(alone.seconds), monthly(alone).significant(4)});
        else if (alone.places.empty())
            table.rows.push_back({"all at " + place, "not possible", no_figure});
    }
    out.tables.push_back(table);
    text_table failover{"If a link fails", "", {{"link"}, {"then"}, {"time per request", true}}, {}};
    for (const auto& [ends, wire] : network) {
        links rest = network;
        rest.erase(ends);
        rest.erase({ends.second, ends.first});
        const route then = solve(rest, chain);
        if (then.places.empty())
            failover.rows.push_back({ends.first + " to " + ends.second, "nothing works", no_figure});
        else if (then.places != best.places || then.seconds != best.seconds)
            failover.rows.push_back({ends.first + " to " + ends.second, route_text(then, chain), duration(then.seconds)});
    }
    if (!failover.rows.empty()) out.tables.push_back(failover);
    out.choice = route_text(best, chain);
    out.recommendation =
        fmt::format("Run {}: {} per request, {} USD a month.", out.choice, duration(best.seconds), monthly(best).significant(4));
    out.objective_name = "USD per month, latency and roll-outs included";
    out.objective = objective(best);
    for (const stage& one : chain) {
        std::string where;
        for (const option& choice : one.options) where += (where.empty() ? "" : ", ") + choice.where;
        out.path.push_back(fmt::format("Where may {} run? {}.", one.name, where));
    }
    out.reasons.push_back(fmt::format("A second of waiting is worth {} USD here; traffic and machine time are added to it.",
                                      in.money("usd-per-second").text()));
    out.figures.emplace_back("seconds_per_request", best.seconds);
    out.figures.emplace_back("usd_per_month", monthly(best));
    out.not_counted.push_back("Queues in front of a stage, and devices that are switched off.");
    return out;
}

}  // namespace

decision decisions::place() {
    return {"place",
            "Which stage runs at the edge and which in the cloud?",
            {{"stages", quantity::table, "required", "A row per stage and place where it may run, stages in their order", "",
              "stage,place,usd_per_1000,seconds,output_gb"},
             {"links", quantity::table, "required", "Networks between places, a row per direction", "",
              "from,to,usd_per_gb,seconds_per_gb,latency_s"},
             {"source", quantity::text, "edge", "Place where requests arise"},
             {"sink", quantity::text, "", "Place where answers are needed; default: the source"},
             {"input-gb", quantity::number, "0", "GB of one request"},
             {"requests", quantity::number, "1000000", "Per month"},
             {"usd-per-second", quantity::money, "0", "What a second of waiting is worth, USD"},
             {"edge", quantity::text, "edge", "Place that stands for the devices"},
             {"devices", quantity::number, "0", "Devices that models are rolled out to"},
             {"update-gb", quantity::number, "0", "GB of a model"},
             {"updates", quantity::number, "1", "Roll-outs per month"},
             {"update-usd-per-gb", quantity::money, "0.09", "Traffic of a roll-out, USD"}},
            answer_place,
            "--stages tests/bench/decisions/inputs/stages.csv --links tests/bench/decisions/inputs/links.csv --input-gb 0.002 "
            "--usd-per-second 0.0001"};
}

}  // namespace tenfold::bench
