// SPDX-License-Identifier: Apache-2.0
// Ids, keys and addresses stay in the process: the made-up clouds are full of canaries, and no output may sing.
#include <doctest/doctest.h>

#include <algorithm>  // std::transform
#include <set>        // std::set
#include <sstream>    // std::ostringstream

#include "bench/identity/file_tree.hpp"
#include "bench/identity/known_clouds.hpp"
#include "bench/identity/metadata_server.hpp"
#include "instances/identity/identify.hpp"
#include "instances/identity/machine_hash.hpp"

namespace tenfold::bench {
namespace {

constexpr const char* guessable_id = "40404040404";

// Everything that `identify` can print about this machine: text and JSON, with every option.
std::string everything_printed(probe_settings settings, const std::string& campaign_key) {
    settings.campaign_key = campaign_key;
    std::ostringstream out;
    for (const bool json : {false, true}) {
        identify_options options;
        options.json = json;
        options.explain = options.check = true;
        options.nvml_library = TENFOLD_TEST_NVML;  // its UUID is a canary
        CHECK(identify_command(options, settings, out) == 0);
    }
    auto text = out.str();
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

void write_secrets(test::file_tree& tree) {
    tree.write("/etc/machine-id", "cana0000cana0000cana0000cana0000").write("/proc/sys/kernel/random/boot_id", "b007b007-canary");
    tree.write("/sys/class/dmi/id/product_uuid", "canary").write("/sys/class/dmi/id/product_serial", "canary");
    tree.write("/sys/class/dmi/id/chassis_serial", "canary").write("/proc/sys/kernel/hostname", "canary").write("/etc/hostname", "canary");
}

}  // namespace

TEST_CASE("no id, key or address of any cloud is printed [C04]") {
    for (const auto& cloud : test::known_clouds()) {
        for (const bool hinted : {true, false}) {
            test::file_tree tree;
            write_secrets(tree);
            if (hinted) write_dmi(tree, cloud);
            const test::metadata_server server(cloud.mode);
            probe_settings settings;
            settings.sysroot = tree.root();
            settings.metadata_base = server.where();
            const auto printed = everything_printed(settings, "");
            CAPTURE(cloud.provider);
            CAPTURE(hinted);
            CHECK(printed.find("\"provider\": \"" + cloud.provider + "\"") != std::string::npos);
            for (const char* secret : {"canary", "cana0000", "b007b007", "203.0.113.77", guessable_id, "127.0.0.1", "ssh-rsa"}) {
                CAPTURE(secret);
                CHECK(printed.find(secret) == std::string::npos);
            }
        }
    }
}

TEST_CASE("what a user states wrongly is not echoed raw [C04]") {
    probe_settings settings = read_probe_settings([](const char* name) -> std::optional<std::string> {
        if (std::string(name) == "TENFOLD_BENCH_INSTANCE") return "aws/canary\x1b[31m secret";
        return std::nullopt;
    });
    settings.use_metadata = false;
    test::file_tree tree;
    settings.sysroot = tree.root();
    CHECK(everything_printed(settings, "").find("canary") == std::string::npos);
}

TEST_CASE("the hash is HMAC-SHA-256, cut to 16 digits [C04]") {
    // RFC 4231, test cases 1, 2 and 6.
    CHECK(short_hmac(std::string(20, '\x0b'), "Hi There") == "b0344c61d8db3853");
    CHECK(short_hmac("Jefe", "what do ya want for nothing?") == "5bdcc146bf60754e");
    CHECK(short_hmac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") == "60e431591ee0b67f");
}

TEST_CASE("machines are told apart, keys separate campaigns, guessable ids never stand alone [C04]") {
    test::file_tree bare, rich, other;
    bare.write("/proc/sys/kernel/random/boot_id", "boot-1");
    rich.write("/proc/sys/kernel/random/boot_id", "boot-1").write("/etc/machine-id", "id-1");
    other.write("/proc/sys/kernel/random/boot_id", "boot-2").write("/etc/machine-id", "id-2");
    const system_files bare_files(bare.root()), rich_files(rich.root()), other_files(other.root());
    const std::optional<std::string> id = "i-0123456789abcdef0", digits = guessable_id, none;

    // The cloud's id decides, whatever image or boot.
    CHECK(hash_machine(bare_files, "", "aws", id).machine == hash_machine(other_files, "", "aws", id).machine);
    CHECK(hash_machine(bare_files, "", "aws", id).boot != hash_machine(other_files, "", "aws", id).boot);
    // Digits are salted by random ids of the system unless a key is given.
    CHECK(hash_machine(bare_files, "", "vultr", digits).machine != hash_machine(other_files, "", "vultr", digits).machine);
    // Eight hex digits are tried in seconds, counted ids in less: the random id of the system must be part of the hash.
    for (const char* counted : {"i-0000002a", "i-1a2b3c4d", "instance-0000002a", "00000000-0000-0000-0000-00000000002a", "4a-b3c2d1", ""}) {
        CAPTURE(counted);
        CHECK(hash_machine(bare_files, "", "openstack", counted).machine != hash_machine(other_files, "", "openstack", counted).machine);
    }
    const std::string uuid = "9f1b6a52-3c0d-4e7f-8a21-5d6e7f8091a2";
    CHECK(hash_machine(bare_files, "", "azure", uuid).machine == hash_machine(other_files, "", "azure", uuid).machine);
    CHECK(hash_machine(bare_files, "secret", "vultr", digits).machine == hash_machine(other_files, "secret", "vultr", digits).machine);

    const std::set<std::string> distinct = {
        hash_machine(bare_files, "", "aws", id).machine,    hash_machine(bare_files, "", "gcp", id).machine,
        hash_machine(bare_files, "key", "aws", id).machine, hash_machine(bare_files, "", "vultr", digits).machine,
        hash_machine(bare_files, "", "aws", none).machine,  hash_machine(rich_files, "", "aws", none).machine,
        hash_machine(other_files, "", "aws", none).machine,
    };
    CHECK(distinct.size() == 6);  // without machine-id, a guessable id is not used at all: two of the seven are the boot alone
    CHECK(hash_machine(bare_files, "", "vultr", digits).machine == hash_machine(bare_files, "", "vultr", none).machine);

    const test::file_tree nothing;
    const auto hashes = hash_machine(system_files(nothing.root()), "", "unknown", none);
    CHECK(hashes.machine.empty());
    CHECK(hashes.boot.empty());
}

}  // namespace tenfold::bench
