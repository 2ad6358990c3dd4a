// SPDX-License-Identifier: Apache-2.0
// The machine that does a whole mix for least, among those that end in time: what is recommended, and what would change it.
#include <fmt/format.h>
#include <algorithm>  // std::min_element, std::find_if
#include <cmath>      // std::abs, std::log

#include "instances/compare/comparison.hpp"  // work_name
#include "instances/decisions/amounts.hpp"   // dollars, ratio
#include "instances/decisions/mix.hpp"       // mix_offer
#include "instances/report/numbers.hpp"      // significant, duration

namespace tenfold::bench {
namespace {

std::string hours_text(double hours) { return duration(hours * 3600); }

/// How a time stands against the deadline: by its estimate, and by its interval.
enum class timeliness { in_time, likely, unlikely, late };

timeliness timeliness_of(const mix_offer& one, double deadline) {
    if (one.hours <= deadline) return one.interval && one.interval->high <= deadline ? timeliness::in_time : timeliness::likely;
    return one.interval && one.interval->low > deadline ? timeliness::late : timeliness::unlikely;
}

std::string timeliness_word(timeliness one) {
    switch (one) {
        case timeliness::in_time: return "yes";
        case timeliness::likely: return "yes, not for sure";
        case timeliness::unlikely: return "no, not for sure";
        default: return "no";
    }
}

std::string times_of(const mix_offer& one) {
    return one.interval ? hours_text(one.interval->low) + " to " + hours_text(one.interval->high) : "one machine";
}

std::string costs_of(const mix_offer& one) {
    return one.interval
               ? fmt::format("{} to {}", one.cost_of(one.interval->low).significant(3), one.cost_of(one.interval->high).significant(3))
               : "one machine";
}

text_table table_of(const std::vector<mix_offer>& mixes, const inputs& in) {
    text_table table{"Your mix",
                     "Class after class on one machine. Machines that lack a class of it are left out.",
                     {{"machine"}, {"time", true}, {"95 %", true}, {"USD", true}, {"95 %", true}, {"of the best", true}},
                     {}};
    if (in.has("deadline")) table.columns.push_back({"in time"});
    table.columns.push_back({"remark"});
    for (const mix_offer& one : mixes) {
        table.rows.push_back({one.machine, hours_text(one.hours), times_of(one), one.cost().significant(4), costs_of(one),
                              times(ratio(one.cost(), mixes[0].cost()))});
        if (in.has("deadline")) table.rows.back().push_back(timeliness_word(timeliness_of(one, in.number("deadline"))));
        table.rows.back().push_back(one.remark);
    }
    return table;
}

/// The amounts of each class, moved alone, at which another of the machines becomes the cheapest.
void add_level_amounts(const work_by_class& work, const std::vector<mix_offer>& mixes, answer& out) {
    for (const auto& [key, amount] : work) {
        for (const bool more : {true, false}) {
            double nearest = 0;  // factor of the amount
            std::string machine;
            for (std::size_t i = 1; i < mixes.size(); ++i) {
                const auto costs = [&, &name = key](const mix_offer& one) {
                    const double price = dollars(one.per_hour), part = one.hours_by_class.at(name);
                    return std::pair(price * (one.hours - part), price * part);  // of the other classes, of this one
                };
                const auto [rest, part] = costs(mixes[0]);
                const auto [other_rest, other_part] = costs(mixes[i]);
                const double factor = (other_rest - rest) / (part - other_part);
                if (!(factor > 0) || !std::isfinite(factor) || (factor > 1) != more) continue;
                if (machine.empty() || std::abs(std::log(factor)) < std::abs(std::log(nearest))) {
                    nearest = factor;
                    machine = mixes[i].machine;
                }
            }
            if (!machine.empty())
                out.changes.push_back(fmt::format("{}: {} is cheaper {} {} {} instead of {}.", key.name, machine, more ? "above" : "below",
                                                  significant(amount * nearest, 4), work_name(key.unit), significant(amount, 4)));
        }
    }
}

/// Nothing ends in time: what comes nearest.
void refuse_mix(const std::vector<mix_offer>& mixes, double deadline, answer& out) {
    const mix_offer& fastest =
        *std::min_element(mixes.begin(), mixes.end(), [](const mix_offer& a, const mix_offer& b) { return a.hours < b.hours; });
    out.choice = "none";
    out.recommendation = fmt::format("No machine ends your mix in {}: the fastest, {}, takes {}{}.", hours_text(deadline), fastest.machine,
                                     hours_text(fastest.hours), fastest.interval ? " (" + times_of(fastest) + ")" : "");
    if (timeliness_of(fastest, deadline) == timeliness::unlikely) out.recommendation += " That it does is not excluded.";
    out.changes.push_back("Several machines at once: `tenfold-bench cost scale`.");
}

void recommend_mix(const std::vector<mix_offer>& kept, const work_by_class& work, const inputs& in, answer& out) {
    const mix_offer& best = kept[0];
    std::vector<open_cost> costs;
    for (const mix_offer& one : kept) costs.push_back(one.open());
    const cost_standing standing = standing_of(costs, in.number("delta"));
    out.choice = best.machine;
    out.objective = dollars(best.cost());
    out.recommendation = fmt::format("Use {}: {} USD for your mix{}, {}", best.machine, best.cost().significant(4),
                                     best.interval ? " (" + costs_of(best) + ")" : "", hours_text(best.hours));
    if (best.interval) out.recommendation += " (" + times_of(best) + ")";
    out.recommendation += standing.doubt.empty() ? "." : "; " + standing.doubt + ".";
    if (!best.remark.empty()) out.recommendation += fmt::format(" {} is {}.", best.machine, best.remark);
    for (const std::string& sentence : standing.sentences) out.reasons.push_back("Your mix: " + sentence + ".");
    out.figures.emplace_back("usd_mix", best.cost());
    out.figures.emplace_back("hours_mix", best.hours);
    if (kept.size() > 1)
        out.changes.push_back(fmt::format("Your mix: {} draws level at {} USD an hour instead of {}.", kept[1].machine,
                                          scaled(kept[1].per_hour, ratio(best.cost(), kept[1].cost())).significant(4),
                                          kept[1].per_hour.significant(4)));
    add_level_amounts(work, kept, out);
    if (!in.has("deadline") || timeliness_of(best, in.number("deadline")) == timeliness::in_time) return;
    out.recommendation +=
        fmt::format(" That it ends in {} is not sure: {}.", hours_text(in.number("deadline")),
                    best.interval ? "its interval reaches beyond" : "one machine says nothing about the others of its type");
    const auto sure = std::find_if(kept.begin(), kept.end(),
                                   [&](const mix_offer& one) { return timeliness_of(one, in.number("deadline")) == timeliness::in_time; });
    out.changes.push_back(sure == kept.end() ? "No machine ends in time for sure: its whole interval would have to."
                                             : fmt::format("To end in time for sure: {}, {} USD, {}.", sure->machine,
                                                           sure->cost().significant(4), times_of(*sure)));
}

}  // namespace

void add_mix(const work_by_class& work, const offers_by_class& classes, const inputs& in, answer& out) {
    const std::vector<mix_offer> mixes = mixes_of(work, classes);
    out.tables.push_back(table_of(mixes, in));
    out.objective_name = "USD";
    for (const mix_offer& one : mixes) {
        out.figures.emplace_back("usd mix " + one.machine, one.cost());
        out.figures.emplace_back("hours mix " + one.machine, one.hours);
        if (!one.interval) continue;
        out.figures.emplace_back("hours low mix " + one.machine, one.interval->low);
        out.figures.emplace_back("hours high mix " + one.machine, one.interval->high);
    }
    std::vector<mix_offer> kept;
    for (const mix_offer& one : mixes)
        if (!in.has("deadline") || one.hours <= in.number("deadline")) kept.push_back(one);
    out.path.push_back(in.has("deadline") ? fmt::format("Is there a deadline? {}: {} of {} machines end in time by their estimate.",
                                                        hours_text(in.number("deadline")), kept.size(), mixes.size())
                                          : "Is there a deadline? No, so the cheapest wins.");
    if (kept.empty())
        refuse_mix(mixes, in.number("deadline"), out);
    else
        recommend_mix(kept, work, in, out);
    out.not_counted.push_back("How the classes of a machine vary together: they are taken as all fast or all slow, the widest there is.");
}

}  // namespace tenfold::bench
