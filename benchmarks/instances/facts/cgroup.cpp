// SPDX-License-Identifier: Apache-2.0
// The CPU quota that control groups put on this process: version 1 and 2, its own group and every ancestor in sight.
#include "instances/facts/cgroup.hpp"

#include <algorithm>  // std::find, std::min
#include <string>     // std::string
#include <vector>     // std::vector

namespace tenfold::bench {
namespace {

enum class hierarchy { v1_cpu, v2 };

struct mount {
    hierarchy kind;
    std::string root;   // the group that is mounted; not "/" in a container without a group namespace
    std::string point;  // where
};

// mountinfo writes blanks and backslashes in octal: "\040" is a space.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octal = [&](std::size_t k) { return i + k < text.size() && text[i + k] >= '0' && text[i + k] <= '7'; };
        if (text[i] == '\\' && octal(1) && octal(2) && octal(3)) {
            plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

// "31 23 0:28 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu": the fields before "-" vary in number.
std::vector<mount> read_mounts(const system_files& files) {
    std::vector<mount> mounts;
    const auto table = files.text("/proc/self/mountinfo");
    if (!table) return mounts;
    for (const auto row : split(*table, '\n')) {
        const auto fields = split(row, ' ');
        const auto dash = std::find(fields.begin(), fields.end(), "-");
        if (fields.size() < 5 || fields.end() - dash < 4) continue;
        const auto type = dash[1];
        const auto options = split(dash[3], ',');
        if (type == "cgroup2") {
            mounts.push_back({hierarchy::v2, unescaped(fields[3]), unescaped(fields[4])});
        } else if (type == "cgroup" && std::find(options.begin(), options.end(), "cpu") != options.end()) {
            mounts.push_back({hierarchy::v1_cpu, unescaped(fields[3]), unescaped(fields[4])});
        }
    }
    return mounts;
}

// "0::/a/b" names the version 2 group, "4:cpu,cpuacct:/a/b" a version 1 group.
std::optional<std::string> group_of_self(const system_files& files, hierarchy kind) {
    const auto table = files.text("/proc/self/cgroup");
    if (!table) return std::nullopt;
    for (const auto row : split(*table, '\n')) {
        const auto first = row.find(':');
        const auto second = first == std::string_view::npos ? first : row.find(':', first + 1);
        if (second == std::string_view::npos) continue;
        const auto controllers = row.substr(first + 1, second - first - 1);
        const auto names = split(controllers, ',');
        const bool wanted =
            kind == hierarchy::v2 ? row.substr(0, second + 1) == "0::" : std::find(names.begin(), names.end(), "cpu") != names.end();
        if (wanted) return std::string(row.substr(second + 1));
    }
    return std::nullopt;
}

// The folder of the group below the mount point: "" is the mount point itself, also for a group outside of what is mounted.
std::string folder_in_mount(const std::string& group, const std::string& mount_root) {
    std::string relative = group;
    if (mount_root != "/") {
        if (group.compare(0, mount_root.size(), mount_root) != 0) return "";
        relative = group.substr(mount_root.size());
    }
    if (relative.empty() || relative == "/" || relative.find("..") != std::string::npos) return "";
    return relative;
}

std::optional<double> quota_of_group(const system_files& files, hierarchy kind, const std::string& folder) {
    std::optional<std::int64_t> quota, period;
    if (kind == hierarchy::v2) {
        const auto line = files.line(folder + "/cpu.max");
        if (!line) return std::nullopt;
        const auto fields = split(*line, ' ');
        if (fields.size() != 2) return std::nullopt;
        quota = parse_integer(fields[0]);  // "max" is no integer: no limit
        period = parse_integer(fields[1]);
    } else {
        quota = files.integer(folder + "/cpu.cfs_quota_us");  // -1: no limit
        period = files.integer(folder + "/cpu.cfs_period_us");
    }
    if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<std::int64_t> throttled_periods_of_group(const system_files& files, const std::string& folder) {
    const auto table = files.text(folder + "/cpu.stat");
    if (!table) return std::nullopt;
    constexpr std::string_view key = "nr_throttled ";
    for (const auto row : split(*table, '\n')) {
        if (row.substr(0, key.size()) == key) return parse_integer(trimmed(row.substr(key.size())));
    }
    return std::nullopt;
}

}  // namespace

cgroup_facts read_cgroup(const system_files& files) {
    cgroup_facts facts;
    for (const auto& mount : read_mounts(files)) {
        const auto group = group_of_self(files, mount.kind);
        if (!group) continue;
        auto folder = folder_in_mount(*group, mount.root);
        for (;;) {
            const auto path = mount.point + folder;
            if (const auto quota = quota_of_group(files, mount.kind, path)) {
                facts.cpu_quota = facts.cpu_quota ? std::min(*facts.cpu_quota, *quota) : *quota;
            }
            if (const auto count = throttled_periods_of_group(files, path)) {
                facts.throttled_periods = std::max(facts.throttled_periods.value_or(0), *count);
            }
            if (folder.empty()) break;
            folder.erase(folder.rfind('/'));
        }
    }
    return facts;
}

}  // namespace tenfold::bench
