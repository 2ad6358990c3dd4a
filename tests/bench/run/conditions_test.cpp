// SPDX-License-Identifier: Apache-2.0
// What happens on a machine while it is measured, read from made-up files: energy with counters that wrap, stolen time, other
// programs, throttling.
#include <doctest/doctest.h>

#include "bench/identity/file_tree.hpp"  // file_tree
#include "machine/conditions.hpp"        // read_counters
#include "machine/energy.hpp"            // energy_meter

using namespace tenfold::bench;

TEST_CASE("energy: packages are added up, their parts are not, and a counter that begins again is no loss") {
    test::file_tree tree;
    const auto put = [&](const std::string& zone, const std::string& name, const std::string& microjoules) {
        tree.write("/sys/class/powercap/" + zone + "/name", name);
        tree.write("/sys/class/powercap/" + zone + "/max_energy_range_uj", "1000000000");
        tree.write("/sys/class/powercap/" + zone + "/energy_uj", microjoules);
    };
    put("intel-rapl:0", "package-0\n", "999000000");
    put("intel-rapl:1", "package-1\n", "5000000");
    put("intel-rapl:0:0", "core\n", "1000000");
    put("intel-rapl:2", "psys\n", "1000000");
    energy_meter meter{system_files(tree.root())};
    CHECK(meter.read() == 0.0);
    put("intel-rapl:0", "package-0\n", "1000000");  // over the end: 1 J and 1 J
    put("intel-rapl:1", "package-1\n", "8000000");  // 3 J
    put("intel-rapl:0:0", "core\n", "900000000");
    put("intel-rapl:2", "psys\n", "900000000");
    CHECK(*meter.read() == doctest::Approx(5));
    put("intel-rapl:1", "package-1\n", "8500000");
    CHECK(*meter.read() == doctest::Approx(5.5));
}

TEST_CASE("energy: a machine that does not tell has none, which is not zero") {
    test::file_tree tree;
    CHECK_FALSE(energy_meter{system_files(tree.root())}.read().has_value());
}

TEST_CASE("stolen time, other programs and throttling between two readings") {
    test::file_tree tree;
    tree.write("/proc/stat", "cpu  1000 0 500 8000 100 0 0 50 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1");
    tree.write("/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "3");
    tree.write("/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "4");
    machine_counters before = read_counters(system_files(tree.root()));
    CHECK(*before.total_ticks == 9650);  // guests are in the user time already
    CHECK(*before.busy_ticks == 1500);
    CHECK(*before.steal_ticks == 50);
    tree.write("/proc/stat", "cpu  1500 0 600 8300 100 0 0 150 7 0");
    tree.write("/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "6");
    machine_counters after = read_counters(system_files(tree.root()));
    before.own_ticks = 0;
    after.own_ticks = 400;
    before.throttled_periods = 10;
    after.throttled_periods = 12;
    const run_conditions found = conditions_between(before, after);
    CHECK(*found.steal_share == doctest::Approx(0.1));   // 100 of 1000 ticks
    CHECK(*found.others_share == doctest::Approx(0.2));  // 600 busy, 400 of them our own
    CHECK(found.throttled_periods == 2);
    CHECK(found.thermal_throttles == 2);
}

TEST_CASE("files that say nothing lead to no finding") {
    test::file_tree tree;
    const machine_counters none = read_counters(system_files(tree.root()));
    const run_conditions found = conditions_between(none, none);
    CHECK_FALSE(found.steal_share.has_value());
    CHECK_FALSE(found.others_share.has_value());
    CHECK_FALSE(found.throttled_periods.has_value());
    CHECK_FALSE(found.thermal_throttles.has_value());
}
