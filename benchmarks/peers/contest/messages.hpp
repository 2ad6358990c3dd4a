// SPDX-License-Identifier: Apache-2.0
// What the contest says to the process of a contender, and what that answers: one packet each way.
#pragma once

#include <cstdint>  // std::int64_t

namespace tenfold::bench {

enum class order : int {
    introduce,  // which peers does the module have?
    prepare,    // make a shape ready, compute once, compare with the reference backend
    time,       // compute
};

struct request {
    order what = order::introduce;
    std::int64_t peer = 0;     // of the module
    std::int64_t shape = 0;    // in the list that both sides have
    std::int64_t warm_up = 0;  // calls before those that are timed
    std::int64_t calls = 0;
};

enum class outcome : int {
    done,
    declined,  // the library has no such call
    wrong,     // its result is not the reference backend's
    failed,    // it threw, ended, or never answered
};

struct reply {
    outcome what = outcome::failed;
    double seconds = 0;      // of one call
    double idle = 0;         // part of the sample in which the process did not run: somebody else had its CPU
    double error_ratio = 0;  // of the largest error to what is allowed
    char text[2048] = "";    // introduce: "suffix\tversion\n" of each peer; otherwise what went wrong
};

}  // namespace tenfold::bench
