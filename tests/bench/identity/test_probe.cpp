// SPDX-License-Identifier: Apache-2.0
// The whole probe: every cloud with and without the firmware's hint, every misbehaving service, overrides.
#include <doctest/doctest.h>

#include <algorithm>  // std::any_of, std::find_if
#include <chrono>     // std::chrono

#include "bench/identity/file_tree.hpp"
#include "bench/identity/known_clouds.hpp"
#include "bench/identity/metadata_server.hpp"
#include "instances/identity/probe.hpp"
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

using test::file_tree;
using test::known_cloud;
using test::known_clouds;
using test::metadata_server;

// Probes with a bound on the time: 1.5 s is the promise to the user.
identity probe_in_time(const file_tree& tree, const probe_settings& settings) {
    const auto begin = std::chrono::steady_clock::now();
    auto who = probe_identity(system_files(tree.root()), settings);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    CHECK(elapsed.count() <= 1.5);
    return who;
}

probe_settings settings_for(const file_tree& tree, const metadata_server& server) {
    probe_settings settings;
    settings.sysroot = tree.root();
    settings.metadata_base = server.where();
    return settings;
}

const known_cloud& cloud_named(const std::string& provider) {
    const auto& rows = known_clouds();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const known_cloud& cloud) { return cloud.provider == provider; });
    REQUIRE_MESSAGE(row != rows.end(), "no row for the provider ", provider, " in known_clouds.hpp");
    return *row;
}

std::string outcome_of(const identity& who, const std::string& step) {
    for (const auto& one : who.steps) {
        if (one.step == step) return one.outcome;
    }
    return "no such step";
}

bool warns_of(const identity& who, const std::string& text) {
    return std::any_of(who.warnings.begin(), who.warnings.end(),
                       [&](const std::string& warning) { return warning.find(text) != std::string::npos; });
}

void check_is(const identity& who, const known_cloud& cloud) {
    CHECK(who.provider == cloud.provider);
    CHECK(who.instance_type.value_or("") == cloud.instance_type);
    CHECK(who.region.value_or("") == cloud.region);
    CHECK(who.zone.value_or("") == cloud.zone);
    CHECK(std::string(to_string(who.lifecycle)) == cloud.lifecycle);
    CHECK(who.machine_hash.size() == 16);
    CHECK(who.simulated);
    CHECK(!who.contradicted);
    CHECK(who.warnings.empty());
}

// The probe in one mode of the server, with the firmware of that provider ("" = a machine without firmware strings).
identity probe_mode(const std::string& mode, const std::string& firmware) {
    file_tree tree;
    tree.write("/etc/machine-id", "0123456789abcdef0123456789abcdef");
    if (!firmware.empty()) write_dmi(tree, cloud_named(firmware));
    const metadata_server server(mode);
    return probe_in_time(tree, settings_for(tree, server));
}

}  // namespace

TEST_CASE("every provider is recognised with and without the firmware's hint [C01]") {
    for (const auto* const provider : all_providers) {
        const auto& cloud = cloud_named(std::string(provider->name));
        CAPTURE(cloud.provider);
        const auto hinted = probe_mode(cloud.mode, cloud.provider);
        check_is(hinted, cloud);
        CHECK(hinted.detected_by == detection::dmi_and_metadata);
        const auto unhinted = probe_mode(cloud.mode, "");
        check_is(unhinted, cloud);
        CHECK(unhinted.detected_by == detection::metadata);
        CHECK(unhinted.machine_hash == hinted.machine_hash);
    }
}

