// SPDX-License-Identifier: Apache-2.0
// Amazon EC2: token-guarded metadata service (IMDSv2), instance identity document; on Nitro the firmware knows the type.
#include "instances/identity/metadata_document.hpp"  // metadata_document
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

class aws_session {
    metadata_service& service_;
    std::string token_;

    void fetch_token() { token_ = service_.token("/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds"); }

public:
    explicit aws_session(metadata_service& service) : service_(service) { fetch_token(); }

    std::string body(const std::string& target) {
        http_request request;
        request.target = target;
        request.headers = {{"X-aws-ec2-metadata-token", token_}};
        auto response = service_.exchange(request);
        if (response.status == 401) {  // the token has expired: one new one
            fetch_token();
            request.headers = {{"X-aws-ec2-metadata-token", token_}};
            response = service_.exchange(request);
        }
        require_ok(response);
        return std::move(response.body);
    }

    std::optional<std::string> optional_value(const std::string& target) {
        try {
            return plain_value(body(target));
        } catch (const metadata_failure&) { return std::nullopt; }
    }
};

// Other clouds imitate the paths, but not the domain. One per AWS partition, as in the SDKs' partition table.
bool is_domain_of_aws(std::string_view domain) {
    for (const std::string_view known :
         {"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov", "sc2s.sgov.gov", "cloud.adc-e.uk", "csp.hci.ic.gov"}) {
        if (domain == known) return true;
    }
    return false;
}

instance_facts ask(metadata_service& service) {
    aws_session session(service);
    if (!is_domain_of_aws(session.optional_value("/latest/meta-data/services/domain").value_or("")))
        throw metadata_failure{metadata_error::imitation};
    const metadata_document document(session.body("/latest/dynamic/instance-identity/document"));

    instance_facts facts;
    facts.instance_type = document.field("/instanceType");
    facts.region = document.field("/region");
    facts.instance_id = document.field("/instanceId");
    // The zone's id, not its name: "us-east-1a" is another place in another account.
    facts.zone = session.optional_value("/latest/meta-data/placement/availability-zone-id");
    const auto life_cycle = session.optional_value("/latest/meta-data/instance-life-cycle");
    if (life_cycle == "spot") facts.lifecycle = lifecycle::spot;
    if (life_cycle == "on-demand") facts.lifecycle = lifecycle::on_demand;
    return facts;
}

// Two minutes before a spot instance is taken; 404 until then.
std::optional<interruption_notice> ask_notice(metadata_service& service, notice_memory&) {
    aws_session session(service);
    try {
        const metadata_document document(session.body("/latest/meta-data/spot/instance-action"));
        return interruption_notice{document.field("/action").value_or("unknown action"), document.field("/time").value_or("")};
    } catch (const metadata_failure& failure) {
        if (failure.error == metadata_error::not_found) return std::nullopt;
        throw;
    }
}

instance_facts facts_of_dmi(const dmi_table& table) {
    instance_facts facts;
    if (table.sys_vendor != "Amazon EC2") return facts;  // Xen's product_name is "HVM domU"
    facts.instance_type = plain_value(table.product_name);
    facts.instance_id = plain_value(table.board_asset_tag);
    return facts;
}

}  // namespace

const provider providers::aws = {
    "aws",
    {{&dmi_table::sys_vendor, dmi_rule::test::equals, "Amazon EC2"},      // Nitro
     {&dmi_table::bios_version, dmi_rule::test::contains, "amazon"},      // Xen: "4.11.amazon"
     {&dmi_table::hypervisor_uuid, dmi_rule::test::begins, "ec2"}},
    {"169.254.169.254", "fd00:ec2::254"},  // the second for subnets without IPv4
    ask,
    facts_of_dmi,
    "inside a container, AWS drops the answer at its default hop limit of 1: run with the host's network, or set HttpPutResponseHopLimit=2",
    ask_notice,
    std::chrono::seconds(5),
};

}  // namespace tenfold::bench
