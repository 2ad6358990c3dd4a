// SPDX-License-Identifier: Apache-2.0
// Pseudonyms of a machine and of its boot: equal for equal machines, and no way back to the ids they are made of.
#pragma once

#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view

#include "instances/facts/system_files.hpp"  // system_files

namespace tenfold::bench {

/// The first 16 hex digits of HMAC-SHA-256(key, text).
std::string short_hmac(std::string_view key, std::string_view text);

struct machine_hashes {
    std::string machine, boot;  // empty if the machine has nothing to be told by
};

/// `campaign_key` stays with the user; without one, hashes are comparable between everybody's records. `instance_id` is what
/// the cloud calls the machine. Short ids and counted ones can be found by trying all of them, so without a key they are used
/// together with a random id of the system, or not at all.
machine_hashes hash_machine(const system_files& files, std::string_view campaign_key, std::string_view provider,
                            const std::optional<std::string>& instance_id);

}  // namespace tenfold::bench
