// SPDX-License-Identifier: Apache-2.0
// Results that nobody measured.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "peers/contest/matmul_subject.hpp"
#include "peers/contest/tables.hpp"

namespace tenfold::bench {

inline contender_result timed(std::vector<double> seconds) {
    contender_result result;
    result.what = outcome::done;
    result.seconds = std::move(seconds);
    return result;
}

inline contender_result untimed(outcome what, const std::string& note = "") {
    contender_result result;
    result.what = what;
    result.note = note;
    return result;
}

inline shape_result shape(const char* text, std::vector<contender_result> contenders) {
    return {case_of({parse_matmul_shape(text), "made up"}), 1, std::move(contenders), {}};
}

}  // namespace tenfold::bench
