// SPDX-License-Identifier: Apache-2.0
// The strings that the firmware gives to the machine, and the rules by which a cloud is recognised in them.
#include "instances/identity/dmi.hpp"

namespace tenfold::bench {

bool dmi_table::empty() const {
    return sys_vendor.empty() && product_name.empty() && bios_version.empty() && chassis_asset_tag.empty() && board_asset_tag.empty() &&
           hypervisor_uuid.empty();
}

dmi_table read_dmi(const system_files& files) {
    const auto read = [&](const char* name) { return files.line(std::string("/sys/class/dmi/id/") + name).value_or(""); };
    dmi_table table;
    table.sys_vendor = read("sys_vendor");
    table.product_name = read("product_name");
    table.bios_version = read("bios_version");
    table.chassis_asset_tag = read("chassis_asset_tag");
    table.board_asset_tag = read("board_asset_tag");
    table.hypervisor_uuid = files.line("/sys/hypervisor/uuid").value_or("");
    return table;
}

bool dmi_rule::matches(const dmi_table& table) const {
    const std::string& value = table.*field;
    switch (how) {
        case test::equals: return value == text;
        case test::contains: return value.find(text) != std::string::npos;
        case test::begins: break;
    }
    return value.compare(0, text.size(), text) == 0;
}

}  // namespace tenfold::bench
