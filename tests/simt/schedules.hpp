// SPDX-License-Identifier: Apache-2.0
// What tests of kernels share: the schedules results must not depend on, and the proof that each barrier is needed.
#pragma once

#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace support {
namespace si = tenfold::testing::simt;

inline const si::launch_options schedules[] = {
    {}, {.order = si::schedule::descending}, {.order = si::schedule::seeded, .seed = 1}, {.order = si::schedule::seeded, .seed = 2}};

/// Runs `calls(where)`, which make every case of some kernels, with each of their barriers, fences and waits left out in turn. Prints the
/// places that proved to be needed, and the kernels, for shipped_kernels.py, which knows all there are.
template <class Calls>
void check_each_synchronisation_is_needed(const Calls& calls) {
    std::vector<si::site> sites;
    si::launch_report seen;
    const auto found_without = [&](const si::site& without, bool collect) {
        bool found = false;
        for (const si::schedule order : {si::schedule::ascending, si::schedule::descending}) {
            calls([&](const auto& call) {
                si::emulated_gpu gpu({.order = order, .without = without});
                try {
                    call(si::emulated_cuda{&gpu});
                } catch (const tenfold::device_error&) {
                    found = true;  // the message is the report
                }
                if (!collect) return;
                for (const si::launched_kernel& k : gpu.report().kernels()) seen.add_kernel(k.name, k.shared);
                for (const si::site& reached : gpu.report().sync_sites()) {
                    if (std::find(sites.begin(), sites.end(), reached) == sites.end()) sites.push_back(reached);
                }
            });
        }
        return found;
    };
    CHECK_FALSE(found_without({}, true));
    CHECK(!sites.empty());
    for (const si::launched_kernel& k : seen.kernels()) std::printf("shared %zu %s\n", k.shared, k.name.c_str());
    for (const si::site& site : sites) {
        CAPTURE(to_string(site));
        const bool found = found_without(site, false);
        CHECK(found);
        if (found) std::printf("needed %s\n", to_string(site).c_str());
    }
}
}  // namespace support
