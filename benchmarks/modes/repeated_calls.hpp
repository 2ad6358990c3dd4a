// SPDX-License-Identifier: Apache-2.0
// Calling a task again and again. A task has call(), which returns the seconds of one call.
#pragma once

#include <cmath>   // std::abs
#include <vector>  // std::vector

namespace tenfold::bench {

/// Seconds of each call, for so long; at least three.
template <class Task>
std::vector<double> calls_for(Task& task, double seconds) {
    std::vector<double> times;
    double spent = 0;
    while (spent < seconds || times.size() < 3) {
        times.push_back(task.call());
        spent += times.back();
    }
    return times;
}

/// Calls until two in a row agree to 5 %, or often enough; the seconds of the last one.
template <class Task>
double call_until_steady(Task& task) {
    constexpr int most_calls = 200;
    double last = task.call(), one = task.call();
    for (int i = 0; i < most_calls && std::abs(one - last) > 0.05 * last; ++i) {
        last = one;
        one = task.call();
    }
    return one;
}

}  // namespace tenfold::bench
