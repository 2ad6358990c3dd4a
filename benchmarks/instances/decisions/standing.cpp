// SPDX-License-Identifier: Apache-2.0
#include "instances/decisions/standing.hpp"

#include <fmt/format.h>

#include "instances/report/numbers.hpp"     // significant, percent
#include "instances/report/phrases.hpp"     // joined
#include "instances/statistics/welch.hpp"  // welch_ratio

namespace tenfold::bench {

cost_standing standing_of(const std::vector<open_cost>& ranked, double delta) {
    cost_standing found;
    const open_cost& first = ranked.front();
    std::vector<std::string> unknown;
    for (std::size_t i = 1; i < ranked.size(); ++i) {
        const open_cost& other = ranked[i];
        if (!first.interval || !other.interval) {
            unknown.push_back(other.machine);
            found.undecided.push_back(other.machine);
            continue;
        }
        const open_mean mean = open_mean_of(*other.interval), least = open_mean_of(*first.interval);
        const ratio_interval ratio = welch_ratio(mean, least);
        const std::string times_dearer =
            fmt::format("{} costs {} x ({} to {}) as much as {}", other.machine, significant(ratio.estimate, 3), significant(ratio.low, 3),
                        significant(ratio.high, 3), first.machine);
        switch (decide(ratio, delta)) {
            case verdict::undecided: {
                const auto machines = machines_to_decide(mean, least, delta);
                found.undecided.push_back(other.machine);
                found.sentences.push_back(
                    fmt::format("undecided against {}: {}; {} machines of each would decide", other.machine, times_dearer,
                                machines ? std::to_string(*machines) : fmt::format("more than {}", most_machines_to_decide)));
                break;
            }
            case verdict::equivalent:
                found.equivalent.push_back(other.machine);
                found.sentences.push_back(fmt::format("the same within {}: {}", percent(100 * delta), times_dearer));
                break;
            default:
                if (i == 1) found.sentences.push_back(times_dearer);
        }
    }
    if (!unknown.empty())
        found.sentences.push_back(
            fmt::format("undecided against {}: one machine of a type says nothing about the others", joined(unknown, ", ")));
    if (!found.undecided.empty()) found.doubt = "undecided against " + joined(found.undecided, ", ");
    if (!found.equivalent.empty())
        found.doubt += fmt::format("{}the same as {} within {}", found.doubt.empty() ? "" : "; ", joined(found.equivalent, ", "),
                                   percent(100 * delta));
    return found;
}

}  // namespace tenfold::bench