TEST_CASE("with a hint, only that cloud's requests are sent [C01]") {
    for (const auto* const provider : all_providers) {
        const auto& cloud = cloud_named(std::string(provider->name));
        file_tree tree;
        write_dmi(tree, cloud);
        metadata_server server(cloud.mode);
        (void)probe_in_time(tree, settings_for(tree, server));
        const auto requests = server.stop();
        CAPTURE(cloud.provider);
        REQUIRE(!requests.empty());
        const struct {
            const char* header;
            const char* provider;
        } owned[] = {
            {"x-aws-ec2", "aws"}, {"x-aliyun", "alibaba"}, {"metadata-flavor", "gcp"}, {",metadata", "azure"}, {"authorization", "oci"}};
        for (const auto& request : requests) {
            for (const auto& one : owned) {
                if (cloud.provider == one.provider) continue;
                if (std::string(one.header) == ",metadata" && cloud.provider == "gcp") continue;  // metadata-flavor
                CHECK_MESSAGE(request.find(one.header) == std::string::npos, request);
            }
        }
    }
}

TEST_CASE("answers in every framing are understood [C01]") {
    for (const std::string framing : {"+chunked", "+until-close", "+half-closed"}) {
        CAPTURE(framing);
        check_is(probe_mode("aws" + framing, "aws"), cloud_named("aws"));
        check_is(probe_mode("azure" + framing, ""), cloud_named("azure"));
    }
}

TEST_CASE("an expired token is renewed, other partitions are AWS too [C01]") {
    check_is(probe_mode("aws-expired", "aws"), cloud_named("aws"));
    CHECK(probe_mode("aws-china", "").provider == "aws");
}

TEST_CASE("imitations are not taken for the original [C01]") {
    const auto who = probe_mode("aws-imitation", "");
    CHECK(who.provider == "unknown");
    CHECK(outcome_of(who, "aws") == "imds_imitation");
    CHECK(who.detected_by == detection::none);
    const auto without_flavour = probe_mode("gcp-without-flavour", "");
    CHECK(without_flavour.provider == "unknown");
    CHECK(outcome_of(without_flavour, "gcp") == "imds_imitation");
}

TEST_CASE("a workload-identity metadata server leaves keys unknown [C01]") {
    const auto who = probe_mode("gcp-workload-identity", "gcp");
    CHECK(who.provider == "gcp");
    CHECK(!who.instance_type);
    CHECK(who.zone == "us-central1-a");
    CHECK(who.lifecycle == lifecycle::unknown);
}

TEST_CASE("values that could steer a terminal are not facts [C01]") {
    const auto who = probe_mode("aws-hostile-value", "aws");
    CHECK(who.instance_type == "g6.xlarge");
    CHECK(!who.zone);
}

TEST_CASE("misbehaving services are named, and what the firmware knows stays [C01]") {
    const struct {
        const char* mode;
        const char* outcome;
    } cases[] = {
        {"deaf", "imds_unreachable"},    {"hang", "imds_timeout"},        {"drip", "imds_timeout"},
        {"garbage", "imds_malformed"},   {"megabyte", "imds_too_large"},  {"endless", "imds_too_large"},
        {"long-head", "imds_too_large"}, {"redirect", "imds_redirect"},   {"truncated", "imds_closed"},
        {"closed", "imds_closed"},       {"forbidden", "imds_forbidden"}, {"unavailable", "imds_unavailable"},
        {"scaleway", "imds_not_found"},  {"oci", "imds_header_refused"},
    };
    for (const auto& one : cases) {
        CAPTURE(one.mode);
        const auto who = probe_mode(one.mode, "aws");
        CHECK(who.provider == "aws");
        CHECK(who.instance_type == "g6.xlarge");
        CHECK(who.detected_by == detection::dmi);
        CHECK(outcome_of(who, "aws") == one.outcome);
        CHECK(warns_of(who, one.outcome));
        const auto unhinted = probe_mode(one.mode, "");
        const bool is_cloud = std::string(one.mode) == "scaleway" || std::string(one.mode) == "oci";
        CHECK(unhinted.provider == (is_cloud ? one.mode : "unknown"));
        CHECK(unhinted.warnings.empty());
    }
}

TEST_CASE("the AWS time-out names the hop limit [C01]") {
    CHECK(warns_of(probe_mode("hang", "aws"), "HttpPutResponseHopLimit=2"));
    CHECK(!warns_of(probe_mode("hang", "gcp"), "HttpPutResponseHopLimit"));
}

