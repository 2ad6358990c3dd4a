// SPDX-License-Identifier: Apache-2.0
// UpCloud: names itself; says region and id, but not its type.
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

instance_facts ask(metadata_service& service) {
    if (service.value("/metadata/v1/cloud_name") != "upcloud") throw metadata_failure{metadata_error::imitation};
    instance_facts facts;
    facts.region = service.optional_value("/metadata/v1/region");
    facts.instance_id = service.optional_value("/metadata/v1/instance_id");
    return facts;
}

}  // namespace

const provider providers::upcloud = {"upcloud", {{&dmi_table::sys_vendor, dmi_rule::test::equals, "UpCloud"}}, {"169.254.169.254"}, ask};

}  // namespace tenfold::bench
