// SPDX-License-Identifier: Apache-2.0
// Notices of the clouds: found where they are for this machine, and nothing mistaken for one.  [C01]
#include <doctest/doctest.h>

#include <future>  // std::promise

#include "bench/identity/metadata_server.hpp"  // metadata_server
#include "instances/identity/notice.hpp"       // find_notice, notice_poller

namespace {

using namespace tenfold::bench;

identity spot_of(const std::string& provider) {
    identity who;
    who.provider = provider;
    who.lifecycle = lifecycle::spot;
    return who;
}

probe_settings served_by(const test::metadata_server& server) {
    probe_settings settings;
    settings.metadata_base = server.where();
    return settings;
}

/// What the poller tells.
std::string first_notice(const test::metadata_server& server, const std::string& provider) {
    std::promise<std::string> told;
    const notice_poller poller(spot_of(provider), served_by(server), [&](const cloud_notice& notice) { told.set_value(notice.text); });
    return told.get_future().get();
}

std::string notice_in(const std::string& mode, const std::string& provider) {
    const test::metadata_server server(mode);
    const auto notice = find_notice(spot_of(provider), served_by(server));
    return notice ? notice->text : "none";
}

}  // namespace

TEST_CASE("each cloud's notice is found [C01]") {
    CHECK(notice_in("aws-notice", "aws") == "aws: terminate at 2026-11-21T12:00:00Z");
    CHECK(notice_in("gcp-preempted", "gcp") == "gcp: preempted");
    CHECK(notice_in("gcp-maintenance", "gcp") == "gcp: TERMINATE_ON_HOST_MAINTENANCE");
    CHECK(notice_in("azure-preempt", "azure") == "azure: Preempt");
}

TEST_CASE("Azure's first answer, which comes when the service is switched on, is waited for [C01]") {
    test::metadata_server server("azure-preempt-slow");  // 1 s; any other request has 0.5
    CHECK(first_notice(server, "azure") == "azure: Preempt");
    CHECK(server.stop().size() == 2);  // the events once, and the machine's name
}

TEST_CASE("a change is waited for, not asked for again and again [C01]") {
    test::metadata_server server("gcp-preempted-later");
    CHECK(first_notice(server, "gcp") == "gcp: preempted");
    std::vector<std::string> of_preempted;
    for (const std::string& request : server.stop())
        if (request.find("/preempted") != std::string::npos) of_preempted.push_back(request);
    REQUIRE(of_preempted.size() == 2);
    CHECK(of_preempted[0].find("wait_for_change") == std::string::npos);  // what is so already is known at once
    CHECK(of_preempted[1].find("/preempted?wait_for_change=true&timeout_sec=30&last_etag=") != std::string::npos);
}

TEST_CASE("an event of Azure is approved when that is asked for, and only then: it begins before its time [C01]") {
    test::metadata_server server("azure-preempt"), asked("azure-preempt");
    CHECK(find_notice(spot_of("azure"), served_by(server)).has_value());
    for (const std::string& request : server.stop()) CHECK(request.starts_with("GET "));
    const auto notice = find_notice(spot_of("azure"), served_by(asked));
    REQUIRE(notice.has_value());
    CHECK(notice->id == "canary-event-Preempt-canary-name");  // of this machine, not of another
    CHECK(approve_notice(spot_of("azure"), served_by(asked), *notice));
    CHECK_FALSE(approve_notice(spot_of("azure"), served_by(asked), {"", "canary-unknown"}));
    CHECK_FALSE(approve_notice(spot_of("aws"), served_by(asked), *notice));
    const auto requests = asked.stop();
    CHECK(requests.size() == 4);
    CHECK(requests[2].starts_with("POST /metadata/scheduledevents?api-version="));
}

TEST_CASE("what is no notice for this machine is none [C01]") {
    for (const auto& [mode, provider] : {std::pair("aws", "aws"), std::pair("gcp", "gcp"), std::pair("gcp-migration", "gcp"),
                                         std::pair("azure", "azure"), std::pair("azure-preempt-another", "azure")}) {
        const std::string asked = mode;
        CAPTURE(asked);
        CHECK(notice_in(asked, provider) == "none");
    }
}

TEST_CASE("a service that fails gives no notice, and takes no longer than its limit [C01]") {
    for (const char* mode : {"hang", "garbage", "megabyte", "redirect", "forbidden"}) {
        CAPTURE(mode);
        const auto begin = std::chrono::steady_clock::now();
        for (const char* provider : {"aws", "gcp", "azure"}) CHECK(notice_in(mode, provider) == "none");
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));  // a hanging one: 0.5 s each, and Python's start
    }
}

TEST_CASE("nobody is asked where there is nobody to ask [C01]") {
    const probe_settings usual;
    CHECK(gives_notices(spot_of("aws"), usual));
    CHECK_FALSE(gives_notices(spot_of("hetzner"), usual));
    CHECK_FALSE(gives_notices(spot_of("unknown"), usual));
    identity on_demand = spot_of("aws");
    on_demand.lifecycle = lifecycle::on_demand;
    CHECK_FALSE(gives_notices(on_demand, usual));
    probe_settings off;
    off.use_metadata = false;
    CHECK_FALSE(gives_notices(spot_of("aws"), off));
    probe_settings simulated_files;
    simulated_files.sysroot = "/nowhere";
    CHECK_FALSE(gives_notices(spot_of("aws"), simulated_files));
}

TEST_CASE("the poller tells once, and can be ended before [C01]") {
    const test::metadata_server server("gcp-preempted");
    std::promise<std::string> told;
    {
        const notice_poller poller(spot_of("gcp"), served_by(server), [&](const cloud_notice& notice) { told.set_value(notice.text); });
        CHECK(told.get_future().get() == "gcp: preempted");
    }
}

TEST_CASE("a poller that waits, for its next question or for an answer, can be ended [C01]") {
    const test::metadata_server silent("gcp"), waiting("gcp-waiting"), hanging("hang");
    std::vector<std::unique_ptr<notice_poller>> pollers;
    for (const auto& [asked, cloud] : {std::pair(&silent, "gcp"), std::pair(&waiting, "gcp"), std::pair(&hanging, "azure")})
        pollers.push_back(
            std::make_unique<notice_poller>(spot_of(cloud), served_by(*asked), [](const cloud_notice&) { FAIL("there is no notice"); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(1300));
    const auto begin = std::chrono::steady_clock::now();
    pollers.clear();
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}