TEST_CASE("a slow service is left when the time is over, with what it has said [C01]") {
    const auto who = probe_mode("aws+slow", "aws");  // 0.4 s per answer, five answers
    CHECK(who.provider == "aws");
    CHECK(who.instance_type == "g6.xlarge");
}

TEST_CASE("unknown stays unknown [C01]") {
    file_tree tree;
    probe_settings settings;
    settings.sysroot = tree.root();
    settings.metadata_base = endpoint{"127.0.0.1", 1};
    const auto who = probe_in_time(tree, settings);
    CHECK(who.provider == "unknown");
    CHECK(!who.instance_type);
    CHECK(who.machine_hash.empty());
    CHECK(who.warnings.empty());
    CHECK(outcome_of(who, "dmi") == "not readable: no hint");
    CHECK(outcome_of(who, "aws") == "imds_refused");
    CHECK(who.steps.size() == 1 + all_providers.size());
}

TEST_CASE("in a pod whose network drops what is sent to the service, the pod's own statement stands, in time [C01]") {
    file_tree pod;  // no firmware is to be seen, /etc and /proc are there
    pod.write("/etc/machine-id", "0123456789abcdef0123456789abcdef").write("/proc/self/cgroup", "0::/kubepods/pod1/container");
    const metadata_server server("deaf");
    auto settings = settings_for(pod, server);
    settings.stated = stated_instance{"gcp", "g2-standard-4", "us-central1", std::nullopt, lifecycle::spot};
    const auto who = probe_in_time(pod, settings);
    CHECK(who.provider == "gcp");
    CHECK(who.instance_type == "g2-standard-4");
    CHECK(who.detected_by == detection::stated);
    CHECK(outcome_of(who, "dmi") == "not readable: no hint");
    CHECK(outcome_of(who, "gcp") == "imds_unreachable");
}

TEST_CASE("on bare metal, whose firmware names its maker, nobody answers, and unknown is known in time [C01]") {
    file_tree server_room;
    server_room.write("/etc/machine-id", "0123456789abcdef0123456789abcdef");
    server_room.write("/sys/class/dmi/id/sys_vendor", "Supermicro").write("/sys/class/dmi/id/product_name", "SYS-1029P");
    const metadata_server server("deaf");
    const auto who = probe_in_time(server_room, settings_for(server_room, server));
    CHECK(who.provider == "unknown");
    CHECK(who.detected_by == detection::none);
    CHECK(outcome_of(who, "dmi") == "no known cloud: no hint");
    CHECK(outcome_of(who, "oci") == "imds_unreachable");
    CHECK(who.machine_hash.size() == 16);
}

TEST_CASE("without metadata, and without a simulated service, nothing is asked [C01]") {
    file_tree tree;
    write_dmi(tree, cloud_named("gcp"));
    probe_settings settings;
    settings.sysroot = tree.root();
    CHECK(outcome_of(probe_in_time(tree, settings), "metadata") == "off: only the files are simulated");
    settings.use_metadata = false;
    const auto who = probe_in_time(tree, settings);
    CHECK(outcome_of(who, "metadata") == "off");
    CHECK(who.provider == "gcp");
    CHECK(who.detected_by == detection::dmi);
}

