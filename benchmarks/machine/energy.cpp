// SPDX-License-Identifier: Apache-2.0
#include "machine/energy.hpp"

#include <algorithm>  // std::count
#include <utility>    // std::move

namespace tenfold::bench {

energy_meter::energy_meter(system_files files) : files_(std::move(files)) {
    const std::string folder = "/sys/class/powercap";
    for (const std::string& name : files_.names(folder)) {
        // intel-rapl:0 is a package (also on AMD), intel-rapl:0:1 a part of it; "psys", the whole board, has them all in it.
        if (!name.starts_with("intel-rapl:") || std::count(name.begin(), name.end(), ':') != 1) continue;
        const std::string path = folder + "/" + name;
        if (!files_.line(path + "/name").value_or("").starts_with("package")) continue;
        const auto now = files_.integer(path + "/energy_uj"), range = files_.integer(path + "/max_energy_range_uj");
        if (now && range && *range > 0) domains_.push_back({path + "/energy_uj", *range, *now, 0});
    }
}

std::optional<double> energy_meter::read() {
    if (domains_.empty()) return std::nullopt;
    double joules = 0;
    for (domain& one : domains_) {
        const auto now = files_.integer(one.counter);
        if (!now) return std::nullopt;
        const std::int64_t used = *now >= one.last ? *now - one.last : *now + (one.range - one.last);
        one.joules += static_cast<double>(used) * 1e-6;
        one.last = *now;
        joules += one.joules;
    }
    return joules;
}

}  // namespace tenfold::bench
