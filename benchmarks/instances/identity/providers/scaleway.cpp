// SPDX-License-Identifier: Apache-2.0
// Scaleway: one document at an address of its own; of its many fields, keys and addresses included, four are read.
#include "instances/identity/metadata_document.hpp"  // metadata_document
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

instance_facts ask(metadata_service& service) {
    http_request request;
    request.target = "/conf?format=json";
    const metadata_document document(service.body(request));
    if (!document.field("/commercial_type")) throw metadata_failure{metadata_error::imitation};
    instance_facts facts;
    facts.instance_type = document.field("/commercial_type");
    facts.zone = document.field("/zone");  // "fr-par-1"
    if (facts.zone) facts.region = before_last(*facts.zone, '-');
    if (!facts.zone) facts.zone = document.field("/location/zone_id");  // the older name of the place, "par1": says no region
    facts.instance_id = document.field("/id");
    return facts;
}

}  // namespace

const provider providers::scaleway = {
    "scaleway", {{&dmi_table::sys_vendor, dmi_rule::test::equals, "Scaleway"}}, {"169.254.42.42", "fd00:42::42"}, ask};

}  // namespace tenfold::bench
