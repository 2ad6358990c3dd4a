// SPDX-License-Identifier: Apache-2.0
// The CPUs that cgroups grant, read from recorded trees; the path buffer that names their files.
#include <tenfold/kernel/cpu/parallel.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <string>

using tenfold::cgroup_cpu_limit;

namespace {
int limit_of(const char* tree) { return cgroup_cpu_limit((std::string(TENFOLD_TEST_FIXTURES) + "/" + tree).c_str()); }
}  // namespace

TEST_CASE("the tightest quota of the own group and all its ancestors, rounded up; none is 0 [T03]") {
    CHECK(limit_of("v2_unlimited") == 0);
    CHECK(limit_of("v2_half") == 1);          // 0.5 CPUs: one thread
    CHECK(limit_of("v2_one_and_half") == 2);  // 1.5 CPUs: two threads
    CHECK(limit_of("v2_ancestor") == 2);      // the container has none, its pod has 2, the node's slice 8
    CHECK(limit_of("v2_namespaced_root") == 4);
    CHECK(limit_of("v2_odd_period") == 3);
    CHECK(limit_of("v1_quota") == 3);  // 2.5
    CHECK(limit_of("v1_none") == 0);
    CHECK(limit_of("hybrid") == 3);
    CHECK(limit_of("v1_other_controllers") == 0);  // cpuset and cpuacct limit nothing
}

TEST_CASE("a tree that says nothing or nonsense limits nothing [T03]") {
    CHECK(limit_of("no such tree") == 0);
    CHECK(limit_of("garbage") == 0);
    CHECK(limit_of("zero_period") == 0);
}

TEST_CASE("the machine's own limit: at least one thread, at most the affinity mask, the same when asked again [T03]") {
    const int usable = tenfold::usable_cpus();
    CHECK(usable >= 1);
    CHECK(usable <= tenfold::affinity_cpu_count());
    CHECK(tenfold::usable_cpus() == usable);
    CHECK(tenfold::thread_limit({}) >= 1);
    CHECK(tenfold::thread_limit({}) <= usable);
    CHECK(tenfold::thread_limit({.threads = 1}) == 1);
}

TEST_CASE("a quota that changed while the process runs is seen when it is asked for, and not before [T03]") {
    const int before = tenfold::usable_cpus();
    const auto reread = [](const char* tree) {
        return tenfold::reread_cpu_quota((std::string(TENFOLD_TEST_FIXTURES) + "/" + tree).c_str());
    };
    CHECK(reread("v2_half") == 1);
    CHECK(tenfold::usable_cpus() == 1);
    CHECK(tenfold::thread_limit({}) == 1);
    CHECK(reread("v2_unlimited") == 0);
    CHECK(tenfold::usable_cpus() == tenfold::affinity_cpu_count());
    tenfold::reread_cpu_quota();
    CHECK(tenfold::usable_cpus() == before);
}

TEST_CASE("threads by work: one more per full share, never more than the limit, never less than one [T04]") {
    CHECK(tenfold::workers_for(0, 1000, 8) == 1);
    CHECK(tenfold::workers_for(1999, 1000, 8) == 1);
    CHECK(tenfold::workers_for(2000, 1000, 8) == 2);
    CHECK(tenfold::workers_for(1 << 30, 1000, 8) == 8);
    CHECK(tenfold::workers_for(1 << 30, 1000, 1) == 1);
    CHECK(tenfold::workers_for(INT64_MAX, 1, 3) == 3);
}

TEST_CASE("paths that are too long are no path") {
    tenfold::path_buffer path;
    path << "/a" << "/b";
    CHECK(std::string(path.c_str()) == "/a/b");
    CHECK(path.parent(0));
    CHECK(std::string(path.c_str()) == "/a");
    const std::string component(600, 'x');
    path << component.c_str() << component.c_str();
    CHECK(std::strlen(path.c_str()) == 0);
    path << "/c";
    CHECK(std::strlen(path.c_str()) == 0);
}
