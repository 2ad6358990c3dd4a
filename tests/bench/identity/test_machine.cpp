// SPDX-License-Identifier: Apache-2.0
// Processor, limits and settings read from made-up /proc and /sys trees.
#include <doctest/doctest.h>

#include "bench/identity/file_tree.hpp"
#include "instances/facts/machine.hpp"
#include "instances/facts/noise.hpp"

namespace tenfold::bench {
namespace {

using test::file_tree;

machine_facts read(const file_tree& tree) { return read_machine(system_files(tree.root()), no_machine_probes()); }

// Threads are numbered as on servers: first one thread of each core of each socket, then the siblings.
void write_topology(file_tree& tree, int sockets, int cores_per_socket, int threads_per_core) {
    const int cores = sockets * cores_per_socket;
    const std::string folder = "/sys/devices/system/cpu/";
    tree.write(folder + "online", "0-" + std::to_string(cores * threads_per_core - 1));
    for (int cpu = 0; cpu < cores * threads_per_core; ++cpu) {
        const int core = cpu % cores;
        std::string siblings = std::to_string(core);
        for (int thread = 1; thread < threads_per_core; ++thread) siblings.append(",").append(std::to_string(core + thread * cores));
        const auto topology = folder + "cpu" + std::to_string(cpu) + "/topology/";
        tree.write(topology + "physical_package_id", std::to_string(core / cores_per_socket));
        tree.write(topology + "core_cpus_list", siblings);
    }
}

void write_cache(file_tree& tree, int index, const char* type, int level, const char* size, const char* shared) {
    const auto folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    tree.write(folder + "type", type)
        .write(folder + "level", std::to_string(level))
        .write(folder + "size", size)
        .write(folder + "shared_cpu_list", shared);
}

const char* const xeon = R"(processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model		: 143
model name	: Intel(R) Xeon(R) Platinum 8488C
stepping	: 8
microcode	: 0x2b000643
cpu MHz		: 2400.000
physical id	: 0
core id		: 0
flags		: fpu vme avx512f hypervisor

processor	: 1
vendor_id	: GenuineIntel
model name	: Intel(R) Xeon(R) Platinum 8488C
physical id	: 0
core id		: 0
)";

const char* const graviton = R"(processor	: 0
BogoMIPS	: 2100.00
Features	: fp asimd sve
CPU implementer	: 0x41
CPU architecture: 8
CPU variant	: 0x0
CPU part	: 0xd4f
CPU revision	: 1

Hardware	: made up
)";

const char* const big_little = R"(processor	: 0
CPU implementer	: 0x41
CPU part	: 0xd03
CPU revision	: 4

processor	: 1
CPU implementer	: 0x41
CPU part	: 0xd08
CPU revision	: 2

processor	: 2
CPU implementer	: 0x61
CPU part	: 0x022
CPU revision	: 1
)";

}  // namespace

TEST_CASE("x86: names, topology with SMT, caches, NUMA [C02]") {
    file_tree tree;
    tree.write("/proc/cpuinfo", xeon);
    write_topology(tree, 2, 4, 2);
    write_cache(tree, 0, "Data", 1, "48K", "0,8");
    write_cache(tree, 3, "Unified", 3, "105M", "0-3,8-11");
    tree.write("/sys/devices/system/node/online", "0-1");
    const auto cpu = read(tree).cpu;
    CHECK(cpu.model_name == "Intel(R) Xeon(R) Platinum 8488C");
    CHECK(cpu.vendor == "GenuineIntel");
    CHECK(cpu.family == 6);
    CHECK(cpu.model == 143);
    CHECK(cpu.stepping == 8);
    CHECK(cpu.microcode == "0x2b000643");
    CHECK(cpu.sockets == 2);
    CHECK(cpu.cores == 8);
    CHECK(cpu.threads == 16);
    CHECK(cpu.smt == true);
    CHECK(cpu.numa_nodes == 2);
    CHECK(cpu.mhz == 2400);
    REQUIRE(cpu.caches.size() == 2);
    CHECK(cpu.caches[0].size == 48 * 1024);
    CHECK(cpu.caches[0].num_sharing == 2);
    CHECK(cpu.caches[1].size == 105 * 1024 * 1024);
    CHECK(cpu.caches[1].num_sharing == 8);
    CHECK(cpu.caches[1].level == 3);
}

TEST_CASE("SMT off, and CPUs switched off [C02]") {
    file_tree tree;
    write_topology(tree, 1, 4, 1);
    CHECK(read(tree).cpu.smt == false);
    tree.write("/sys/devices/system/cpu/online", "0,2-3");
    const auto cpu = read(tree).cpu;
    CHECK(cpu.threads == 3);
    CHECK(cpu.cores == 3);
}

TEST_CASE("without /sys the topology comes from /proc/cpuinfo [C02]") {
    file_tree tree;
    tree.write("/proc/cpuinfo", xeon);
    const auto cpu = read(tree).cpu;
    CHECK(cpu.threads == 2);
    CHECK(cpu.cores == 1);
    CHECK(cpu.sockets == 1);
    CHECK(cpu.smt == true);
    CHECK(cpu.caches.empty());
}

