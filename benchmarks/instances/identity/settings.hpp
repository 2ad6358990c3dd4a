// SPDX-License-Identifier: Apache-2.0
// What the user states about the machine and what tests replace: the environment of the probe.
#pragma once

#include <functional>   // std::function
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

#include "instances/identity/http.hpp"      // endpoint
#include "instances/identity/identity.hpp"  // lifecycle

namespace tenfold::bench {

/// TENFOLD_BENCH_INSTANCE=provider/type/region/zone/lifecycle; parts may be left out from the end, or empty.
struct stated_instance {
    std::string provider;
    std::optional<std::string> instance_type, region, zone;
    tenfold::bench::lifecycle lifecycle = tenfold::bench::lifecycle::unknown;
};

struct probe_settings {
    std::optional<stated_instance> stated;
    std::optional<endpoint> metadata_base;  // TENFOLD_BENCH_IMDS_BASE: asked instead of every real service
    std::string sysroot;                    // TENFOLD_BENCH_SYSROOT: before /sys, /proc and /etc
    std::string campaign_key;               // TENFOLD_BENCH_CAMPAIGN_KEY: of the hashes; stays with the user
    bool use_metadata = true;
    std::vector<std::string> warnings;      // about values that are not understood and therefore not used

    [[nodiscard]] bool simulated() const { return metadata_base.has_value() || !sysroot.empty(); }
};

/// Looks the four variables up. A value that is not understood becomes a warning that says what is wrong with it.
probe_settings read_probe_settings(const std::function<std::optional<std::string>(const char*)>& environment);

/// The same with the environment of the process.
probe_settings read_probe_settings();

}  // namespace tenfold::bench
