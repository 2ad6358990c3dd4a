// SPDX-License-Identifier: Apache-2.0
// Oracle Cloud Infrastructure: version 2 of the service, single keys.
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

instance_facts ask(metadata_service& service) {
    const metadata_service::header_list headers = {{"Authorization", "Bearer Oracle"}};
    instance_facts facts;
    facts.instance_type = service.value("/opc/v2/instance/shape", headers);
    facts.region = service.optional_value("/opc/v2/instance/canonicalRegionName", headers);
    // "Uocm:PHX-AD-1": the part before the colon belongs to the tenancy and stays here.
    if (const auto domain = service.optional_value("/opc/v2/instance/availabilityDomain", headers)) facts.zone = after_last(*domain, ':');
    facts.instance_id = service.optional_value("/opc/v2/instance/id", headers);
    return facts;
}

}  // namespace

const provider providers::oci = {
    "oci", {{&dmi_table::chassis_asset_tag, dmi_rule::test::equals, "OracleCloud.com"}}, {"169.254.169.254"}, ask};

}  // namespace tenfold::bench
