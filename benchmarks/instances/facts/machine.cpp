// SPDX-License-Identifier: Apache-2.0
// What this machine really is: processor, memory, limits and the settings that move a benchmark's figures.
#include "instances/facts/machine.hpp"

#include <algorithm>  // std::any_of
#include <charconv>   // std::from_chars
#include <cstdlib>    // std::getenv
#include <cstring>    // std::memcpy
#include <iterator>   // std::begin

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>  // __cpuid
#endif

namespace tenfold::bench {
namespace {

// The value after "key:" in a table such as /proc/self/status, without its unit.
std::optional<std::string> table_value(const system_files& files, std::string_view path, std::string_view key) {
    const auto table = files.text(path);
    if (!table) return std::nullopt;
    for (const auto row : split(*table, '\n')) {
        if (row.size() > key.size() && row.substr(0, key.size()) == key && row[key.size()] == ':') {
            return std::string(trimmed(row.substr(key.size() + 1)));
        }
    }
    return std::nullopt;
}

std::optional<int> read_affinity(const system_files& files) {
    const auto list = table_value(files, "/proc/self/status", "Cpus_allowed_list");
    if (!list) return std::nullopt;
    const auto count = parse_cpu_list(*list).size();
    return count > 0 ? std::optional<int>(static_cast<int>(count)) : std::nullopt;
}

std::optional<std::int64_t> read_memory(const system_files& files) {
    const auto value = table_value(files, "/proc/meminfo", "MemTotal");  // "16384 kB"; the kernel's kB is 1024 bytes
    if (!value) return std::nullopt;
    const auto kib = parse_integer(split(*value, ' ').front());
    return kib ? std::optional<std::int64_t>(*kib * 1024) : std::nullopt;
}

// "always [madvise] never": the choice stands in brackets.
std::optional<std::string> read_transparent_huge_pages(const system_files& files) {
    const auto choices = files.line("/sys/kernel/mm/transparent_hugepage/enabled");
    if (!choices) return std::nullopt;
    const auto begin = choices->find('['), end = choices->find(']');
    if (begin == std::string::npos || end == std::string::npos || end <= begin + 1) return std::nullopt;
    return choices->substr(begin + 1, end - begin - 1);
}

std::optional<std::string> read_governor(const system_files& files) {
    std::optional<std::string> common;
    for (const auto& policy : files.names("/sys/devices/system/cpu/cpufreq")) {
        const auto governor = files.line("/sys/devices/system/cpu/cpufreq/" + policy + "/scaling_governor");
        if (!governor) continue;
        if (common && *common != *governor) return "mixed";
        common = governor;
    }
    return common;
}

std::optional<bool> read_boost(const system_files& files) {
    if (const auto boost = files.integer("/sys/devices/system/cpu/cpufreq/boost")) return *boost != 0;
    if (const auto no_turbo = files.integer("/sys/devices/system/cpu/intel_pstate/no_turbo")) return *no_turbo == 0;
    return std::nullopt;
}

std::vector<double> read_load_average(const system_files& files) {
    std::vector<double> load;
    const auto line = files.line("/proc/loadavg");
    if (!line) return load;
    for (const auto word : split(*line, ' ')) {
        double value = 0;
        const auto result = std::from_chars(word.data(), word.data() + word.size(), value);
        if (result.ec != std::errc() || load.size() == 3) break;
        load.push_back(value);
    }
    return load;
}

// Signatures of cpuid leaf 0x40000000, as the hypervisors' makers define them.
struct hypervisor_name {
    std::string_view signature, name;
};
constexpr hypervisor_name hypervisor_names[] = {
    {"KVMKVMKVM", "KVM"},          {"Linux KVM Hv", "KVM"},       {"Microsoft Hv", "Hyper-V"},    {"VMwareVMware", "VMware"},
    {"XenVMMXenVMM", "Xen"},       {"bhyve bhyve ", "bhyve"},     {"TCGTCGTCGTCG", "QEMU TCG"},   {"ACRNACRNACRN", "ACRN"},
    {"prl hyperv  ", "Parallels"}, {" lrpepyh  vr", "Parallels"}, {"VBoxVBoxVBox", "VirtualBox"},
};

std::optional<std::string> read_hypervisor(const system_files& files, const machine_probes& probes, const cpu_facts& cpu) {
    const auto sys_type = files.line("/sys/hypervisor/type");
    if (sys_type && *sys_type == "xen") return "Xen";
    if (const auto signature = probes.hypervisor_signature()) {
        for (const auto& known : hypervisor_names) {
            if (known.signature == *signature) return std::string(known.name);
        }
        return "unrecognised";
    }
    if (cpu.hypervisor_flag) return "unrecognised";
    return std::nullopt;
}

bool read_container(const system_files& files, const machine_probes& probes) {
    if (files.exists("/.dockerenv") || files.exists("/run/.containerenv") || files.exists("/run/systemd/container")) return true;
    if (probes.environment_has("KUBERNETES_SERVICE_HOST") || probes.environment_has("container")) return true;
    const auto groups = files.text("/proc/self/cgroup");
    if (!groups) return false;
    constexpr std::string_view marks[] = {"/docker", "/kubepods", "/lxc", "containerd", "libpod"};
    return std::any_of(std::begin(marks), std::end(marks), [&](std::string_view mark) { return groups->find(mark) != std::string::npos; });
}

#if defined(__x86_64__) || defined(__i386__)
std::optional<std::string> cpuid_hypervisor_signature() {
    constexpr unsigned hypervisor_bit = 1u << 31;  // of leaf 1, ecx
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & hypervisor_bit) == 0) return std::nullopt;
    __cpuid(0x40000000u, a, b, c, d);
    char text[12];
    std::memcpy(text, &b, 4);
    std::memcpy(text + 4, &c, 4);
    std::memcpy(text + 8, &d, 4);
    return std::string(text, sizeof text).substr(0, std::string(text, sizeof text).find('\0'));
}
#else
std::optional<std::string> cpuid_hypervisor_signature() { return std::nullopt; }
#endif

}  // namespace

