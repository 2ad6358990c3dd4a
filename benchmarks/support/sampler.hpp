// SPDX-License-Identifier: Apache-2.0
// Times the cases: in rounds over a block of them, each sample one Google Benchmark run of many calls. The order of a round is
// random, or that of the round before it backwards (of two cases: A B B A).
//
// A slow change of the machine (clock, neighbours) then spreads over all cases that are compared with each other, instead of
// hitting the last ones. A block is a class or a part of one that takes a twentieth of the run; when it is finished, it is kept,
// so that an interruption costs at most a block.
#pragma once

#include <cstdint>     // std::int64_t, std::uint64_t
#include <functional>  // std::function
#include <memory>      // std::unique_ptr
#include <string>      // std::string
#include <vector>      // std::vector

#include "support/cases.hpp"     // bench_case
#include "support/progress.hpp"  // progress

namespace tenfold::bench {

struct sampling_plan {
    int rounds = 0;           // samples of each case
    int least_rounds = 0;     // of a case that takes too long
    double sample_seconds = 0;
    double case_seconds = 0;  // a case gets fewer samples before it takes longer than this
    double total_seconds = 0;  // all cases get fewer samples before they take longer than this
};
sampling_plan plan_of(suite what);

/// What is measured of one case.
struct case_result {
    bool finished = false;            // verified and all samples taken, or an error: nothing is left to do
    verification verified;
    std::string error;                // why there is no time; empty: there is one
    std::int64_t calls = 1;           // per sample
    double expected_seconds = 0;      // of a sample
    int rounds = 0;                   // it takes part in the first so many
    std::vector<double> samples_ns;   // of one call, in the order they were taken
    std::vector<double> cpu_ns;       // CPU time of one call over all threads
};

struct measurement {
    std::vector<case_result> results;  // of each case
    bool complete = true;              // not interrupted
};

/// What goes in and out while it is measured.
struct measuring_hooks {
    /// Of each case, what an earlier process found; empty: nothing. Finished ones are left alone.
    std::vector<case_result> before = {};
    /// Sampling begins.
    std::function<void()> sampling = {};
    /// These cases are finished.
    std::function<void(const std::vector<std::size_t>& cases, const std::vector<case_result>& results)> block_finished = {};
};

/// Verifies every case, finds out how many calls a sample takes, and samples. An interrupt ends it at the next sample; what
/// is not finished then has no samples.
measurement measure(const selection& what, const std::vector<std::unique_ptr<prepared_problem>>& prepared, const sampling_plan& plan,
                    std::uint64_t seed, progress& shown, measuring_hooks hooks = {});

}  // namespace tenfold::bench
