// SPDX-License-Identifier: Apache-2.0
// Microsoft Azure: one document; refuses requests that went through a proxy.
#include "instances/identity/metadata_document.hpp"  // metadata_document
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

// The first version that knows the priority and the last one without user data, which may be 64 KiB of secrets. One
// document instead of single keys: the service serves five requests per second.
constexpr const char* target = "/metadata/instance/compute?api-version=2020-12-01&format=json";

instance_facts ask(metadata_service& service) {
    http_request request;
    request.target = target;
    request.headers = {{"Metadata", "true"}};
    const metadata_document document(service.body(request));
    if (!document.field("/vmSize")) throw metadata_failure{metadata_error::imitation};

    instance_facts facts;
    facts.instance_type = document.field("/vmSize");
    facts.region = document.field("/location");
    facts.zone = document.field("/zone");  // "1"; empty outside of zones
    facts.instance_id = document.field("/vmId");
    const auto priority = document.field("/priority");  // empty on machines made before there was a choice
    if (priority == "Spot" || priority == "Low") facts.lifecycle = lifecycle::spot;
    if (priority == "Regular") facts.lifecycle = lifecycle::on_demand;
    return facts;
}

}  // namespace

const provider providers::azure = {
    "azure",
    // Plain Hyper-V has the same vendor without the tag.
    {{&dmi_table::chassis_asset_tag, dmi_rule::test::equals, "7783-7084-3265-9085-8269-3286-77"}},
    {"169.254.169.254"},
    ask,
};

}  // namespace tenfold::bench
