// SPDX-License-Identifier: Apache-2.0
// User data: one script per machine, to be given to it at its launch.
#include "instances/emit/list.hpp"  // userdata

namespace tenfold::bench {
namespace {

constexpr const char* launch_note =
    "# On EC2, launch on-demand machines with --instance-initiated-shutdown-behavior terminate: by default a shutdown only stops\n"
    "# them, and their disks stay on the bill.\n";

emitted_files make_userdata(const emit_request& request) {
    emitted_files files;
    for (const plan_slot& slot : request.plan.slots) {
        std::string script = "#!/bin/bash\n# " + slot.provider + "/" + slot.type + ", slot " + slot.id + "\n" + launch_note;
        for (const auto& [name, value] : script_variables(request, slot)) script += name + "='" + value + "'\n";
        files[slot.id + ".sh"] = script + measuring_script();
    }
    return files;
}

}  // namespace

emit_target targets::userdata() {
    return {"userdata", "A boot script per machine, for a launch by hand or by any tool", make_userdata, true};
}

}  // namespace tenfold::bench
