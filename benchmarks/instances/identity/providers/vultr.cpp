// SPDX-License-Identifier: Apache-2.0
// Vultr: single keys of the document /v1.json; says region and id, but not its type.
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

instance_facts ask(metadata_service& service) {
    instance_facts facts;
    facts.region = service.value("/v1/region/regioncode");
    facts.instance_id = service.optional_value("/v1/instance-v2-id");
    if (!facts.instance_id) facts.instance_id = service.optional_value("/v1/instanceid");
    return facts;
}

}  // namespace

const provider providers::vultr = {"vultr", {{&dmi_table::sys_vendor, dmi_rule::test::equals, "Vultr"}}, {"169.254.169.254"}, ask};

}  // namespace tenfold::bench
