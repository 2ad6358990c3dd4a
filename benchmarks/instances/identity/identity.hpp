// SPDX-License-Identifier: Apache-2.0
// Who this machine is, as far as it can be known: the cloud, the type, where, how it was bought, and how we know.
#pragma once

#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

namespace tenfold::bench {

enum class lifecycle { unknown, on_demand, spot };
enum class detection { none, stated, dmi, metadata, dmi_and_metadata };  // stated: TENFOLD_BENCH_INSTANCE

const char* to_string(lifecycle value);
const char* to_string(detection value);  // "none", "override", "dmi", "metadata", "dmi+metadata"

/// What one source says about this machine. Nothing is guessed: what it does not say stays empty.
struct instance_facts {
    std::optional<std::string> instance_type, region, zone;
    tenfold::bench::lifecycle lifecycle = tenfold::bench::lifecycle::unknown;
    std::optional<std::string> instance_id;  // never leaves the process: see machine_hash
};

/// One thing that was tried.
struct probe_step {
    std::string step;     // "override", "dmi", or a provider's metadata service by the provider's name
    std::string outcome;  // "ok", "no hint", "imds_timeout", ...
    double ms = 0;
};

struct identity {
    std::string provider = "unknown";
    std::optional<std::string> instance_type, region, zone;
    tenfold::bench::lifecycle lifecycle = tenfold::bench::lifecycle::unknown;
    detection detected_by = detection::none;
    std::string machine_hash;  // 16 hex digits; empty if nothing tells this machine from another
    std::string boot_hash;     // 16 hex digits; another one after each boot
    bool contradicted = false;  // what was stated is not what the machine says: the record is invalid
    bool simulated = false;     // a test hook replaced the machine's files or its metadata service
    std::vector<probe_step> steps;
    std::vector<std::string> warnings;  // sentences for the user, each with its remedy
};

}  // namespace tenfold::bench
