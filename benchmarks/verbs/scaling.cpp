// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `scaling`.
#include "modes/scaling.hpp"  // scaling_command

#include <iostream>  // std::cout
#include <memory>    // std::make_shared

#include "verbs/list.hpp"

namespace tenfold::bench {

void add_scaling(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("scaling", "Measure one case on 1, 2, 4 ... and all threads");
    const auto options = std::make_shared<scaling_options>();
    verb->add_option("--filter", options->filter, "The first case of this name; default: a square matmul")->type_name("REGEX");
    verb->add_option("--seconds", options->seconds, "For each number of threads; default: 1")
        ->type_name("S")
        ->check(CLI::Range(0.01, 3600.0));
    verb->callback([options, &chosen] { chosen = [options] { return scaling_command(*options, std::cout); }; });
}

}  // namespace tenfold::bench
