// SPDX-License-Identifier: Apache-2.0
// The firmware's strings: every rule of every provider, and machines that only look like a cloud.
#include <doctest/doctest.h>

#include <algorithm>  // std::count_if, std::any_of

#include "bench/identity/file_tree.hpp"
#include "bench/identity/known_clouds.hpp"
#include "instances/identity/probe.hpp"
#include "instances/identity/providers/list.hpp"

namespace tenfold::bench {
namespace {

using test::file_tree;

identity probe_firmware(const file_tree& tree) {
    probe_settings settings;
    settings.sysroot = tree.root();
    return probe_identity(system_files(tree.root()), settings);
}

std::vector<std::string> providers_matching(const dmi_table& table) {
    std::vector<std::string> names;
    for (const auto* const provider : all_providers) {
        if (std::any_of(provider->dmi.begin(), provider->dmi.end(), [&](const dmi_rule& rule) { return rule.matches(table); }))
            names.emplace_back(provider->name);
    }
    return names;
}

}  // namespace

TEST_CASE("every provider has a firmware rule, and its made-up machine matches it alone [C02]") {
    for (const auto& cloud : test::known_clouds()) {
        CAPTURE(cloud.provider);
        file_tree tree;
        write_dmi(tree, cloud);
        const auto names = providers_matching(read_dmi(system_files(tree.root())));
        const bool is_openstack = cloud.provider == "openstack" || cloud.provider == "ovhcloud";
        if (is_openstack) {  // one firmware, many owners: only the service can tell
            CHECK(names == std::vector<std::string>{"ovhcloud", "openstack"});
            CHECK(probe_firmware(tree).provider == "unknown");
        } else {
            CHECK(names == std::vector<std::string>{cloud.provider});
            const auto who = probe_firmware(tree);
            CHECK(who.provider == cloud.provider);
            CHECK(who.instance_type.value_or("") == cloud.type_from_dmi);
            CHECK(who.detected_by == detection::dmi);
        }
    }
    for (const auto* const provider : all_providers) CHECK_MESSAGE(!provider->dmi.empty(), provider->name);
}

TEST_CASE("older AWS machines are Xen guests, whose firmware does not name the type [C02]") {
    file_tree by_bios, by_uuid;
    by_bios.write("/sys/class/dmi/id/sys_vendor", "Xen")
        .write("/sys/class/dmi/id/product_name", "HVM domU")
        .write("/sys/class/dmi/id/bios_version", "4.11.amazon");
    by_uuid.write("/sys/hypervisor/uuid", "ec2e1916-9099-7caf-fd21-012345abcdef");
    for (const auto* const tree : {&by_bios, &by_uuid}) {
        const auto who = probe_firmware(*tree);
        CHECK(who.provider == "aws");
        CHECK(!who.instance_type);
    }
}

TEST_CASE("firmware that is no cloud's gives no hint [C02]") {
    const std::pair<const char*, const char*> rows[] = {
        {"sys_vendor", "Microsoft Corporation"},   // Hyper-V without Azure's tag
        {"chassis_asset_tag", "7783-7084"},        // a part of it
        {"sys_vendor", "Google"},                  // a Chromebook
        {"sys_vendor", "QEMU"},
        {"product_name", "Standard PC (Q35 + ICH9, 2009)"},
        {"bios_version", "4.11"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.second);
        file_tree tree;
        tree.write(std::string("/sys/class/dmi/id/") + row.first, row.second);
        const auto who = probe_firmware(tree);
        CHECK(who.provider == "unknown");
        CHECK(who.steps.front().outcome == "no known cloud: no hint");
    }
    const file_tree hidden;
    CHECK(probe_firmware(hidden).steps.front().outcome == "not readable: no hint");
}

}  // namespace tenfold::bench
