// SPDX-License-Identifier: Apache-2.0
// What runs on a machine, the same for every target that boots machines.
#include <fmt/format.h>
#include <algorithm>  // std::find_if

#include "instances/emit/target.hpp"  // measuring_script

namespace tenfold::bench {

std::vector<std::string> measuring_arguments(const bench_plan& plan, const plan_slot& slot, const std::string& out) {
    // 12 s are enough everywhere: the shortest notice is that of Google's Kubernetes, 15 s for spot pods.
    // No --price: it would turn the plan's price, old or estimated as it may be, into one that its user states today.
    return {"run", "--suite", plan.suite, "--quiet", "--resume", "--grace", "12", "--out", out + "/" + slot.id + ".json"};
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
# The dead-man switch comes first: whatever happens below, the machine shuts down.
shutdown -h "+${MINUTES}"

mkdir -p /out
chown 10001:10001 /out

# Records are written once: every boot has a folder of its own, so nothing is overwritten.
boot=$(tr -d - </proc/sys/kernel/random/boot_id | cut -c1-12)
finish() {
  # Ending the docker client does not end the container.
  docker stop -t 20 tenfold-bench >/dev/null 2>&1 || true
  until timeout 60 aws s3 cp --only-show-errors --recursive /out "${STORE}/${boot}/"; do
    sleep 10 # until the switch ends the machine
  done
  shutdown -h now
}
trap finish EXIT

gpu_flags=()
if [ -n "${GPUS}" ]; then gpu_flags=(--gpus "${GPUS}"); fi
read -r -a arguments <<<"${ARGUMENTS}"

docker pull --quiet "${IMAGE}"
# The last two minutes before the switch belong to the upload.
left=$((MINUTES * 60 - SECONDS - 120))
if ((left < 1)); then
  echo "no time is left to measure"
  exit 1
fi
# Host network: behind a bridge, the metadata service that announces an interruption is one hop too far.
timeout --signal=TERM --kill-after=30 "${left}" \
  docker run --rm --name tenfold-bench --network host --read-only --cap-drop ALL \
  --security-opt no-new-privileges --user 10001:10001 --ulimit memlock=-1 \
  --mount type=bind,source=/out,target=/out "${gpu_flags[@]}" "${IMAGE}" "${arguments[@]}" ||
  echo "tenfold-bench ended with code $?" # 75: interrupted, 124: out of time; what it has is uploaded all the same
)sh";
}

}  // namespace tenfold::bench
