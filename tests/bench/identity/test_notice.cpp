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

std::string notice_in(const std::string& mode, const std::string& provider) {
    const test::metadata_server server(mode);
    return find_notice(spot_of(provider), served_by(server)).value_or("none");
}

}  // namespace

TEST_CASE("each cloud's notice is found [C01]") {
    CHECK(notice_in("aws-notice", "aws") == "aws: terminate at 2026-11-21T12:00:00Z");
    CHECK(notice_in("gcp-preempted", "gcp") == "gcp: preempted");
    CHECK(notice_in("gcp-maintenance", "gcp") == "gcp: TERMINATE_ON_HOST_MAINTENANCE");
    CHECK(notice_in("azure-preempt", "azure") == "azure: Preempt");
}

TEST_CASE("a service that must be switched on by the first question is asked again [C01]") {
    const test::metadata_server server("azure-preempt-slow");
    std::promise<std::string> told;
    const notice_poller poller(spot_of("azure"), served_by(server), [&](const std::string& notice) { told.set_value(notice); });
    CHECK(told.get_future().get() == "azure: Preempt");
}

TEST_CASE("an event of Azure is read and never approved, which would start it before its time [C01]") {
    test::metadata_server server("azure-preempt");
    CHECK(find_notice(spot_of("azure"), served_by(server)) == "azure: Preempt");
    const auto requests = server.stop();
    CHECK(requests.size() == 2);
    for (const std::string& request : requests) CHECK(request.starts_with("GET "));
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
        const notice_poller poller(spot_of("gcp"), served_by(server), [&](const std::string& notice) { told.set_value(notice); });
        CHECK(told.get_future().get() == "gcp: preempted");
    }
    const test::metadata_server silent("gcp");
    const auto begin = std::chrono::steady_clock::now();
    {
        const notice_poller poller(spot_of("gcp"), served_by(silent), [](const std::string&) { FAIL("there is no notice"); });
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}
