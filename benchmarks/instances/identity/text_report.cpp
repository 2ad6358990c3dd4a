// SPDX-License-Identifier: Apache-2.0
// An identification as text for the terminal.
#include "instances/identity/text_report.hpp"

#include <algorithm>    // std::max
#include <cstdio>       // std::snprintf
#include <ostream>      // std::ostream
#include <string_view>  // std::string_view

namespace tenfold::bench {
namespace {

constexpr std::size_t label_width = 24;

// Names come from firmware, kernel and driver: nothing in them may steer the terminal.
std::string printable(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c < ' ' || c > '~') c = '?';
    }
    return result;
}

std::string padded(std::string_view text, std::size_t width) {
    std::string result = printable(text);
    result.resize(std::max(result.size() + 1, width), ' ');
    return result;
}

std::string decimal(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string in_gib(std::int64_t bytes) { return decimal(static_cast<double>(bytes) / (1 << 30), 2) + " GiB"; }

std::string in_binary_units(std::int64_t bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) return std::to_string(bytes >> 20) + " MiB";
    return std::to_string(bytes >> 10) + " KiB";
}

class listing {
    std::ostream& out_;

public:
    explicit listing(std::ostream& out) : out_(out) {}
    void line(std::string_view label, std::string_view value) { out_ << "  " << padded(label, label_width) << printable(value) << '\n'; }
    void line(std::string_view label, const std::optional<std::string>& value) {
        line(label, std::string_view(value ? *value : "unknown"));
    }
    void line(std::string_view label, const char* value) { line(label, std::string_view(value)); }
    void line(std::string_view label, const std::string& value) { line(label, std::string_view(value)); }
};

std::string number(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "unknown"; }
std::string number(const std::optional<int>& value) { return value ? std::to_string(*value) : "unknown"; }

void write_identity(const identity& who, std::ostream& out) {
    out << "identity\n";
    listing list(out);
    list.line("provider", who.provider + " (detected by: " + to_string(who.detected_by) + ")");
    list.line("instance type", who.instance_type);
    list.line("region", who.region);
    list.line("zone", who.zone);
    list.line("lifecycle", to_string(who.lifecycle));
    list.line("machine hash", who.machine_hash.empty() ? std::string("none") : who.machine_hash);
    if (who.simulated) list.line("simulated", "yes: a test hook is set, and comparisons refuse the record");
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text.empty() ? "unknown" : text;
}

void write_machine(const identification& found, std::ostream& out) {
    const auto& machine = found.machine;
    const auto& cpu = machine.cpu;
    out << "machine\n";
    listing list(out);
    list.line("cpu", cpu.model_name);
    list.line("vendor family/model/step",
              cpu.vendor.value_or("unknown") + " " + number(cpu.family) + "/" + number(cpu.model) + "/" + number(cpu.stepping));
    list.line("microcode", cpu.microcode);
    list.line("sockets/cores/threads", number(cpu.sockets) + "/" + number(cpu.cores) + "/" + number(cpu.threads));
    list.line("numa nodes", number(cpu.numa_nodes));
    list.line("instruction sets", joined(found.isa_available));
    for (const auto& cache : cpu.caches) {
        list.line(std::string("L").append(std::to_string(cache.level)).append(" ").append(cache.type),
                  in_binary_units(cache.size) + ", shared by " + std::to_string(cache.num_sharing));
    }
    list.line("memory", machine.memory_bytes ? in_gib(*machine.memory_bytes) : std::string("unknown"));
    list.line("usable cpus", number(machine.affinity_cpus));
    list.line("cpu quota", machine.cgroup.cpu_quota ? decimal(*machine.cgroup.cpu_quota, 2) + " CPUs" : std::string("none"));
    list.line("hypervisor", machine.hypervisor.value_or("none"));
    list.line("container", machine.container ? "yes" : "no");
    list.line("kernel", machine.kernel);
}

void write_gpus(const gpu_inventory& inventory, std::ostream& out) {
    out << "gpus\n";
    listing list(out);
    if (inventory.gpus.empty()) list.line("none", "nvml: " + inventory.outcome);
    if (inventory.driver) list.line("driver", inventory.driver);
    for (const auto& gpu : inventory.gpus) {
        std::string text = gpu.name.value_or("unknown");
        if (gpu.memory_bytes) text += ", " + in_gib(*gpu.memory_bytes);
        if (gpu.compute_capability) text += ", compute capability " + *gpu.compute_capability;
        if (gpu.multiprocessors) text += ", " + std::to_string(*gpu.multiprocessors) + " multiprocessors";
        if (gpu.power_limit_w) text += ", " + decimal(*gpu.power_limit_w, 0) + " W";
        if (gpu.mig.value_or(false)) text += ", MIG with " + std::to_string(gpu.mig_slices.size()) + " slices";
        if (gpu.virtualisation && *gpu.virtualisation != "none") text += ", " + *gpu.virtualisation;
        if (gpu.error) text += ", does not answer: " + *gpu.error;
        list.line("gpu", text);
    }
}

void write_steps(const std::vector<probe_step>& steps, std::ostream& out) {
    out << "steps\n";
    for (const auto& step : steps) {
        const auto ms = decimal(step.ms, 2) + " ms";
        out << "  " << padded(step.step, 14) << std::string(ms.size() < 12 ? 12 - ms.size() : 0, ' ') << ms << "  "
            << printable(step.outcome) << '\n';
    }
}

}  // namespace

void write_text(const identification& found, bool explain, std::ostream& out) {
    write_identity(found.who, out);
    write_machine(found, out);
    write_gpus(found.gpu, out);
    if (explain) write_steps(found.who.steps, out);
    for (const auto& warning : found.who.warnings) out << "warning: " << printable(warning) << '\n';
}

void write_noise(const std::vector<noise_finding>& findings, std::ostream& out) {
    out << "noise\n";
    for (const auto& finding : findings) {
        out << "  " << padded(finding.setting, label_width) << padded(to_string(finding.verdict), 9) << printable(finding.value) << '\n';
        if (!finding.remedy.empty()) out << "  " << padded("", label_width) << "fix:     " << printable(finding.remedy) << '\n';
    }
}

}  // namespace tenfold::bench