machine_probes real_machine_probes() {
    return {cpuid_hypervisor_signature, [](const char* name) { return std::getenv(name) != nullptr; }};
}

machine_probes no_machine_probes() {
    return {[] { return std::optional<std::string>(); }, [](const char*) { return false; }};
}

std::optional<cpu_time> read_cpu_time(const system_files& files) {
    const auto line = files.line("/proc/stat");  // "cpu  user nice system idle iowait irq softirq steal guest guest_nice"
    if (!line) return std::nullopt;
    cpu_time time;
    int column = 0;
    for (const auto word : split(*line, ' ')) {
        if (word.empty()) continue;
        if (column == 0 && word != "cpu") return std::nullopt;
        if (column >= 1 && column <= 8) {  // guest time is contained in user time
            const auto ticks = parse_integer(word);
            if (!ticks) return std::nullopt;
            time.total += *ticks;
            if (column == 8) time.steal = *ticks;
        }
        ++column;
    }
    if (column <= 8) return std::nullopt;
    return time;
}

machine_facts read_machine(const system_files& files, const machine_probes& probes) {
    machine_facts facts;
    facts.cpu = read_cpu(files);
    facts.cgroup = read_cgroup(files);
    facts.affinity_cpus = read_affinity(files);
    facts.memory_bytes = read_memory(files);
    facts.transparent_huge_pages = read_transparent_huge_pages(files);
    facts.governor = read_governor(files);
    facts.boost = read_boost(files);
    facts.clocksource = files.line("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    if (const auto time = read_cpu_time(files); time && time->total > 0) {
        facts.steal_share = static_cast<double>(time->steal) / static_cast<double>(time->total);
    }
    facts.load_average = read_load_average(files);
    facts.hypervisor = read_hypervisor(files, probes, facts.cpu);
    facts.container = read_container(files, probes);
    facts.kernel = files.line("/proc/sys/kernel/osrelease");
    return facts;
}

}  // namespace tenfold::bench
