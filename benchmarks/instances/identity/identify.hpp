// SPDX-License-Identifier: Apache-2.0
// The verb `identify`: everything that is known about this machine, for programs (JSON) and for people (text).
#pragma once

#include <nlohmann/json_fwd.hpp>  // nlohmann::ordered_json

#include <iosfwd>    // std::ostream
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/facts/gpu.hpp"          // gpu_inventory
#include "instances/facts/machine.hpp"      // machine_facts
#include "instances/identity/identity.hpp"  // identity
#include "instances/identity/settings.hpp"  // probe_settings

namespace tenfold::bench {

struct identify_options {
    bool json = false;     // JSON instead of text
    bool explain = false;  // text: each step with its time and outcome (JSON always has them)
    bool check = false;    // the noise doctor
    bool no_imds = false;  // ask no metadata service
    std::vector<std::string> isa_available;   // from the library's available_isas(), best first
    std::optional<std::string> nvml_library;  // nothing: the driver's own, unless the machine is simulated
};

struct identification {
    identity who;
    machine_facts machine;
    gpu_inventory gpu;
    std::vector<std::string> isa_available;
};

/// Gathers everything. Never throws for what it finds or does not find; takes at most 2 s.
identification identify(const identify_options& options, const probe_settings& settings);

/// The objects "identity" and "machine" of a benchmark record. What is not known is null.
nlohmann::ordered_json identity_json(const identity& who);
nlohmann::ordered_json machine_json(const identification& found);

/// The verb itself, with the settings of the environment. Returns the exit code, which is always 0: unknown is an answer.
int identify_command(const identify_options& options, std::ostream& out);

/// The same with given settings.
int identify_command(const identify_options& options, const probe_settings& settings, std::ostream& out);

}  // namespace tenfold::bench
