// SPDX-License-Identifier: Apache-2.0
// Microsoft Azure: one document; refuses requests that went through a proxy.
#include <nlohmann/json.hpp>  // nlohmann::json

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

constexpr const char* events_target = "/metadata/scheduledevents?api-version=2020-07-01";

// At least 30 seconds before. Events of other machines of the same set are listed too. The first question switches the
// service on, and its answer may take two minutes. Freezing is left out: the machine goes on.
std::optional<interruption_notice> ask_notice(metadata_service& service, notice_memory& memory) {
    http_request request;
    request.headers = {{"Metadata", "true"}};
    request.target = events_target;
    if (!memory.answered) request.limit = std::chrono::seconds(150);
    const metadata_document events(service.body(request));
    memory.answered = true;
    if (!events.has("/Events/0")) return std::nullopt;
    request.limit = request_limit;
    request.target = "/metadata/instance/compute/name?api-version=2020-12-01&format=text";
    const std::string own_name(trimmed(service.body(request)));  // stays here
    for (int i = 0; events.has("/Events/" + std::to_string(i)); ++i) {
        const std::string event = "/Events/" + std::to_string(i);
        const auto type = events.field(event + "/EventType");
        if (type != "Preempt" && type != "Terminate" && type != "Reboot" && type != "Redeploy") continue;
        for (int k = 0; events.has(event + "/Resources/" + std::to_string(k)); ++k) {
            if (events.is(event + "/Resources/" + std::to_string(k), own_name))
                return interruption_notice{*type, "", events.field(event + "/EventId").value_or("")};
        }
    }
    return std::nullopt;
}

/// "StartRequests": this machine is ready, the event may begin before its time.
void approve_notice(metadata_service& service, const std::string& id) {
    http_request request;
    request.method = "POST";
    request.target = events_target;
    request.headers = {{"Metadata", "true"}};
    request.body = nlohmann::json::object({{"StartRequests", nlohmann::json::array({nlohmann::json::object({{"EventId", id}})})}}).dump();
    static_cast<void>(service.body(request));
}

}  // namespace

const provider providers::azure = {
    "azure",
    // Plain Hyper-V has the same vendor without the tag.
    {{&dmi_table::chassis_asset_tag, dmi_rule::test::equals, "7783-7084-3265-9085-8269-3286-77"}},
    {"169.254.169.254"},
    ask,
    nullptr,
    {},
    ask_notice,
    std::chrono::seconds(1),
    approve_notice,
};

}  // namespace tenfold::bench
