// SPDX-License-Identifier: Apache-2.0
// SkyPilot: a task per machine. A list of types in one task would measure whichever came first.
#include <fmt/format.h>

#include "instances/emit/list.hpp"  // skypilot

namespace tenfold::bench {
namespace {

constexpr std::string_view task = R"yaml(name: @NAME@
resources:
  infra: @PROVIDER@@REGION@
  instance_type: "@TYPE@"
  use_spot: @SPOT@
  disk_size: 64
  autostop:
    idle_minutes: 5
    down: true
  job_recovery:
    strategy: EAGER_NEXT_REGION
    max_restarts_on_errors: 0
num_nodes: 1
file_mounts:
  /out:
    source: s3://@BUCKET@/@PREFIX@/@CAMPAIGN@/@SLOT@
    mode: MOUNT
run: |
  # The task ends in time, and SkyPilot then takes the machine down. A shutdown from inside would look like an interruption
  # and be answered with another machine.
  trap 'docker stop -t 20 tenfold-bench >/dev/null 2>&1 || true' EXIT
  timeout --signal=TERM --kill-after=30 @MINUTES@m \
    docker run --rm --name tenfold-bench --network host --read-only --cap-drop ALL --security-opt no-new-privileges \
    --user "$(id -u):$(id -g)" --ulimit memlock=-1 --env TENFOLD_BENCH_INSTANCE='@INSTANCE@' \
    --mount type=bind,source=/out,target=/out @GPUS@@IMAGE@ \
    @ARGUMENTS@
)yaml";

emitted_files make_skypilot(const emit_request& request) {
    emitted_files files;
    for (const plan_slot& slot : request.plan.slots)
        files[slot.id + ".yaml"] = filled(task, {{"NAME", "tenfold-" + request.plan.campaign + "-" + slot.id},
                                                 {"PROVIDER", slot.provider},
                                                 {"REGION", slot.region.empty() ? "" : "/" + slot.region},
                                                 {"TYPE", slot.type},
                                                 {"SPOT", slot.allocation == "spot" ? "true" : "false"},
                                                 {"BUCKET", request.bucket},
                                                 {"PREFIX", request.prefix},
                                                 {"CAMPAIGN", request.plan.campaign},
                                                 {"SLOT", slot.id},
                                                 {"MINUTES", std::to_string(slot.minutes)},
                                                 {"INSTANCE", instance_statement(slot)},
                                                 {"GPUS", slot.accelerators > 0 ? "--gpus all " : ""},
                                                 {"IMAGE", request.image},
                                                 {"ARGUMENTS", measuring_command(request.plan, slot, "/out")}});
    return files;
}

}  // namespace

emit_target targets::skypilot() { return {"skypilot", "A task per machine, for `sky jobs launch`", make_skypilot}; }

}  // namespace tenfold::bench
