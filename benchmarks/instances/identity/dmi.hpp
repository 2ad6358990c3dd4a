// SPDX-License-Identifier: Apache-2.0
// The strings that the firmware gives to the machine, and the rules by which a cloud is recognised in them.
#pragma once

#include <string>       // std::string
#include <string_view>  // std::string_view

#include "instances/facts/system_files.hpp"  // system_files

namespace tenfold::bench {

/// World-readable files of /sys/class/dmi/id; empty = not there, which says nothing (a container may hide the folder).
struct dmi_table {
    std::string sys_vendor, product_name, bios_version, chassis_asset_tag, board_asset_tag;
    std::string hypervisor_uuid;  // /sys/hypervisor/uuid, of Xen guests

    [[nodiscard]] bool empty() const;
};

dmi_table read_dmi(const system_files& files);

struct dmi_rule {
    enum class test { equals, contains, begins };
    std::string dmi_table::* field;
    test how;
    std::string_view text;

    [[nodiscard]] bool matches(const dmi_table& table) const;
};

}  // namespace tenfold::bench
