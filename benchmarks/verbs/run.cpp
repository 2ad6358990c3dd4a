// SPDX-License-Identifier: Apache-2.0
// The flags of the verb `run`.
#include <iostream>  // std::cout, std::cerr
#include <limits>    // std::numeric_limits
#include <memory>    // std::make_shared

#include "support/run_command.hpp"  // run_command
#include "verbs/list.hpp"

namespace tenfold::bench {

void add_run(CLI::App& app, verb_action& chosen, const std::string&) {
    CLI::App* verb = app.add_subcommand("run", "Measure this machine and write a record");
    verb->footer(
        "Examples:\n"
        "  tenfold-bench run --quick --out record.json\n"
        "  tenfold-bench run --filter BERT --peers\n"
        "  tenfold-bench run --suite full --threads 1,all --price 0.68 --out record.json\n"
        "  tenfold-bench run --list --suite full\n"
        "  tenfold-bench run --suite full --out record.json --resume   on a machine that may be taken away\n"
        "Exit codes: 0 complete, 64 wrong flag, 65 wrong data or unwritable file, 70 internal error,\n"
        "75 interrupted (signal, notice of the cloud, full disk): the same command with --resume goes on.");
    const auto options = std::make_shared<run_options>();
    CLI::Option* which = verb->add_option_function<std::string>(
        "--suite",
        [options](const std::string& name) {
            for (const suite one : {suite::quick, suite::standard, suite::full}) {
                if (name == to_string(one)) options->what = one;
            }
        },
        "quick (3 min), standard (15 min) or full (hours); default: standard");
    which->check(CLI::IsMember({to_string(suite::quick), to_string(suite::standard), to_string(suite::full)}))->type_name("NAME");
    verb->add_flag_callback("--quick", [options] { options->what = suite::quick; }, "The same as --suite quick")->excludes(which);
    verb->add_option("--filter", options->filter, "Only cases whose name or workload matches this regular expression")->type_name("REGEX");
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
    verb->add_flag("--resume", options->resume, "Finish the interrupted run with the same --out; without one, begin");
    verb->add_option("--grace", options->grace_seconds, "Exit within so many seconds of a signal or notice; default: 25")
        ->type_name("SECONDS")
        ->check(CLI::Range(1.0, 3600.0));
    verb->add_option("--on-checkpoint", options->on_checkpoint, "Run this when interrupted and at the end, to copy files away")
        ->type_name("COMMAND");
    verb->add_flag("--approve-notice", options->approve_notice,
                   "When interrupted and done, let the cloud take the machine before its time (Azure)");
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();  // that a record can hold
    verb->add_option("--seed", options->seed, "Of the operands and of the order of the samples; default: 1")
        ->type_name("N")
        ->check(CLI::Range(std::uint64_t{0}, largest));
    verb->add_option("--price", options->usd_per_hour, "This machine costs so many US dollars an hour")->type_name("USD_PER_HOUR");
    verb->add_option("--catalog", options->catalog, "Look the price up in this folder, benchmarks/instances/catalog")->type_name("DIR");
    verb->add_flag("--no-imds", options->no_imds, "Ask no metadata service which machine this is");
    verb->add_flag("--quiet", options->quiet, "Print nothing but errors");
    verb->callback([options, &chosen] { chosen = [options] { return run_command(*options, std::cout, std::cerr); }; });
}

}  // namespace tenfold::bench
