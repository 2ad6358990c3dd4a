// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `plan`.
#include <iostream> // std::cout
#include <memory>   // std::make_shared

#include "instances/errors.hpp"        // exit_code
#include "instances/plan/plan.hpp"     // make_plan
#include "instances/record/record.hpp" // write_whole_file
#include "verbs/list.hpp"

namespace tenfold::bench {

void add_plan(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("plan", "Plan a comparison of instance types within a budget; launches nothing");
    verb->footer(
        "Example:\n"
        "  tenfold-bench plan --catalog benchmarks/instances/catalog --types "
        "aws/c7g.4xlarge,aws/c6i.4xlarge \\\n"
        "      --region us-east-1 --k 3 --budget-usd 10 --out plan.json\n"
        "A plan above its budget is refused with exit code 65. `tenfold-bench "
        "emit` makes deployable files of it.");
    const auto options = std::make_shared<plan_options>();
    verb->add_option("--catalog", options->catalog, "Prices of this folder: benchmarks/instances/catalog")->required()->type_name("DIR");
    verb->add_option("--types", options->types, "Instance types to compare")->delimiter(',')->required()->type_name("PROVIDER/TYPE,...");
    verb->add_option("--region", options->region, "Region, as the catalog writes it")->type_name("NAME");
    verb->add_option("--allocation", options->allocation, "on_demand or spot; default: on_demand")
        ->check(CLI::IsMember({"on_demand", "spot"}))
        ->type_name("NAME");
    verb->add_option("--k", options->machines, "Machines of each type; default: 3, to decide small differences 5")->type_name("N");
    verb->add_option("--suite", options->suite, "quick, standard or full; default: standard")->type_name("NAME");
    verb->add_option("--budget-usd", options->budget, "Refuse a plan that needs more")->required()->type_name("USD");
    verb->add_option("--overhead", options->overhead, "From a launch to the first measurement; default: 4min, an estimate")
        ->type_name("TIME");
    verb->add_option("--delta", options->delta, "Difference that matters; default: 3%")->type_name("SHARE");
    verb->add_option("--campaign", options->campaign, "Name in keys and labels; default: c1")->type_name("NAME");
    verb->add_flag("--allow-stale", options->allow_stale, "Use prices that are too old, undated or estimated");
    verb->add_flag("--allow-idle-gpus", options->allow_idle_gpus, "Plan GPU types although `run` measures only their CPU, yet");
    verb->add_option("--out", options->out, "Write the plan there, for emit")->type_name("FILE.json");
    verb->add_option("--today", options->today, "The date that ages refer to; default: the clock's")->type_name("YYYY-MM-DD");
    verb->callback([options, &chosen] {
        chosen = [options] {
            const bench_plan plan = make_plan(*options);
            if (!options->out.empty()) write_whole_file(options->out, plan_json(plan));
            std::cout << plan_text(plan, *options) << std::flush;
            return static_cast<int>(exit_code::complete);
        };
    });
}

} // namespace tenfold::bench
