// SPDX-License-Identifier: Apache-2.0
// Hetzner Cloud: says where it is and its number, but not its type.
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

instance_facts ask(metadata_service& service) {
    instance_facts facts;
    facts.zone = service.value("/hetzner/v1/metadata/availability-zone");
    facts.region = service.optional_value("/hetzner/v1/metadata/region");
    facts.instance_id = service.optional_value("/hetzner/v1/metadata/instance-id");
    return facts;
}

}  // namespace

const provider providers::hetzner = {"hetzner", {{&dmi_table::sys_vendor, dmi_rule::test::equals, "Hetzner"}}, {"169.254.169.254"}, ask};

}  // namespace tenfold::bench
