// SPDX-License-Identifier: Apache-2.0
// How many threads this process may really use: affinity mask and cgroup quotas, own group and ancestors.   [floor 4]
#pragma once

#include <tenfold/config/abi.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#if defined(__linux__)
#include <sched.h>
#endif

TENFOLD_BEGIN
/// A path put together without allocation; too long a path is empty, which no file has.
class path_buffer {
public:
    path_buffer& operator<<(const char* text) noexcept {
        const std::size_t count = std::strlen(text);
        if (overflow_ || length_ + count >= sizeof text_) {
            overflow_ = true;
            text_[0] = '\0';
        } else {
            std::memcpy(text_ + length_, text, count + 1);
            length_ += count;
        }
        return *this;
    }
    /// Drops the last component; false at the root of `keep` characters.
    bool parent(std::size_t keep) noexcept {
        while (length_ > keep && text_[length_ - 1] != '/') --length_;
        if (length_ <= keep) return false;
        text_[--length_] = '\0';
        return true;
    }
    [[nodiscard]] const char* c_str() const noexcept { return text_; }
    [[nodiscard]] std::size_t size() const noexcept { return length_; }

private:
    char text_[1024] = "";
    std::size_t length_ = 0;
    bool overflow_ = false;
};

/// First line of a file, false if there is none.
inline bool read_line(const char* path, char* line, int capacity) noexcept {
    std::FILE* file = std::fopen(path, "re");
    if (file == nullptr) return false;
    const bool read = std::fgets(line, capacity, file) != nullptr;
    std::fclose(file);
    return read;
}

/// CPUs granted by one group directory: quota / period, rounded up; 0 where there is no limit.
/// v2: "cpu.max" holds "<quota|max> <period>"; v1: two files, quota -1 for none.
inline int group_quota(const char* directory) noexcept {
    char line[128];
    double quota = -1;
    double period = 0;
    path_buffer file;
    file << directory << "/cpu.max";
    if (read_line(file.c_str(), line, sizeof line)) {
        char* rest = nullptr;
        quota = std::strtod(line, &rest);
        if (rest == line) return 0;  // "max"
        period = std::strtod(rest, nullptr);
    } else {
        path_buffer quota_file;
        path_buffer period_file;
        quota_file << directory << "/cpu.cfs_quota_us";
        period_file << directory << "/cpu.cfs_period_us";
        if (!read_line(quota_file.c_str(), line, sizeof line)) return 0;
        quota = std::strtod(line, nullptr);
        if (!read_line(period_file.c_str(), line, sizeof line)) return 0;
        period = std::strtod(line, nullptr);
    }
    if (quota <= 0 || period <= 0) return 0;
    const double cpus = quota / period;
    const int whole = static_cast<int>(cpus);
    return whole + (cpus > whole ? 1 : 0);
}

/// The tightest quota over the process's own cgroup and all its ancestors; 0 where none applies. `root` prefixes /proc
/// and /sys, so that recorded trees can be tested.
inline int cgroup_cpu_limit(const char* root = "") noexcept {
    path_buffer membership;
    membership << root << "/proc/self/cgroup";
    std::FILE* file = std::fopen(membership.c_str(), "re");
    if (file == nullptr) return 0;
    int limit = 0;
    char line[1024];
    while (std::fgets(line, sizeof line, file) != nullptr) {  // "id:controllers:/path", v2: "0::/path"
        line[std::strcspn(line, "\n")] = '\0';
        char* controllers = std::strchr(line, ':');
        char* group = controllers != nullptr ? std::strchr(controllers + 1, ':') : nullptr;
        if (group == nullptr) continue;
        *group++ = '\0';
        ++controllers;
        const bool unified = *controllers == '\0';
        bool has_cpu = unified;
        char* rest = nullptr;
        for (char* name = strtok_r(controllers, ",", &rest); name != nullptr && !has_cpu; name = strtok_r(nullptr, ",", &rest))
            has_cpu = std::strcmp(name, "cpu") == 0;
        if (!has_cpu) continue;
        path_buffer directory;
        directory << root << (unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu");
        const std::size_t mount = directory.size();
        directory << (std::strcmp(group, "/") == 0 ? "" : group);
        do {
            const int quota = group_quota(directory.c_str());
            if (quota > 0 && (limit == 0 || quota < limit)) limit = quota;
        } while (directory.parent(mount));
    }
    std::fclose(file);
    return limit;
}

/// CPUs that the calling thread may run on.
inline int affinity_cpu_count() noexcept {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    const unsigned hardware = std::thread::hardware_concurrency();
    return hardware > 0 ? static_cast<int>(hardware) : 1;
}

/// The cgroup quota as it was last read: 0 for none, -1 before the first reading.
TENFOLD_HIDDEN inline std::atomic<int>& kept_quota() noexcept {
    static constinit std::atomic<int> quota{-1};
    return quota;
}

/// Reads the cgroup quota now, for this and later calls; a process whose limit was changed while it runs asks for it.
TENFOLD_HIDDEN inline int reread_cpu_quota(const char* root = "") noexcept {
    const int quota = cgroup_cpu_limit(root);
    kept_quota().store(quota, std::memory_order_relaxed);
    return quota;
}

/// min(affinity mask, tightest cgroup quota), at least 1. The quota is read at the first call and kept; the mask is the
/// calling thread's and asked for each time: a process is not held to the mask of whichever thread called first.
TENFOLD_HIDDEN inline int usable_cpus() noexcept {
    int quota = kept_quota().load(std::memory_order_relaxed);
    if (quota < 0) quota = reread_cpu_quota();
    const int count = affinity_cpu_count();
    return quota > 0 && quota < count ? quota : count;
}
TENFOLD_END
