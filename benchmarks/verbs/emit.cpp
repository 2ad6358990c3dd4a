// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `emit`.
#include <iostream> // std::cout
#include <memory>   // std::make_shared

#include "instances/emit/list.hpp" // targets::all
#include "instances/errors.hpp"    // exit_code
#include "verbs/list.hpp"

namespace tenfold::bench {

void add_emit(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("emit",
                                        "Write files that launch a plan: docker, k8s, "
                                        "terraform ...; launches nothing");
    std::string about = "Targets:\n";
    for (const emit_target& one : targets::all()) about += "  " + std::string(one.name) + ": " + std::string(one.what) + "\n";
    verb->footer(about +
                 "Example:\n"
                 "  tenfold-bench emit --target terraform --plan plan.json "
                 "--image registry/tenfold-bench@sha256:... \\\n"
                 "      --store s3://bucket/records --out deploy\n"
                 "What ends after the plan's minutes: with terraform, cloudformation and userdata the machine shuts\n"
                 "itself down, with docker the container ends, with skypilot the task, with k8s the Job; the last\n"
                 "two leave the machine to SkyPilot and to the node pool. No file holds a key.");
    const auto options = std::make_shared<emit_options>();
    verb->add_option("--target", options->target, "What to write")->required()->type_name("NAME");
    verb->add_option("--plan", options->plan, "Written by `tenfold-bench plan`")->required()->type_name("FILE.json");
    verb->add_option("--image", options->image, "Container image with its digest (not for docker)")->type_name("NAME@sha256:DIGEST");
    verb->add_option("--store", options->store, "Where records go (not for docker and k8s)")->type_name("s3://BUCKET/PREFIX");
    verb->add_option("--out", options->out, "Folder for the files, new or made by emit")->required()->type_name("DIR");
    verb->callback([options, &chosen] {
        chosen = [options] {
            std::cout << emit_command(*options) << std::flush;
            return static_cast<int>(exit_code::complete);
        };
    });
}

} // namespace tenfold::bench
