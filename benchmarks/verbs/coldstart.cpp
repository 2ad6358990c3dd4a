// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `coldstart`.
#include <iostream>  // std::cout
#include <memory>    // std::make_shared

#include "modes/coldstart.hpp"  // coldstart_command
#include "verbs/list.hpp"

namespace tenfold::bench {

void add_coldstart(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("coldstart", "Measure how long a fresh process takes to its first result, by phase");
    const auto options = std::make_shared<coldstart_options>();
    verb->add_option("--filter", options->filter, "The first case of this name; default: a small matmul")->type_name("REGEX");
    verb->add_option("--threads", options->threads, "Threads of the process; default: 1")->type_name("N")->check(CLI::Range(1, 4096));
    verb->add_option("--processes", options->processes, "So many processes, one after the other; default: 5")
        ->type_name("N")
        ->check(CLI::Range(1, 1000));
    verb->add_flag("--json", options->json, "Write every process's seconds as JSON");
    verb->add_flag("--child", options->child, "")->group("");  // the measured process itself
    verb->callback([options, &chosen] { chosen = [options] { return coldstart_command(*options, std::cout); }; });
}

}  // namespace tenfold::bench
