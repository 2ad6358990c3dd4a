// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `catalog`.
#include <iostream>  // std::cout, std::cerr
#include <memory>    // std::make_shared

#include "instances/compare/commands.hpp"  // catalog_command
#include "verbs/list.hpp"

namespace tenfold::bench {

void add_catalog(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("catalog", "List and check instance types and their prices");
    verb->footer(
        "Examples:\n"
        "  tenfold-bench catalog --catalog benchmarks/instances/catalog --provider aws --type g6\n"
        "  tenfold-bench catalog --catalog benchmarks/instances/catalog --sources\n"
        "  tenfold-bench catalog --catalog benchmarks/instances/catalog --figure matrix > matrix.svg\n"
        "  tenfold-bench catalog --catalog benchmarks/instances/catalog --check");
    const auto options = std::make_shared<catalog_options>();
    verb->add_option("--catalog", options->catalog, "The folder: benchmarks/instances/catalog")->required()->type_name("DIR");
    verb->add_option("--provider", options->provider, "Only this provider")->type_name("NAME");
    verb->add_option("--type", options->type, "Only types whose name contains this")->type_name("TEXT");
    verb->add_option("--region", options->region, "Only this region")->type_name("NAME");
    verb->add_option("--allocation", options->allocation, "Only this way to buy: on_demand, spot ...")->type_name("NAME");
    verb->add_option("--vcpus", options->vcpus, "Only types with exactly so many virtual CPUs")->type_name("N");
    verb->add_flag("--check", options->check, "Look for wrong and doubtful rows; exit code 65 if there is a wrong one");
    verb->add_flag("--sources", options->sources, "List where the prices come from");
    verb->add_flag("--matrix", options->matrix, "List the lowest price of each accelerator's hour by provider");
    verb->add_flag("--timeline", options->timeline, "List accelerated families by the day from which they are known");
    verb->add_option("--figure", options->figure, "Draw the matrix or the timeline as SVG")->type_name("matrix|timeline");
    verb->add_option("--format", options->format, "table or csv; default: table")->type_name("NAME");
    verb->add_option("--today", options->today, "The date that ages refer to; default: the clock's")->type_name("YYYY-MM-DD");
    verb->callback([options, &chosen] { chosen = [options] { return catalog_command(*options, std::cout, std::cerr); }; });
}

}  // namespace tenfold::bench
