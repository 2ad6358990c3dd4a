// SPDX-License-Identifier: Apache-2.0
// Energy that the processors have used, where the machine tells: RAPL counters of Intel and AMD in /sys/class/powercap.
#pragma once

#include <cstdint>   // std::int64_t
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/facts/system_files.hpp"  // system_files

namespace tenfold::bench {

/// Counters wrap around, some after minutes: read() often enough, once in a minute, counts every round.
class energy_meter {
    struct domain {
        std::string counter;       // path
        std::int64_t range = 0;    // microjoules at which it begins again
        std::int64_t last = 0;
        double joules = 0;
    };
    system_files files_;
    std::vector<domain> domains_;  // processor packages; their parts are in them

public:
    explicit energy_meter(system_files files = system_files());

    /// Joules of all packages since the meter was made; nothing where there are no counters, or only root may read them.
    [[nodiscard]] std::optional<double> read();
};

}  // namespace tenfold::bench
