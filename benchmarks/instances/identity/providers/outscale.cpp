// SPDX-License-Identifier: Apache-2.0
// 3DS OUTSCALE: imitates version 1 of Amazon's service; a PUT for a token is not served, so none is sent.
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

// Type names of its own making: "tinav5.c2r4p1", "inference7-l40.medium".
bool is_type_of_outscale(std::string_view type) { return type.substr(0, 5) == "tinav" || type.substr(0, 9) == "inference"; }

instance_facts ask(metadata_service& service) {
    instance_facts facts;
    facts.instance_type = service.value("/latest/meta-data/instance-type");
    if (!service.hinted() && !is_type_of_outscale(*facts.instance_type)) throw metadata_failure{metadata_error::imitation};
    facts.zone = service.optional_value("/latest/meta-data/placement/availability-zone");  // eu-west-2a
    if (facts.zone) facts.region = facts.zone->substr(0, facts.zone->find_last_of("0123456789") + 1);
    facts.instance_id = service.optional_value("/latest/meta-data/instance-id");
    return facts;
}

}  // namespace

const provider providers::outscale = {
    "outscale", {{&dmi_table::product_name, dmi_rule::test::equals, "3DS Outscale VM"}}, {"169.254.169.254"}, ask};

}  // namespace tenfold::bench
