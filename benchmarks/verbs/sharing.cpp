// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `sharing`.
#include "modes/sharing.hpp"  // sharing_command

#include <iostream>  // std::cout
#include <memory>    // std::make_shared

#include "verbs/list.hpp"

namespace tenfold::bench {

void add_sharing(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("sharing", "Measure what each of several processes that compute at once gets");
    const auto options = std::make_shared<sharing_options>();
    verb->add_option("--filter", options->filter, "The first case of this name; default: a small matmul")->type_name("REGEX");
    verb->add_option("--tenants", options->tenants, "Processes at once; default: 1,2,4")
        ->delimiter(',')
        ->type_name("N,...")
        ->check(CLI::Range(1, 1024));
    verb->add_option("--threads", options->threads, "Threads of each; default: 1")->type_name("N")->check(CLI::Range(1, 4096));
    verb->add_option("--seconds", options->seconds, "For each number of tenants; default: 1")
        ->type_name("S")
        ->check(CLI::Range(0.01, 3600.0));
    verb->add_flag("--gpu", options->gpu, "The processes share the first GPU: a small kernel instead of the case, without --filter")
        ->excludes("--filter")
        ->excludes("--threads");
    verb->callback([options, &chosen] { chosen = [options] { return sharing_command(*options, std::cout); }; });
}

}  // namespace tenfold::bench
