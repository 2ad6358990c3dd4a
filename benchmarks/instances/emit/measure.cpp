// SPDX-License-Identifier: Apache-2.0
// What runs on a machine, the same for every target that boots machines.
#include <fmt/format.h>
#include <algorithm>  // std::find_if

#include "instances/emit/target.hpp"  // measuring_script

namespace tenfold::bench {

std::vector<std::string> measuring_arguments(const bench_plan& plan, const plan_slot& slot, const std::string& out) {
    // 12 s are enough everywhere: the shortest notice is that of Google's Kubernetes, 15 s for spot pods.
    return {"run",      "--suite", plan.suite, "--price", slot.per_hour.text(),         "--quiet",
            "--resume", "--grace", "12",       "--out",   out + "/" + slot.id + ".json"};
}

std::string measuring_command(const bench_plan& plan, const plan_slot& slot, const std::string& out) {
    std::string command;
    for (const std::string& argument : measuring_arguments(plan, slot, out)) command += (command.empty() ? "" : " ") + argument;
    return command;
}

std::string instance_statement(const plan_slot& slot) {
    return fmt::format("{}/{}/{}//{}", slot.provider, slot.type, slot.region, slot.allocation);
}

std::vector<std::pair<std::string, std::vector<plan_slot>>> slots_by_type(const bench_plan& plan) {
    std::vector<std::pair<std::string, std::vector<plan_slot>>> groups;
    for (const plan_slot& slot : plan.slots) {
        const std::string type = slot.provider + "/" + slot.type;
        auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == type; });
        if (found == groups.end()) found = groups.insert(groups.end(), {type, {}});
        found->second.push_back(slot);
    }
    return groups;
}

std::vector<std::pair<std::string, std::string>> script_variables(const emit_request& request, const plan_slot& slot) {
    return {{"MINUTES", std::to_string(slot.minutes)},
            {"IMAGE", request.image},
            {"GPUS", slot.accelerators > 0 ? "all" : ""},
            {"ARGUMENTS", measuring_command(request.plan, slot, "/out")},
            {"STORE", fmt::format("s3://{}/{}/{}/{}", request.bucket, request.prefix, request.plan.campaign, slot.id)}};
}

std::string measuring_script() {
    return R"sh(# Needs docker and the aws command on the image. Variables: MINUTES IMAGE GPUS ARGUMENTS STORE.
set -euo pipefail
# The dead-man switch comes first: whatever happens below, the machine ends.
shutdown -h "+${MINUTES}"

mkdir -p /out
chown 10001:10001 /out

# Records are written once: every boot has a folder of its own, so nothing is overwritten.
boot=$(tr -d - </proc/sys/kernel/random/boot_id | cut -c1-12)
finish() {
  aws s3 cp --only-show-errors --recursive /out "${STORE}/${boot}/" || true
  shutdown -h now
}
trap finish EXIT

gpu_flags=()
if [ -n "${GPUS}" ]; then gpu_flags=(--gpus "${GPUS}"); fi
read -r -a arguments <<<"${ARGUMENTS}"

docker pull --quiet "${IMAGE}"
# Host network: behind a bridge, the metadata service that announces an interruption is one hop too far.
docker run --rm --name tenfold-bench --network host --read-only --cap-drop ALL \
  --security-opt no-new-privileges --user 10001:10001 --ulimit memlock=-1 \
  --mount type=bind,source=/out,target=/out "${gpu_flags[@]}" "${IMAGE}" "${arguments[@]}" ||
  echo "tenfold-bench ended with code $?"  # 75: interrupted, what it has is uploaded all the same
)sh";
}

}  // namespace tenfold::bench
