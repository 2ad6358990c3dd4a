// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `identify`.
#include <tenfold/kernel/cpu/dispatch.hpp>  // available_isas

#include <iostream>  // std::cout
#include <memory>    // std::make_shared

#include "instances/identity/identify.hpp"  // identify_command
#include "verbs/list.hpp"

namespace tenfold::bench {

void add_identify(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("identify", "Say which machine this is: cloud, type, processor, caches, limits, GPUs");
    verb->footer(
        "Examples:\n"
        "  tenfold-bench identify\n"
        "  tenfold-bench identify --json --no-imds\n"
        "  tenfold-bench identify --check          what would make timings unsteady here");
    const auto options = std::make_shared<identify_options>();
    verb->add_flag("--json", options->json, "Write JSON, as in a record");
    verb->add_flag("--explain", options->explain, "Show each step with its outcome and its time");
    verb->add_flag("--check", options->check, "Look for what makes timings unsteady, and say what to do about it");
    verb->add_flag("--no-imds", options->no_imds, "Ask no metadata service");
    verb->callback([options, &chosen] {
        chosen = [options] {
            for (const char* isa : available_isas()) options->isa_available.emplace_back(isa);
            return identify_command(*options, std::cout);
        };
    });
}

}  // namespace tenfold::bench
