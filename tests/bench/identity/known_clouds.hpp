// SPDX-License-Identifier: Apache-2.0
// What the made-up services of metadata_server.py should be recognised as, and the firmware strings that go with them.
#pragma once

#include <string>   // std::string
#include <utility>  // std::pair
#include <vector>   // std::vector

#include "bench/identity/file_tree.hpp"

namespace tenfold::bench::test {

struct known_cloud {
    std::string mode;  // of metadata_server.py
    std::string provider, instance_type, region, zone, lifecycle;  // empty: not known from the service
    std::vector<std::pair<std::string, std::string>> dmi;          // file of /sys/class/dmi/id -> content
    std::string type_from_dmi;                                     // what the firmware alone says
};

/// One row per provider; a new provider needs one here and a mode in metadata_server.py.
inline const std::vector<known_cloud>& known_clouds() {
    static const std::vector<known_cloud> rows = {
        {"aws",
         "aws",
         "g6.xlarge",
         "us-east-1",
         "use1-az4",
         "spot",
         {{"sys_vendor", "Amazon EC2"}, {"product_name", "g6.xlarge"}, {"board_asset_tag", "i-0canary0123456789"}},
         "g6.xlarge"},
        {"gcp",
         "gcp",
         "g2-standard-4",
         "us-central1",
         "us-central1-a",
         "spot",
         {{"sys_vendor", "Google"}, {"product_name", "Google Compute Engine"}},
         ""},
        {"azure",
         "azure",
         "Standard_NC4as_T4_v3",
         "eastus",
         "2",
         "spot",
         {{"sys_vendor", "Microsoft Corporation"}, {"chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77"}},
         ""},
        {"oci", "oci", "VM.GPU.A10.1", "us-phoenix-1", "PHX-AD-1", "unknown", {{"chassis_asset_tag", "OracleCloud.com"}}, ""},
        {"alibaba",
         "alibaba",
         "ecs.gn7i-c8g1.2xlarge",
         "cn-hangzhou",
         "cn-hangzhou-h",
         "unknown",
         {{"product_name", "Alibaba Cloud ECS"}},
         ""},
        {"scaleway", "scaleway", "L4-1-24G", "fr-par", "fr-par-2", "unknown", {{"sys_vendor", "Scaleway"}}, ""},
        {"hetzner", "hetzner", "", "eu-central", "fsn1-dc14", "unknown", {{"sys_vendor", "Hetzner"}, {"product_name", "vServer"}}, ""},
        {"vultr", "vultr", "", "EWR", "", "unknown", {{"sys_vendor", "Vultr"}}, ""},
        {"upcloud", "upcloud", "", "us-chi1", "", "unknown", {{"sys_vendor", "UpCloud"}}, ""},
        {"digitalocean", "digitalocean", "", "nyc3", "", "unknown", {{"sys_vendor", "DigitalOcean"}, {"product_name", "Droplet"}}, ""},
        {"outscale",
         "outscale",
         "tinav5.c4r8p1",
         "eu-west-2",
         "eu-west-2a",
         "unknown",
         {{"sys_vendor", "3DS Outscale"}, {"product_name", "3DS Outscale VM"}},
         ""},
        {"ovhcloud",
         "ovhcloud",
         "t1-le-45",
         "",
         "",
         "unknown",
         {{"sys_vendor", "OpenStack Foundation"}, {"product_name", "OpenStack Nova"}},
         ""},
        {"openstack",
         "openstack",
         "m1.large",
         "",
         "nova",
         "unknown",
         {{"sys_vendor", "OpenStack Foundation"}, {"product_name", "OpenStack Compute"}},
         ""},
    };
    return rows;
}

inline void write_dmi(file_tree& tree, const known_cloud& cloud) {
    for (const auto& [file, content] : cloud.dmi) tree.write("/sys/class/dmi/id/" + file, content);
}

}  // namespace tenfold::bench::test
