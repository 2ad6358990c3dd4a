// SPDX-License-Identifier: Apache-2.0
// tenfold-bench: the command line. Each verb is one function that adds its flags and one that does it.
#include <fmt/format.h>                    // fmt::format
#include <CLI/CLI.hpp>                     // CLI::App
#include <tenfold/kernel/cpu/dispatch.hpp>  // available_isas

#include <functional>  // std::function
#include <iostream>    // std::cout, std::cerr
#include <memory>      // std::make_shared

#include "instances/compare/commands.hpp"   // compare_command, catalog_command
#include "instances/errors.hpp"             // exit_code, usage_error, data_error
#include "instances/identity/identify.hpp"  // identify_command
#include "support/build_info.hpp"           // this_build
#include "support/run_command.hpp"          // run_command
#include "support/run_program.hpp"  // run_program

namespace tenfold::bench {
namespace {

using action = std::function<int()>;

void add_identify(CLI::App& app, action& chosen) {
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

void add_run(CLI::App& app, action& chosen) {
    CLI::App* verb = app.add_subcommand("run", "Measure this machine and write a record");
    verb->footer(
        "Examples:\n"
        "  tenfold-bench run --quick --out record.json\n"
        "  tenfold-bench run --filter BERT --peers\n"
        "  tenfold-bench run --suite full --threads 1,all --price 0.68 --out record.json\n"
        "  tenfold-bench run --list --suite full\n"
        "Exit codes: 0 complete, 64 wrong flag, 65 wrong data or unwritable file, 70 internal error, 75 interrupted.");
    const auto options = std::make_shared<run_options>();
    CLI::Option* which = verb->add_option_function<std::string>(
        "--suite",
        [options](const std::string& name) {
            for (const suite one : {suite::quick, suite::standard, suite::full}) {
                if (name == to_string(one)) options->what = one;
            }
        },
        "quick (1 to 3 minutes), standard (15) or full (hours); default: standard");
    which->check(CLI::IsMember({to_string(suite::quick), to_string(suite::standard), to_string(suite::full)}))->type_name("NAME");
    verb->add_flag_callback("--quick", [options] { options->what = suite::quick; }, "The same as --suite quick")->excludes(which);
    verb->add_option("--filter", options->filter, "Only cases whose name or workload contains a match of this regular expression")
        ->type_name("REGEX");
    verb->add_flag("--list", options->list, "Name the cases and measure nothing");
    verb->add_option("--backend", options->backends, "Only these backends: reference, cpu, or a peer")
        ->delimiter(',')
        ->type_name("NAME,...");
    verb->add_option("--isa", options->isas, "Only these instruction sets: avx512, avx2, baseline ...")
        ->delimiter(',')
        ->type_name("NAME,...");
    verb->add_option("--threads", options->threads, "Numbers of threads; default: 1,all")->delimiter(',')->type_name("N|all,...");
    verb->add_flag("--peers", options->peers, "Measure other libraries beside tenfold, in the same run");
    verb->add_option("--out", options->out, "The record's file; default: tenfold-record-<date>.json here")->type_name("FILE");
    verb->add_option("--seed", options->seed, "Of the operands and of the order of the samples; default: 1")->type_name("N");
    verb->add_option("--price", options->usd_per_hour, "This machine costs so many US dollars an hour")->type_name("USD_PER_HOUR");
    verb->add_option("--catalog", options->catalog, "Look the price up in this folder, benchmarks/instances/catalog")->type_name("DIR");
    verb->add_flag("--no-imds", options->no_imds, "Ask no metadata service which machine this is");
    verb->add_flag("--quiet", options->quiet, "Print nothing but errors");
    verb->callback([options, &chosen] { chosen = [options] { return run_command(*options, std::cout, std::cerr); }; });
}

void add_compare(CLI::App& app, action& chosen, const std::string& whole_command) {
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
    verb->add_option("--today", options->today, "The date that ages of prices refer to; default: the clock's")->type_name("YYYY-MM-DD");
    verb->callback([options, &chosen] { chosen = [options] { return compare_command(*options, std::cout, std::cerr); }; });
}

void add_catalog(CLI::App& app, action& chosen) {
    CLI::App* verb = app.add_subcommand("catalog", "List and check instance types and their prices");
    verb->footer(
        "Examples:\n"
        "  tenfold-bench catalog --catalog benchmarks/instances/catalog --provider aws --type g6\n"
        "  tenfold-bench catalog --catalog benchmarks/instances/catalog --sources\n"
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
    verb->add_option("--format", options->format, "table or csv; default: table")->type_name("NAME");
    verb->add_option("--today", options->today, "The date that ages refer to; default: the clock's")->type_name("YYYY-MM-DD");
    verb->callback([options, &chosen] { chosen = [options] { return catalog_command(*options, std::cout, std::cerr); }; });
}

/// The command as it was typed, for the provenance of a report.
std::string command_text(int argc, char** argv) {
    std::string text = "tenfold-bench";
    for (int i = 1; i < argc; ++i) text += std::string(" ") + argv[i];
    return text;
}

/// CLI11's own codes say which of its classes was thrown; to the outside all of them are wrong usage.
int command_line(int argc, char** argv) {
    CLI::App app("Measures tensor kernels on this machine, and compares machines by speed and by price.", "tenfold-bench");
    app.require_subcommand(1);
    app.footer(
        "`tenfold-bench VERB --help` explains a verb. Exit codes: 0 complete, 64 wrong usage, 65 wrong data, 70 internal error,\n"
        "75 interrupted.");
    const build_info& build = this_build();
    app.set_version_flag("--version",
                         fmt::format("tenfold-bench {}{}{}, {}, {}", build.version, build.commit.empty() ? "" : " ",
                                     build.commit.substr(0, 12) + (build.dirty ? "+changes" : ""), build.compiler, build.build_type));
    action chosen;
    add_identify(app, chosen);
    add_run(app, chosen);
    add_compare(app, chosen, command_text(argc, argv));
    add_catalog(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? static_cast<int>(exit_code::complete) : static_cast<int>(exit_code::usage);
    }
    return chosen();
}

}  // namespace
}  // namespace tenfold::bench

int main(int argc, char** argv) {
    using namespace tenfold::bench;
    return run_program("tenfold-bench", [&] { return command_line(argc, argv); });
}
