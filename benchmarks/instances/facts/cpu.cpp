// SPDX-License-Identifier: Apache-2.0
// Which processor this is and how its threads, cores, sockets and caches hang together, from /proc/cpuinfo and /sys.
#include "instances/facts/cpu.hpp"

#include <algorithm>  // std::find
#include <charconv>   // std::from_chars
#include <map>        // std::map
#include <set>        // std::set

namespace tenfold::bench {
namespace {

using processor_lines = std::map<std::string, std::string, std::less<>>;  // one processor's lines of /proc/cpuinfo

std::vector<processor_lines> read_descriptions(const system_files& files) {
    std::vector<processor_lines> all;
    const auto table = files.text("/proc/cpuinfo");
    if (!table) return all;
    processor_lines current;
    for (const auto row : split(*table, '\n')) {
        const auto colon = row.find(':');
        if (colon != std::string_view::npos) {
            current[std::string(trimmed(row.substr(0, colon)))] = std::string(trimmed(row.substr(colon + 1)));
        } else if (!current.empty()) {
            all.push_back(std::move(current));
            current.clear();
        }
    }
    if (!current.empty()) all.push_back(std::move(current));
    // Arm kernels may end with a block about the board ("Hardware", "Revision"): it is no processor.
    all.erase(std::remove_if(all.begin(), all.end(), [](const processor_lines& lines) { return lines.find("processor") == lines.end(); }),
              all.end());
    return all;
}

std::optional<std::string> field(const processor_lines& of, std::string_view key) {
    const auto found = of.find(key);
    if (found == of.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::optional<std::int64_t> integer_field(const processor_lines& of, std::string_view key) {
    const auto text = field(of, key);
    if (!text) return std::nullopt;
    if (text->compare(0, 2, "0x") != 0) return parse_integer(*text);
    std::int64_t value = 0;
    const char* const end = text->data() + text->size();
    const auto result = std::from_chars(text->data() + 2, end, value, 16);
    if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return value;
}

// Arm processors carry numbers instead of a name. Numbers: Arm's and the makers' MIDR_EL1 values, as in Linux's asm/cputype.h.
struct arm_part {
    std::int64_t implementer, part;
    const char* name;
};
constexpr arm_part arm_parts[] = {
    {0x41, 0xd03, "Arm Cortex-A53"},  {0x41, 0xd08, "Arm Cortex-A72"},   {0x41, 0xd0c, "Arm Neoverse N1"}, {0x41, 0xd40, "Arm Neoverse V1"},
    {0x41, 0xd49, "Arm Neoverse N2"}, {0x41, 0xd4f, "Arm Neoverse V2"},  {0x41, 0xd84, "Arm Neoverse V3"}, {0x41, 0xd8e, "Arm Neoverse N3"},
    {0xc0, 0xac3, "Ampere Ampere-1"}, {0xc0, 0xac4, "Ampere Ampere-1A"},
};

std::optional<std::string> arm_name(const processor_lines& of) {
    const auto implementer = integer_field(of, "CPU implementer");
    const auto part = integer_field(of, "CPU part");
    if (!implementer || !part) return std::nullopt;
    for (const auto& known : arm_parts) {
        if (known.implementer == *implementer && known.part == *part) return known.name;
    }
    return "Arm implementer " + *field(of, "CPU implementer") + " part " + *field(of, "CPU part");
}

std::optional<std::string> name_of(const processor_lines& of) {
    if (const auto implementer = arm_name(of)) return implementer;
    return field(of, "model name");
}

void read_names(const std::vector<processor_lines>& descriptions, cpu_facts& facts) {
    std::vector<std::string> names;
    for (const auto& description : descriptions) {
        const auto name = name_of(description);
        if (name && std::find(names.begin(), names.end(), *name) == names.end()) names.push_back(*name);
    }
    for (const auto& name : names) facts.model_name = facts.model_name ? *facts.model_name + " + " + name : name;
    if (descriptions.empty()) return;
    const auto& first = descriptions.front();
    facts.vendor = field(first, "vendor_id");
    facts.family = integer_field(first, "cpu family");
    facts.model = integer_field(first, "model");
    facts.stepping = integer_field(first, "stepping");
    facts.microcode = field(first, "microcode");
    if (const auto implementer = field(first, "CPU implementer")) {
        facts.vendor = "Arm implementer " + *implementer;
        facts.model = integer_field(first, "CPU part");
        facts.stepping = integer_field(first, "CPU revision");
    }
    if (const auto flags = field(first, "flags")) {
        const auto words = split(*flags, ' ');
        facts.hypervisor_flag = std::find(words.begin(), words.end(), "hypervisor") != words.end();
    }
    if (const auto mhz = field(first, "cpu MHz")) {
        double value = 0;
        const auto result = std::from_chars(mhz->data(), mhz->data() + mhz->size(), value);
        if (result.ec == std::errc() && value > 0) facts.mhz = value;
    }
}

const std::string cpu_folder = "/sys/devices/system/cpu/";

std::string folder_of_cpu(int cpu) { return cpu_folder + "cpu" + std::to_string(cpu); }

void read_topology(const system_files& files, const std::vector<int>& online, cpu_facts& facts) {
    std::set<std::int64_t> packages;
    std::set<std::string> cores;  // a core is the list of its threads
    for (const int cpu : online) {
        const auto folder = folder_of_cpu(cpu) + "/topology/";
        if (const auto package = files.integer(folder + "physical_package_id")) packages.insert(*package);
        auto siblings = files.line(folder + "core_cpus_list");
        if (!siblings) siblings = files.line(folder + "thread_siblings_list");  // its name before Linux 5.3
        if (siblings) cores.insert(*siblings);
    }
    if (!packages.empty()) facts.sockets = static_cast<int>(packages.size());
    if (!cores.empty()) facts.cores = static_cast<int>(cores.size());
}

// Without /sys: a core is a pair (physical id, core id) of /proc/cpuinfo.
void read_topology(const std::vector<processor_lines>& descriptions, cpu_facts& facts) {
    std::set<std::int64_t> packages;
    std::set<std::pair<std::int64_t, std::int64_t>> cores;
    for (const auto& description : descriptions) {
        const auto package = integer_field(description, "physical id");
        const auto core = integer_field(description, "core id");
        if (package) packages.insert(*package);
        if (package && core) cores.insert({*package, *core});
    }
    if (!packages.empty()) facts.sockets = static_cast<int>(packages.size());
    if (!cores.empty()) facts.cores = static_cast<int>(cores.size());
}

// "1024K", "32M", or plain bytes.
std::optional<std::int64_t> parse_cache_size(std::string_view text) {
    std::int64_t unit = 1;
    if (!text.empty()) {
        unit = text.back() == 'K' ? 1 << 10 : text.back() == 'M' ? 1 << 20 : text.back() == 'G' ? 1 << 30 : 1;
        if (unit != 1) text.remove_suffix(1);
    }
    const auto count = parse_integer(text);
    if (!count || *count <= 0 || *count > (std::int64_t{1} << 32)) return std::nullopt;
    return *count * unit;
}

std::vector<cache_facts> read_caches(const system_files& files, int cpu) {
    std::vector<cache_facts> caches;
    const auto folder = folder_of_cpu(cpu) + "/cache";
    for (const auto& name : files.names(folder)) {
        if (name.compare(0, 5, "index") != 0) continue;
        const auto path = folder + "/" + name;
        const auto type = files.line(path + "/type");
        const auto level = files.integer(path + "/level");
        const auto size_text = files.line(path + "/size");
        const auto size = size_text ? parse_cache_size(*size_text) : std::nullopt;
        const auto sharing = files.line(path + "/shared_cpu_list");
        if (!type || !level || !size) continue;
        caches.push_back({*type, static_cast<int>(*level), *size, sharing ? static_cast<int>(parse_cpu_list(*sharing).size()) : 0});
    }
    return caches;
}

}  // namespace

cpu_facts read_cpu(const system_files& files) {
    cpu_facts facts;
    const auto descriptions = read_descriptions(files);
    read_names(descriptions, facts);

    const auto online_text = files.line(cpu_folder + "online");
    const auto online = online_text ? parse_cpu_list(*online_text) : std::vector<int>();
    if (!online.empty()) {
        facts.threads = static_cast<int>(online.size());
        read_topology(files, online, facts);
        facts.caches = read_caches(files, online.front());
        // base_frequency (intel_pstate) and cpuinfo_max_freq are in kHz; the latter is the boost limit and no nominal clock.
        if (const auto khz = files.integer(folder_of_cpu(online.front()) + "/cpufreq/base_frequency"))
            facts.mhz = static_cast<double>(*khz) / 1e3;
    } else if (!descriptions.empty()) {
        facts.threads = static_cast<int>(descriptions.size());
    }
    if (!facts.cores) read_topology(descriptions, facts);
    if (facts.threads && facts.cores) facts.smt = *facts.threads > *facts.cores;

    if (const auto nodes = files.line("/sys/devices/system/node/online")) {
        const auto count = parse_cpu_list(*nodes).size();
        if (count > 0) facts.numa_nodes = static_cast<int>(count);
    }
    return facts;
}

}  // namespace tenfold::bench
