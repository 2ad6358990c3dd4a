// SPDX-License-Identifier: Apache-2.0
// Any OpenStack cloud that does not say whose it is.
#include "instances/identity/providers/list.hpp"
#include "instances/identity/providers/openstack_keys.hpp"

namespace tenfold::bench {

instance_facts ask_openstack(metadata_service& service) {
    http_request request;
    request.target = "/openstack";  // a list of versions, one per line
    if (service.body(request).find("latest") == std::string::npos) throw metadata_failure{metadata_error::imitation};
    instance_facts facts;
    facts.instance_type = service.optional_value("/latest/meta-data/instance-type");
    facts.zone = service.optional_value("/latest/meta-data/placement/availability-zone");
    facts.instance_id = service.optional_value("/latest/meta-data/instance-id");
    return facts;
}

namespace {

instance_facts ask(metadata_service& service) {
    auto facts = ask_openstack(service);
    if (facts.instance_type && is_flavour_of_ovhcloud(*facts.instance_type)) throw metadata_failure{metadata_error::imitation};
    return facts;
}

}  // namespace

const provider providers::openstack = {
    "openstack",
    {{&dmi_table::product_name, dmi_rule::test::equals, "OpenStack Nova"},
     {&dmi_table::product_name, dmi_rule::test::equals, "OpenStack Compute"}},
    {"169.254.169.254"},
    ask,
};

}  // namespace tenfold::bench