TEST_CASE("an override is taken, completed and cross-checked [C01]") {
    file_tree tree;
    write_dmi(tree, cloud_named("aws"));
    const metadata_server server("aws");
    auto settings = settings_for(tree, server);

    settings.stated = stated_instance{"aws", "g6.xlarge", std::nullopt, std::nullopt, lifecycle::unknown};
    const auto agreed = probe_in_time(tree, settings);
    CHECK(agreed.detected_by == detection::stated);
    CHECK(!agreed.contradicted);
    CHECK(agreed.region == "us-east-1");
    CHECK(agreed.lifecycle == lifecycle::spot);

    settings.stated->instance_type = "p5.48xlarge";
    const auto contradicted = probe_in_time(tree, settings);
    CHECK(contradicted.contradicted);
    CHECK(contradicted.instance_type == "p5.48xlarge");
    CHECK(warns_of(contradicted, "instance type contradicted: TENFOLD_BENCH_INSTANCE states p5.48xlarge, the machine says g6.xlarge"));

    settings.stated = stated_instance{"runpod", "gpu.a100", std::nullopt, std::nullopt, lifecycle::on_demand};
    const auto elsewhere = probe_in_time(tree, settings);
    CHECK(elsewhere.provider == "runpod");
    CHECK(warns_of(elsewhere, "provider contradicted"));
    CHECK(!elsewhere.region);
}

TEST_CASE("an override stands where nothing answers [C01]") {
    file_tree tree;
    probe_settings settings;
    settings.metadata_base = endpoint{"127.0.0.1", 1};
    settings.stated = stated_instance{"lambda", "gpu_1x_a10", "us-west-1", std::nullopt, lifecycle::on_demand};
    const auto who = probe_in_time(tree, settings);
    CHECK(who.provider == "lambda");
    CHECK(who.instance_type == "gpu_1x_a10");
    CHECK(who.detected_by == detection::stated);
    CHECK(!who.contradicted);
}

TEST_CASE("the environment is read strictly and complained about politely [C01]") {
    std::vector<std::pair<std::string, std::string>> variables;
    const auto read = [&] {
        return read_probe_settings([&](const char* name) -> std::optional<std::string> {
            for (const auto& [key, value] : variables) {
                if (key == name) return value;
            }
            return std::nullopt;
        });
    };
    CHECK(!read().stated);
    CHECK(!read().simulated());
    CHECK(read().campaign_key.empty());

    variables = {{"TENFOLD_BENCH_CAMPAIGN_KEY", "secret"}};
    CHECK(read().campaign_key == "secret");

    variables = {{"TENFOLD_BENCH_INSTANCE", "aws/g6.xlarge/us-east-1/use1-az4/spot"}};
    auto settings = read();
    REQUIRE(settings.stated);
    CHECK(settings.stated->provider == "aws");
    CHECK(settings.stated->instance_type == "g6.xlarge");
    CHECK(settings.stated->region == "us-east-1");
    CHECK(settings.stated->zone == "use1-az4");
    CHECK(settings.stated->lifecycle == lifecycle::spot);
    CHECK(settings.warnings.empty());

    variables = {{"TENFOLD_BENCH_INSTANCE", "oci/VM.GPU.A10.1///on_demand"}};
    settings = read();
    REQUIRE(settings.stated);
    CHECK(!settings.stated->region);
    CHECK(settings.stated->lifecycle == lifecycle::on_demand);

    for (const char* bad : {"AWS/x", "/g6", "aws/g6/r/z/spott", "aws/g6/r/z/spot/more", "aws/g 6", "aws/\x1b[31m"}) {
        variables = {{"TENFOLD_BENCH_INSTANCE", bad}};
        settings = read();
        CAPTURE(bad);
        CHECK(!settings.stated);
        REQUIRE(settings.warnings.size() == 1);
        CHECK(settings.warnings.front().find("Write provider/type/region/zone/lifecycle") != std::string::npos);
    }

    variables = {{"TENFOLD_BENCH_IMDS_BASE", "http://127.0.0.1:8080"}, {"TENFOLD_BENCH_SYSROOT", "/nowhere"}};
    settings = read();
    CHECK(settings.metadata_base->port == 8080);
    CHECK(settings.sysroot == "/nowhere");
    CHECK(settings.simulated());

    variables = {{"TENFOLD_BENCH_IMDS_BASE", "http://metadata.google.internal"}};
    settings = read();
    CHECK(!settings.metadata_base);
    CHECK(!settings.use_metadata);
    CHECK(settings.warnings.size() == 1);
}

}  // namespace tenfold::bench
