// SPDX-License-Identifier: Apache-2.0
// THE list of verbs of tenfold-bench: a verb is one file beside this one, defining `add_<verb>`, and one entry here.
#pragma once

#include <CLI/CLI.hpp>  // CLI::App

#include <functional>  // std::function
#include <string>      // std::string

// In the order of --help: from asking this machine to deciding what to rent.
#define TENFOLD_BENCH_VERBS(X) \
    X(identify)                \
    X(run)                     \
    X(coldstart)               \
    X(sharing)                 \
    X(scaling)                 \
    X(compare)                 \
    X(catalog)                 \
    X(cost)                    \
    X(plan)                    \
    X(emit)                    \
    X(collect)

namespace tenfold::bench {

/// What the command line has chosen; returns the exit code.
using verb_action = std::function<int()>;

/// Adds a verb with its flags; when it is given, `chosen` becomes what it does. `whole_command` is the command as it was
/// typed, for the provenance of a report.
#define TENFOLD_BENCH_DECLARE(verb) void add_##verb(CLI::App& app, verb_action& chosen, const std::string& whole_command);
TENFOLD_BENCH_VERBS(TENFOLD_BENCH_DECLARE)
#undef TENFOLD_BENCH_DECLARE

}  // namespace tenfold::bench
