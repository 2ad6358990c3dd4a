// SPDX-License-Identifier: Apache-2.0
// tenfold-bench: the command line. Its verbs are in verbs/list.hpp.
#include <fmt/format.h>  // fmt::format
#include <CLI/CLI.hpp>   // CLI::App

#include <memory>  // std::make_shared
#include <string>  // std::string

#include "help_text.hpp"            // help_text
#include "instances/errors.hpp"     // exit_code
#include "support/build_info.hpp"   // this_build
#include "support/run_program.hpp"  // run_program
#include "verbs/list.hpp"           // the verbs

namespace tenfold::bench {
namespace {

/// The command as it was typed, for the provenance of a report.
std::string command_text(int argc, char** argv) {
    std::string text = "tenfold-bench";
    for (int i = 1; i < argc; ++i) text += std::string(" ") + argv[i];
    return text;
}

/// CLI11's own codes say which of its classes was thrown; to the outside all of them are wrong usage.
int command_line(int argc, char** argv) {
    CLI::App app("Measures tensor kernels on this machine, and compares machines by speed and by price.", "tenfold-bench");
    app.formatter(std::make_shared<help_text>());  // also of the verbs, which are added below
    app.require_subcommand(1);
    app.footer(
        "`tenfold-bench VERB --help` explains a verb.\n"
        "Exit codes: 0 complete, 64 wrong usage, 65 wrong data, 70 internal error, 75 interrupted.");
    const build_info& build = this_build();
    app.set_version_flag("--version",
                         fmt::format("tenfold-bench {}{}{}, {}, {}", build.version, build.commit.empty() ? "" : " ",
                                     build.commit.substr(0, 12) + (build.dirty ? "+changes" : ""), build.compiler, build.build_type));
    verb_action chosen;
    const std::string typed = command_text(argc, argv);
#define TENFOLD_BENCH_ADD(verb) add_##verb(app, chosen, typed);
    TENFOLD_BENCH_VERBS(TENFOLD_BENCH_ADD)
#undef TENFOLD_BENCH_ADD
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
