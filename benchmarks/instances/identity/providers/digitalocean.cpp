// SPDX-License-Identifier: Apache-2.0
// DigitalOcean: single keys of the document /metadata/v1.json; says region and id, but not its type.
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

instance_facts ask(metadata_service& service) {
    instance_facts facts;
    // UpCloud has the same paths but for this one.
    facts.instance_id = service.value("/metadata/v1/id");
    facts.region = service.optional_value("/metadata/v1/region");
    return facts;
}

}  // namespace

const provider providers::digitalocean = {
    "digitalocean", {{&dmi_table::sys_vendor, dmi_rule::test::equals, "DigitalOcean"}}, {"169.254.169.254"}, ask};

}  // namespace tenfold::bench
