// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `cost`: a verb of its own per decision, its flags made from the decision's parameters.
#include <fmt/format.h>  // fmt::format

#include <iostream>  // std::cout
#include <memory>    // std::make_shared

#include "instances/decisions/command.hpp"  // cost_command
#include "instances/decisions/list.hpp"     // decisions::all
#include "instances/errors.hpp"             // exit_code
#include "verbs/list.hpp"

namespace tenfold::bench {
namespace {

const char* type_name(quantity kind) {
    switch (kind) {
        case quantity::money: return "USD";
        case quantity::share:
        case quantity::rule:
        case quantity::change: return "SHARE";
        case quantity::time: return "TIME";
        case quantity::text: return "NAME";
        case quantity::table: return "FILE.csv";
        default: return "N";
    }
}

std::string help_of(const parameter& one) {
    std::string text(one.help);
    if (!one.columns.empty()) text += "; columns " + std::string(one.columns);
    if (one.fallback == "required") return text + " (needed)";
    return one.fallback.empty() ? text : text + "; default: " + std::string(one.fallback);
}

void add_decision(CLI::App& verb, const decision& what, verb_action& chosen) {
    CLI::App* sub = verb.add_subcommand(std::string(what.name), std::string(what.question));
    sub->footer(fmt::format("Example:\n  tenfold-bench cost {} {}\nA TIME has its unit: 90s, 8min, 10h, 3d. A SHARE is 63% or 0.63.",
                            what.name, what.example));
    const auto options = std::make_shared<cost_options>();
    for (const parameter& one : what.parameters)
        sub->add_option_function<std::string>(
               "--" + std::string(one.name),
               [options, name = std::string(one.name)](const std::string& text) { options->given[name] = text; }, help_of(one))
            ->type_name(type_name(one.kind));
    sub->add_option("--input", options->input, "JSON object with the names of these flags; flags win")->type_name("FILE.json");
    sub->add_option("--catalog", options->catalog, "Look prices up in this folder, benchmarks/instances/catalog")->type_name("DIR");
    sub->add_option("--type", options->type, "Whose prices to look up, such as aws/g6.xlarge")->type_name("PROVIDER/TYPE");
    sub->add_option("--region", options->region, "Of the prices to look up")->type_name("NAME");
    sub->add_flag("--allow-stale", options->allow_stale, "Use prices that are too old, undated or estimated");
    sub->add_option("--format", options->format, "table or json; default: table")->type_name("NAME");
    sub->add_option("--today", options->today, "The date that ages refer to; default: the clock's")->type_name("YYYY-MM-DD");
    sub->callback([options, what, &chosen] {
        chosen = [options, what] {
            std::cout << cost_command(what, *options) << std::flush;
            return static_cast<int>(exit_code::complete);
        };
    });
}

}  // namespace

void add_cost(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("cost", "Decide what to rent and how to buy it, with reasons and what would change them");
    verb->footer("Example:\n  tenfold-bench cost spot --on-demand 55.04 --spot 16.95 --mtbf 10h\nWithout a decision: lists them.");
    verb->require_subcommand(0, 1);
    // Called after the decision's own callback.
    verb->callback([&chosen] {
        if (!chosen)
            chosen = [] {
                std::cout << cost_list() << std::flush;
                return static_cast<int>(exit_code::complete);
            };
    });
    for (const decision& what : decisions::all()) add_decision(*verb, what, chosen);
}

}  // namespace tenfold::bench
