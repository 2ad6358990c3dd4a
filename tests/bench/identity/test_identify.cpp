// SPDX-License-Identifier: Apache-2.0
// The verb: the record's objects with all their keys, the text for people, and its options.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>   // std::chrono
#include <sstream>  // std::ostringstream

#include "bench/identity/file_tree.hpp"
#include "bench/identity/known_clouds.hpp"
#include "bench/identity/metadata_server.hpp"
#include "instances/identity/identify.hpp"

namespace tenfold::bench {
namespace {

std::string printed(const identify_options& options, const probe_settings& settings) {
    std::ostringstream out;
    CHECK(identify_command(options, settings, out) == 0);
    return out.str();
}

nlohmann::json printed_json(identify_options options, const probe_settings& settings) {
    options.json = true;
    return nlohmann::json::parse(printed(options, settings));
}

struct simulation {
    test::file_tree tree;
    test::metadata_server server{"aws"};
    probe_settings settings;

    simulation() {
        write_dmi(tree, test::known_clouds().front());
        tree.write("/etc/machine-id", "0123456789abcdef0123456789abcdef");
        tree.write("/proc/cpuinfo",
                   "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC "
                   "7R13\x1b[31m\nstepping\t: 1");
        tree.write("/proc/meminfo", "MemTotal:       16384000 kB");
        settings.sysroot = tree.root();
        settings.metadata_base = server.where();
    }
};

}  // namespace

TEST_CASE("JSON has every key of the record, null for what is unknown [C01]") {
    const simulation machine;
    identify_options options;
    options.isa_available = {"avx512", "avx2", "baseline"};
    options.nvml_library = TENFOLD_TEST_NVML;
    const auto document = printed_json(options, machine.settings);

    const auto& who = document.at("identity");
    CHECK(who.at("provider") == "aws");
    CHECK(who.at("instance_type") == "g6.xlarge");
    CHECK(who.at("region") == "us-east-1");
    CHECK(who.at("zone") == "use1-az4");
    CHECK(who.at("lifecycle") == "spot");
    CHECK(who.at("detected_by") == "dmi+metadata");
    CHECK(who.at("machine_hash").get<std::string>().size() == 16);
    CHECK(who.at("simulated") == true);
    CHECK(who.at("contradicted") == false);
    REQUIRE(who.at("steps").size() == 4);
    for (const auto& step : who.at("steps")) {
        CHECK(step.at("step").is_string());
        CHECK(step.at("outcome").is_string());
        CHECK(step.at("ms").is_number());
    }

    const auto& facts = document.at("machine");
    for (const char* key : {"cpu_model",    "vendor",     "family",    "model",      "stepping",      "sockets",       "cores",
                            "threads",      "smt",        "caches",    "numa_nodes", "isa_available", "affinity_cpus", "cgroup_cpu_quota",
                            "memory_bytes", "hypervisor", "container", "kernel",     "governor",      "gpus"}) {
        CAPTURE(key);
        CHECK(facts.contains(key));
    }
    CHECK(facts.at("isa_available") == nlohmann::json({"avx512", "avx2", "baseline"}));
    CHECK(facts.at("memory_bytes") == std::int64_t{16384000} * 1024);
    CHECK(facts.at("cores").is_null());
    CHECK(facts.at("cgroup_cpu_quota").is_null());
    REQUIRE(facts.at("gpus").size() == 1);
    const auto& gpu = facts.at("gpus").front();
    CHECK(gpu.at("compute_capability") == "8.0");
    CHECK(gpu.at("driver") == "580.65.06");
    CHECK(gpu.at("memory_bytes") == 42949672960);
    CHECK(!document.contains("noise"));
    options.check = true;
    CHECK(printed_json(options, machine.settings).at("noise").size() == 9);
}

TEST_CASE("text shows what is known, steps and noise on request, and nothing that steers a terminal [C01]") {
    const simulation machine;
    identify_options options;
    const auto plain = printed(options, machine.settings);
    CHECK(plain.find("aws (detected by: dmi+metadata)") != std::string::npos);
    CHECK(plain.find("g6.xlarge") != std::string::npos);
    CHECK(plain.find("AMD EPYC 7R13?[31m") != std::string::npos);
    CHECK(plain.find('\x1b') == std::string::npos);
    CHECK(plain.find("\nsteps\n") == std::string::npos);
    CHECK(plain.find("\nnoise\n") == std::string::npos);
    options.explain = options.check = true;
    const auto full = printed(options, machine.settings);
    CHECK(full.find("\nsteps\n") != std::string::npos);
    CHECK(full.find("hint: aws") != std::string::npos);
    CHECK(full.find("\nnoise\n") != std::string::npos);
}

TEST_CASE("--no-imds asks nobody [C01]") {
    simulation machine;
    identify_options options;
    options.no_imds = true;
    const auto who = printed_json(options, machine.settings).at("identity");
    CHECK(who.at("detected_by") == "dmi");
    CHECK(who.at("instance_type") == "g6.xlarge");
    CHECK(who.at("region").is_null());
    CHECK(machine.server.stop().empty());
}

TEST_CASE("warnings reach both forms [C01]") {
    simulation machine;
    machine.settings.stated = stated_instance{"aws", "p5.48xlarge", std::nullopt, std::nullopt, lifecycle::unknown};
    const auto who = printed_json({}, machine.settings).at("identity");
    CHECK(who.at("contradicted") == true);
    CHECK(who.at("detected_by") == "override");
    CHECK(who.at("warnings").size() == 1);
    CHECK(printed({}, machine.settings).find("warning: instance type contradicted") != std::string::npos);
}

TEST_CASE("this machine is identified in less than 2 s, whatever and wherever it is [C01]") {
    identify_options options;
    options.check = true;
    const auto begin = std::chrono::steady_clock::now();
    probe_settings real;
    const auto document = printed_json(options, real);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    CHECK(elapsed.count() < 2.0);
    CHECK(document.at("identity").at("simulated") == false);
    CHECK(document.at("machine").at("threads").get<int>() > 0);
    CHECK(document.at("machine").at("memory_bytes").get<std::int64_t>() > 0);
    CHECK(document.at("machine").at("kernel").is_string());
}

}  // namespace tenfold::bench
