// SPDX-License-Identifier: Apache-2.0
// Finds out which cloud and which instance type this is, in at most 1.5 s, and says how it knows.
#pragma once

#include "instances/facts/system_files.hpp"  // system_files
#include "instances/identity/identity.hpp"   // identity
#include "instances/identity/settings.hpp"   // probe_settings

namespace tenfold::bench {

/// In this order: what the user states; the firmware's strings; the metadata service they point to, or all known ones at
/// once where they point to none. Never throws for what it finds or does not find: unknown is an answer.
identity probe_identity(const system_files& files, const probe_settings& settings);

struct provider;

/// Where its metadata service is asked: at its addresses, or where a test says.
std::vector<endpoint> metadata_servers(const provider& cloud, const probe_settings& settings);

}  // namespace tenfold::bench
