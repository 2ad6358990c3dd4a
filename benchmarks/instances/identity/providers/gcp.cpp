// SPDX-License-Identifier: Apache-2.0
// Google Compute Engine: single keys only, because the recursive answer contains SSH keys and start-up scripts.
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

/// The answer, proved to be Google's; nothing if there is no such key.
std::optional<http_response> answer(metadata_service& service, const std::string& name, std::chrono::milliseconds limit = request_limit) {
    http_request request;
    request.target = "/computeMetadata/v1/instance/" + name;
    request.host = "metadata.google.internal";
    request.headers = {{"Metadata-Flavor", "Google"}};
    request.limit = limit;
    auto response = service.exchange(request);
    if (response.header("metadata-flavor") != "Google") {
        // Its refusals carry the header too; a refusal without it comes from somebody else.
        require_ok(response);
        throw metadata_failure{metadata_error::imitation};
    }
    if (response.status == 404) return std::nullopt;  // GKE's metadata server serves a part of the keys
    require_ok(response);
    return response;
}

std::optional<std::string> key(metadata_service& service, const std::string& name) {
    const auto response = answer(service, name);
    return response ? plain_value(response->body) : std::nullopt;
}

std::optional<std::string> optional_key(metadata_service& service, const std::string& name) {
    try {
        return key(service, name);
    } catch (const metadata_failure&) { return std::nullopt; }
}

instance_facts ask(metadata_service& service) {
    instance_facts facts;
    const auto zone = key(service, "zone");                            // projects/NUMBER/zones/us-central1-a
    const auto machine_type = optional_key(service, "machine-type");  // projects/NUMBER/machineTypes/g2-standard-4
    if (machine_type) facts.instance_type = after_last(*machine_type, '/');
    if (zone) {
        facts.zone = after_last(*zone, '/');
        facts.region = before_last(*facts.zone, '-');
    }
    facts.instance_id = optional_key(service, "id");
    const auto preemptible = optional_key(service, "scheduling/preemptible");
    if (preemptible == "TRUE") facts.lifecycle = lifecycle::spot;
    if (preemptible == "FALSE") facts.lifecycle = lifecycle::on_demand;
    return facts;
}

/// The value of `preempted`. The first question is answered at once; the later ones when it changes, or after half a minute.
std::optional<std::string> preempted(metadata_service& service, notice_memory& memory) {
    using namespace std::chrono_literals;
    constexpr auto patience = 30s;
    const std::string name = "preempted";
    const std::string change = "?wait_for_change=true&timeout_sec=" + std::to_string(patience.count()) + "&last_etag=" + memory.etag;
    const auto response = memory.etag.empty() ? answer(service, name) : answer(service, name + change, patience + 5s);
    if (!response) return std::nullopt;
    memory.etag = plain_value(response->header("etag").value_or("")).value_or("");
    return plain_value(response->body);
}

// 30 seconds before the machine is switched off. A host that is serviced stops machines with a GPU, which cannot move; that is
// announced 60 seconds ahead to those who have read the key before.
std::optional<interruption_notice> ask_notice(metadata_service& service, notice_memory& memory) {
    if (preempted(service, memory) == "TRUE") return interruption_notice{"preempted", ""};
    const auto maintenance = optional_key(service, "maintenance-event");
    if (maintenance == "TERMINATE_ON_HOST_MAINTENANCE") return interruption_notice{*maintenance, ""};
    return std::nullopt;
}

}  // namespace

const provider providers::gcp = {
    "gcp",
    {{&dmi_table::product_name, dmi_rule::test::equals, "Google Compute Engine"}},
    {"169.254.169.254"},
    ask,
    nullptr,
    {},
    ask_notice,
    std::chrono::seconds(1),
};

}  // namespace tenfold::bench
