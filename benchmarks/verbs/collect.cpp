// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `collect`.
#include <filesystem>  // std::filesystem::path
#include <iostream>    // std::cout, std::cerr
#include <memory>      // std::make_shared
#include <optional>    // std::optional

#include "instances/collect/collect.hpp"  // collect_command
#include "instances/plan/plan.hpp"        // read_plan
#include "verbs/list.hpp"

namespace tenfold::bench {

void add_collect(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("collect", "Look through what came back from many machines; say what is missing");
    verb->footer(
        "Examples:\n"
        "  aws s3 sync s3://bucket/run1 run1 && tenfold-bench collect run1 --plan plan.json\n"
        "  tenfold-bench collect run1 --expect aws/g6.xlarge=3\n"
        "  tenfold-bench collect records/ && tenfold-bench compare records/\n"
        "Exit codes: 0 all is here, 65 damaged files, copies or mixtures, 75 something is missing.");
    const auto options = std::make_shared<collect_options>();
    verb->add_option("paths", options->paths, "Records, attempts, and folders of them")->required()->type_name("PATH ...");
    verb->add_option("--expect", options->expect, "So many machines of a type; may be given several times")
        ->delimiter(',')
        ->type_name("PROVIDER/TYPE=N");
    const auto plan = std::make_shared<std::optional<std::filesystem::path>>();
    verb->add_option("--plan", *plan, "The machines of this plan are expected")->type_name("FILE.json");
    verb->add_flag("--allow-invalid", options->allow_invalid,
                   "Count machines whose record is INVALID too, as compare --allow-invalid takes them");
    verb->callback([options, plan, &chosen] {
        chosen = [options, plan] {
            collect_options all = *options;
            if (*plan)
                for (const plan_slot& slot : read_plan(**plan).slots)
                    all.planned.push_back({slot.provider + "/" + slot.type, slot.allocation, slot.region, 1});
            return collect_command(all, std::cout, std::cerr);
        };
    });
}

}  // namespace tenfold::bench