TEST_CASE("Arm: parts get names, mixed parts are all named, the board is no processor [C02]") {
    file_tree tree;
    tree.write("/proc/cpuinfo", graviton);
    auto cpu = read(tree).cpu;
    CHECK(cpu.model_name == "Arm Neoverse V2");
    CHECK(cpu.vendor == "Arm implementer 0x41");
    CHECK(cpu.model == 0xd4f);
    CHECK(cpu.stepping == 1);
    CHECK(cpu.threads == 1);
    tree.write("/proc/cpuinfo", big_little);
    cpu = read(tree).cpu;
    CHECK(cpu.model_name == "Arm Cortex-A53 + Arm Cortex-A72 + Arm implementer 0x61 part 0x022");
}

TEST_CASE("version 2 quotas: the tightest of the own group and its ancestors [C02]") {
    file_tree tree;
    tree.write("/proc/self/cgroup", "0::/kubepods/pod1/container");
    tree.write("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw");
    const std::string root = "/sys/fs/cgroup";
    tree.write(root + "/kubepods/pod1/container/cpu.max", "max 100000");
    CHECK(!read(tree).cgroup.cpu_quota);
    tree.write(root + "/kubepods/pod1/cpu.max", "250000 100000");
    CHECK(read(tree).cgroup.cpu_quota == 2.5);
    tree.write(root + "/kubepods/cpu.max", "400000 100000");
    CHECK(read(tree).cgroup.cpu_quota == 2.5);
    tree.write(root + "/kubepods/pod1/container/cpu.max", "50000 100000");
    tree.write(root + "/kubepods/pod1/container/cpu.stat", "usage_usec 5\nnr_periods 10\nnr_throttled 7\nthrottled_usec 3");
    CHECK(read(tree).cgroup.cpu_quota == 0.5);
    CHECK(read(tree).cgroup.throttled_periods == 7);
    tree.write(root + "/kubepods/pod1/container/cpu.max", "nonsense");
    CHECK(read(tree).cgroup.cpu_quota == 2.5);
}

