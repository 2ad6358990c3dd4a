// SPDX-License-Identifier: Apache-2.0
// Times all contenders on a shape in turn, round after round, so that a slow change of the machine falls on all of them alike.
#pragma once

#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "peers/contest/contender.hpp"  // contender
#include "peers/contest/subject.hpp"    // contest_case

namespace tenfold::bench {

struct contest_plan {
    int rounds = 15;              // samples of each contender
    int least_rounds = 5;         // where a call takes long
    double sample_seconds = 0.002;  // short, so that many are left alone by other programs
    double shape_seconds = 8;     // all samples of a shape together; fewer rounds before it takes longer
};

struct contender_result {
    outcome what = outcome::failed;
    std::string note;             // what went wrong
    double error_ratio = 0;
    std::int64_t calls = 1;       // of a sample
    std::vector<double> seconds;  // of one call, by round
};

struct shape_result {
    contest_case shape;
    int threads = 1;
    std::vector<contender_result> contenders;  // in the order of the list that was given
    std::optional<double> roof_seconds;        // the least time that the machine allows
};

/// Contenders that decline a shape, or whose result is wrong, have no samples.
std::vector<contender_result> contest_shape(std::size_t shape, int threads, const std::vector<contender>& contenders,
                                            const contest_plan& plan);

}  // namespace tenfold::bench
