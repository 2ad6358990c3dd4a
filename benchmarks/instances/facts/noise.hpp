// SPDX-License-Identifier: Apache-2.0
// The noise doctor: which settings of this machine make timings unsteady, and what to do about each.
#pragma once

#include <string>  // std::string
#include <vector>  // std::vector

#include "instances/facts/machine.hpp"  // machine_facts

namespace tenfold::bench {

enum class noise_verdict { quiet, noisy, unknown };

struct noise_finding {
    std::string setting;  // "governor"
    std::string value;    // what was found, in words
    noise_verdict verdict = noise_verdict::unknown;
    std::string remedy;   // empty if there is nothing to do
};

std::vector<noise_finding> check_noise(const machine_facts& machine);

const char* to_string(noise_verdict verdict);

}  // namespace tenfold::bench
