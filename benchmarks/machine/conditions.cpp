// SPDX-License-Identifier: Apache-2.0
#include "machine/conditions.hpp"

#include <sys/times.h>  // times

#include <algorithm>  // std::max
#include <string>     // std::string

#include "instances/facts/cgroup.hpp"  // read_cgroup

namespace tenfold::bench {
namespace {

std::optional<std::int64_t> difference(const std::optional<std::int64_t>& before, const std::optional<std::int64_t>& after) {
    if (!before || !after || *after < *before) return std::nullopt;
    return *after - *before;
}

/// "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guests are in user already.
void read_stat(const system_files& files, machine_counters& counters) {
    const auto line = files.line("/proc/stat");
    if (!line || !line->starts_with("cpu ")) return;
    std::int64_t total = 0, idle = 0, steal = 0;
    int field = -1;  // the name
    for (const std::string_view part : split(*line, ' ')) {
        if (part.empty()) continue;
        if (const auto ticks = parse_integer(part); ticks && field < 8) {
            total += *ticks;
            if (field == 3 || field == 4) idle += *ticks;
            if (field == 7) steal = *ticks;
        }
        ++field;
    }
    counters.total_ticks = total;
    counters.steal_ticks = steal;
    counters.busy_ticks = total - idle - steal;
}

std::optional<std::int64_t> read_thermal(const system_files& files) {
    std::optional<std::int64_t> sum;
    for (const std::string& name : files.names("/sys/devices/system/cpu")) {
        const std::string folder = "/sys/devices/system/cpu/" + name + "/thermal_throttle/";
        for (const char* counter : {"core_throttle_count", "package_throttle_count"})
            if (const auto count = files.integer(folder + counter)) sum = sum.value_or(0) + *count;
    }
    return sum;
}

}  // namespace

machine_counters read_counters(const system_files& files) {
    machine_counters counters;
    read_stat(files, counters);
    tms own{};
    if (::times(&own) != static_cast<clock_t>(-1)) counters.own_ticks = own.tms_utime + own.tms_stime + own.tms_cutime + own.tms_cstime;
    counters.throttled_periods = read_cgroup(files).throttled_periods;
    counters.thermal_throttles = read_thermal(files);
    return counters;
}

run_conditions conditions_between(const machine_counters& before, const machine_counters& after) {
    run_conditions found;
    found.throttled_periods = difference(before.throttled_periods, after.throttled_periods);
    found.thermal_throttles = difference(before.thermal_throttles, after.thermal_throttles);
    const auto total = difference(before.total_ticks, after.total_ticks);
    if (!total || *total == 0) return found;
    if (const auto steal = difference(before.steal_ticks, after.steal_ticks))
        found.steal_share = static_cast<double>(*steal) / static_cast<double>(*total);
    if (const auto busy = difference(before.busy_ticks, after.busy_ticks))
        found.others_share =
            static_cast<double>(std::max<std::int64_t>(0, *busy - (after.own_ticks - before.own_ticks))) / static_cast<double>(*total);
    return found;
}

}  // namespace tenfold::bench
