// SPDX-License-Identifier: Apache-2.0
// OVHcloud Public Cloud: an OpenStack that is told from others by the names of its flavours; it serves no region.
#include <regex>  // std::regex_match

#include "instances/identity/providers/list.hpp"
#include "instances/identity/providers/openstack_keys.hpp"

namespace tenfold::bench {

bool is_flavour_of_ovhcloud(std::string_view flavour) {
    static const std::regex pattern("[a-z]{1,3}[0-9]{1,3}[a-z]?(-[a-z]+)?-[0-9]{1,4}");
    return std::regex_match(flavour.begin(), flavour.end(), pattern);
}

namespace {

instance_facts ask(metadata_service& service) {
    auto facts = ask_openstack(service);
    if (!facts.instance_type || !is_flavour_of_ovhcloud(*facts.instance_type)) throw metadata_failure{metadata_error::imitation};
    if (facts.zone == "nova") facts.zone.reset();  // OpenStack's default name says nothing
    return facts;
}

}  // namespace

const provider providers::ovhcloud = {
    "ovhcloud",
    // Shared with every OpenStack: only the service can tell.
    {{&dmi_table::product_name, dmi_rule::test::equals, "OpenStack Nova"},
     {&dmi_table::product_name, dmi_rule::test::equals, "OpenStack Compute"}},
    {"169.254.169.254"},
    ask,
};

}  // namespace tenfold::bench
