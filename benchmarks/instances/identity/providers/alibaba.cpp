// SPDX-License-Identifier: Apache-2.0
// Alibaba Cloud ECS: token-guarded service at an address of its own.
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

instance_facts ask(metadata_service& service) {
    const auto token = service.token("/latest/api/token", "X-aliyun-ecs-metadata-token-ttl-seconds");
    const metadata_service::header_list headers = {{"X-aliyun-ecs-metadata-token", token}};
    instance_facts facts;
    facts.instance_type = service.value("/latest/meta-data/instance/instance-type", headers);
    facts.region = service.optional_value("/latest/meta-data/region-id", headers);
    facts.zone = service.optional_value("/latest/meta-data/zone-id", headers);
    facts.instance_id = service.optional_value("/latest/meta-data/instance-id", headers);
    return facts;
}

}  // namespace

const provider providers::alibaba = {
    "alibaba", {{&dmi_table::product_name, dmi_rule::test::equals, "Alibaba Cloud ECS"}}, {"100.100.100.200"}, ask};

}  // namespace tenfold::bench
