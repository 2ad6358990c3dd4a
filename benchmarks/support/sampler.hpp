// SPDX-License-Identifier: Apache-2.0
// Times the cases: in rounds over all of them in random order, each sample one Google Benchmark run of many calls.
//
// A slow change of the machine (clock, neighbours) then spreads over all cases instead of hitting the last ones.
#pragma once

#include <cstdint>  // std::int64_t, std::uint64_t
#include <memory>   // std::unique_ptr
#include <string>   // std::string
#include <vector>   // std::vector

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

/// Verifies every case, finds out how many calls a sample takes, and samples. An interrupt ends it at the next sample.
measurement measure(const selection& what, const std::vector<std::unique_ptr<prepared_problem>>& prepared, const sampling_plan& plan,
                    std::uint64_t seed, progress& shown);

}  // namespace tenfold::bench
