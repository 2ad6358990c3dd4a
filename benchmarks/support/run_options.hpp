// SPDX-License-Identifier: Apache-2.0
// What the command line of `tenfold-bench run` says.
#pragma once

#include <cstdint>     // std::uint64_t
#include <filesystem>  // std::filesystem::path
#include <optional>    // std::optional
#include <string>      // std::string
#include <vector>      // std::vector

#include "support/problem.hpp"  // suite

namespace tenfold::bench {

struct run_options {
    suite what = suite::standard;
    std::string filter;                  // regular expression on case names and workloads; "" takes all
    std::vector<std::string> backends;   // empty: all
    std::vector<std::string> isas;       // empty: all that this machine runs
    std::vector<std::string> threads;    // numbers or "all"; empty: 1 and all
    bool peers = false;                  // measure other libraries too
    bool list = false;                   // only name the cases
    bool quiet = false;
    std::uint64_t seed = 1;
    std::optional<std::filesystem::path> out;  // nothing: a name with the date in the current folder
    std::optional<std::string> usd_per_hour;   // decimal text
    std::optional<std::filesystem::path> catalog;
    bool no_imds = false;
    bool resume = false;         // go on with what an interrupted run left beside `out`
    double grace_seconds = 25;   // between a notice and the end of the machine
    bool approve_notice = false;  // tell the cloud when everything is written
    std::string on_checkpoint;   // shell command when the run ends or is interrupted; "" none

    /// The flags that choose what is measured and how, as text: runs may share a record only if they agree.
    [[nodiscard]] std::string measuring_flags() const;
};

const char* to_string(suite value);

}  // namespace tenfold::bench
