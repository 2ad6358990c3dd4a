// SPDX-License-Identifier: Apache-2.0
// The keys that every OpenStack cloud serves; shared by the providers that are built on it.
#pragma once

#include "instances/identity/provider.hpp"  // metadata_service, instance_facts

namespace tenfold::bench {

/// Proves that this is OpenStack and reads flavour, zone and id by single keys: meta_data.json would bring the owner's SSH keys.
instance_facts ask_openstack(metadata_service& service);

/// OVHcloud's flavours are a family, perhaps a variant, and gigabytes of memory: b3-8, t1-le-45, l40s-90.
bool is_flavour_of_ovhcloud(std::string_view flavour);

}  // namespace tenfold::bench