TEST_CASE("version 1 quotas, also where a container mounts its own group [C02]") {
    file_tree tree;
    tree.write("/proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n0::/");
    tree.write("/proc/self/mountinfo",
               "31 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
               "32 23 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory");
    tree.write("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "150000");
    tree.write("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000");
    CHECK(read(tree).cgroup.cpu_quota == 1.5);
    CHECK(read(tree).container);
    tree.write("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "-1");
    CHECK(!read(tree).cgroup.cpu_quota);

    file_tree inside;
    inside.write("/proc/self/cgroup", "5:cpu:/docker/abc");
    inside.write("/proc/self/mountinfo", "31 23 0:28 /docker/abc /sys/fs/my\\040cgroup rw - cgroup cgroup rw,cpu");
    inside.write("/sys/fs/my cgroup/cpu.cfs_quota_us", "300000").write("/sys/fs/my cgroup/cpu.cfs_period_us", "100000");
    CHECK(read(inside).cgroup.cpu_quota == 3);
}

TEST_CASE("affinity, memory, pages, governor, boost, clock, load, kernel [C02]") {
    file_tree tree;
    tree.write("/proc/self/status", "Name:\tx\nCpus_allowed:\tf\nCpus_allowed_list:\t0-2,7");
    tree.write("/proc/meminfo", "MemTotal:       16384000 kB\nMemFree: 1 kB");
    tree.write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    tree.write("/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance");
    tree.write("/sys/devices/system/cpu/cpufreq/boost", "1");
    tree.write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "xen");
    tree.write("/proc/loadavg", "0.25 0.50 1.75 1/99 1234");
    tree.write("/proc/stat", "cpu  600 0 100 250 0 0 0 50 500 0\ncpu0 1 1 1 1");
    tree.write("/proc/sys/kernel/osrelease", "6.1.0-18-cloud-amd64");
    auto machine = read(tree);
    CHECK(machine.affinity_cpus == 4);
    CHECK(machine.memory_bytes == std::int64_t{16384000} * 1024);
    CHECK(machine.transparent_huge_pages == "madvise");
    CHECK(machine.governor == "performance");
    CHECK(machine.boost == true);
    CHECK(machine.clocksource == "xen");
    CHECK(machine.load_average == std::vector<double>{0.25, 0.5, 1.75});
    CHECK(machine.steal_share == doctest::Approx(0.05));  // guest time is a part of user time
    CHECK(machine.kernel == "6.1.0-18-cloud-amd64");
    CHECK(!machine.container);
    CHECK(!machine.hypervisor);

    tree.write("/sys/devices/system/cpu/cpufreq/policy4/scaling_governor", "powersave");
    CHECK(read(tree).governor == "mixed");
    file_tree intel;
    intel.write("/sys/devices/system/cpu/intel_pstate/no_turbo", "1");
    CHECK(read(intel).boost == false);
}

TEST_CASE("an empty machine is unknown in every respect [C02]") {
    const file_tree tree;
    const auto machine = read(tree);
    CHECK(!machine.cpu.model_name);
    CHECK(!machine.cpu.threads);
    CHECK(!machine.cpu.smt);
    CHECK(!machine.memory_bytes);
    CHECK(!machine.affinity_cpus);
    CHECK(!machine.cgroup.cpu_quota);
    CHECK(!machine.transparent_huge_pages);
    CHECK(!machine.steal_share);
    for (const auto& finding : check_noise(machine)) {
        CAPTURE(finding.setting);
        CHECK((finding.verdict == noise_verdict::unknown || finding.setting == "cpu quota"));
        CHECK(finding.remedy.empty());
    }
}

TEST_CASE("malformed files are unknown, not zero [C02]") {
    file_tree tree;
    tree.write("/proc/cpuinfo", "processor\nmodel name : \n:::\ncpu family : six")
        .write("/proc/meminfo", "MemTotal: lots")
        .write("/proc/stat", "cpu 1 2");
    tree.write("/sys/devices/system/cpu/online", "5-2,x,-1,0-999999999999").write("/proc/self/status", "Cpus_allowed_list:");
    tree.write("/proc/self/mountinfo", "- - -\n1 2 3\n31 23 0:28 / /x rw - cgroup2").write("/proc/self/cgroup", "::\nabc\n0:");
    tree.write("/sys/kernel/mm/transparent_hugepage/enabled", "] [");
    const auto machine = read(tree);
    CHECK(!machine.cpu.model_name);
    CHECK(!machine.cpu.family);
    CHECK(!machine.cpu.threads);
    CHECK(!machine.memory_bytes);
    CHECK(!machine.affinity_cpus);
    CHECK(!machine.steal_share);
    CHECK(!machine.transparent_huge_pages);
}

TEST_CASE("hypervisors by signature, containers by their marks [C02]") {
    file_tree tree;
    auto probes = no_machine_probes();
    const system_files files(tree.root());
    probes.hypervisor_signature = [] { return std::optional<std::string>("KVMKVMKVM"); };
    CHECK(read_machine(files, probes).hypervisor == "KVM");
    probes.hypervisor_signature = [] { return std::optional<std::string>("Microsoft Hv"); };
    CHECK(read_machine(files, probes).hypervisor == "Hyper-V");
    probes.hypervisor_signature = [] { return std::optional<std::string>("made up"); };
    CHECK(read_machine(files, probes).hypervisor == "unrecognised");
    probes.environment_has = [](const char* name) { return std::string(name) == "KUBERNETES_SERVICE_HOST"; };
    CHECK(read_machine(files, probes).container);
    tree.write("/sys/hypervisor/type", "xen");
    CHECK(read(tree).hypervisor == "Xen");
    CHECK(!read(tree).container);
    tree.write("/.dockerenv", "");
    CHECK(read(tree).container);
}

TEST_CASE("the noise doctor names each disturbance and its remedy [C02]") {
    file_tree tree;
    write_topology(tree, 1, 2, 2);
    tree.write("/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "powersave");
    tree.write("/sys/devices/system/cpu/cpufreq/boost", "1");
    tree.write("/proc/stat", "cpu  600 0 100 250 0 0 0 50 0 0");
    tree.write("/proc/self/status", "Cpus_allowed_list:\t0-2");
    tree.write("/proc/self/cgroup", "0::/").write("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
    tree.write("/sys/fs/cgroup/cpu.max", "150000 100000");
    tree.write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "xen");
    tree.write("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]");
    tree.write("/proc/loadavg", "3.00 1 1 1/9 9");
    const auto noisy = check_noise(read(tree));
    CHECK(noisy.size() == 9);
    for (const auto& finding : noisy) {
        CAPTURE(finding.setting);
        CHECK(finding.verdict == noise_verdict::noisy);
        CHECK(!finding.remedy.empty());
    }

    write_topology(tree, 1, 4, 1);
    tree.write("/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance");
    tree.write("/sys/devices/system/cpu/cpufreq/boost", "0");
    tree.write("/proc/stat", "cpu  600 0 100 250 0 0 0 1 0 0");
    tree.write("/proc/self/status", "Cpus_allowed_list:\t0-3");
    tree.write("/sys/fs/cgroup/cpu.max", "400000 100000");
    tree.write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc");
    tree.write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    tree.write("/proc/loadavg", "0.10 1 1 1/9 9");
    for (const auto& finding : check_noise(read(tree))) {
        CAPTURE(finding.setting);
        CHECK(finding.verdict == noise_verdict::quiet);
        CHECK(finding.remedy.empty());
    }
    tree.write("/sys/fs/cgroup/cpu.stat", "nr_throttled 3");  // a quota as large as the machine, and still used up
    CHECK(check_noise(read(tree))[4].verdict == noise_verdict::noisy);
}

}  // namespace tenfold::bench
