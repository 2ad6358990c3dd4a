// SPDX-License-Identifier: Apache-2.0
// Energy and emissions of a piece of work in two places. Factors are the user's: none is shipped.
#include <fmt/format.h>

#include "instances/decisions/amounts.hpp"  // dollars
#include "instances/decisions/list.hpp"     // carbon
#include "instances/report/numbers.hpp"     // significant

namespace tenfold::bench {
namespace {

answer answer_carbon(const inputs& in) {
    answer out;
    struct site {
        std::string name;
        double kwh = 0, grams = 0;
    };
    const auto site_of = [&](const std::string& name, const std::string& suffix) {
        const double kwh = in.number("watts" + suffix) / 1000 * in.number("work" + suffix) * in.number("pue" + suffix);
        return site{name, kwh, kwh * in.number("grams" + suffix)};
    };
    std::vector<site> sites = {site_of("here", "")};
    if (in.has("watts-there") && in.has("work-there") && in.has("grams-there")) sites.push_back(site_of("there", "-there"));
    text_table table{"Energy and emissions", "", {{"place"}, {"kWh", true}, {"g CO2", true}}, {}};
    const site* best = nullptr;
    for (const site& one : sites) {
        table.rows.push_back({one.name, significant(one.kwh, 4), significant(one.grams, 4)});
        out.figures.emplace_back("kwh_" + one.name, one.kwh);
        out.figures.emplace_back("grams_" + one.name, one.grams);
        if (!best || one.grams < best->grams) best = &one;
    }
    out.tables.push_back(table);
    out.choice = best->name;
    out.objective_name = "g CO2";
    out.objective = best->grams;
    out.recommendation = fmt::format("{} g CO2 {}, {} kWh.", significant(best->grams, 4), best->name, significant(best->kwh, 4));
    out.path.push_back(sites.size() > 1 ? "Is there another place? Yes, compared by grams."
                                        : "Is there another place? None given (--watts-there, --work-there, --grams-there).");
    out.reasons.push_back("Power of the machine x time x PUE x the grid's factor; machine time alone says nothing about it.");
    out.not_counted.push_back("Making the machine, and what its idle hours draw.");
    return out;
}

}  // namespace

decision decisions::carbon() {
    return {"carbon",
            "What does this work emit, here or there?",
            {{"watts", quantity::number, "required", "Mean power of the machine at work, measured, W"},
             {"work", quantity::time, "required", "Time of the work"},
             {"grams", quantity::number, "required", "Of CO2 per kWh of the grid; yours, no default"},
             {"pue", quantity::number, "1.4", "Power of the building over power of its machines"},
             {"watts-there", quantity::number, "", "The same of another place, W"},
             {"work-there", quantity::time, "", "Time there"},
             {"grams-there", quantity::number, "", "Of CO2 per kWh there"},
             {"pue-there", quantity::number, "1.4", "PUE there"}},
            answer_carbon,
            "--watts 700 --work 24h --grams 400 --watts-there 350 --work-there 60h --grams-there 50"};
}

}  // namespace tenfold::bench
