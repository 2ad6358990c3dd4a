// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `compare`.
#include <iostream>  // std::cout, std::cerr
#include <memory>    // std::make_shared

#include "instances/compare/commands.hpp"  // compare_command
#include "verbs/list.hpp"

namespace tenfold::bench {

void add_compare(CLI::App& app, verb_action& chosen, const std::string& whole_command) {
    CLI::App* verb = app.add_subcommand("compare", "Read records and say which machine is faster, and which costs less");
    verb->footer(
        "Examples:\n"
        "  tenfold-bench compare record.json --catalog benchmarks/instances/catalog\n"
        "  tenfold-bench compare a.json b.json --baseline a.json --delta 3%\n"
        "  tenfold-bench compare records/ --format html --out report.html");
    const auto options = std::make_shared<compare_options>();
    options->command = whole_command;
    verb->add_option("records", options->records, "Record files, and folders of them")->required()->type_name("PATH ...");
    verb->add_option("--format", options->format, "table, md, csv, json or html; default: table")->type_name("NAME");
    verb->add_option("--out", options->out, "Write there instead of to the standard output")->type_name("FILE");
    verb->add_option("--catalog", options->catalog, "Prices of this folder: benchmarks/instances/catalog")->type_name("DIR");
    verb->add_option("--prices", options->prices, "Your own price table, which wins over the catalog")->type_name("FILE");
    verb->add_option("--price", options->price, "The machines cost so many US dollars an hour")->type_name("USD_PER_HOUR");
    verb->add_option("--baseline", options->baseline, "The machine that ratios refer to; default: the first")->type_name("NAME");
    verb->add_option("--delta", options->delta, "Differences below this do not matter; default: 3%")->type_name("PART");
    verb->add_flag("--allow-invalid", options->allow_invalid, "Compare records that are INVALID, such as those of a debug build, too");
    verb->add_option("--today", options->today, "The date that ages of prices refer to; default: the clock's")->type_name("YYYY-MM-DD");
    verb->callback([options, &chosen] { chosen = [options] { return compare_command(*options, std::cout, std::cerr); }; });
}

}  // namespace tenfold::bench
