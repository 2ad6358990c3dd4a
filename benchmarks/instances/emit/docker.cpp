// SPDX-License-Identifier: Apache-2.0
// A Dockerfile that builds the program from source, and a script that runs a plan's slot in it.
#include <fmt/format.h>

#include "instances/emit/list.hpp"  // docker

namespace tenfold::bench {
namespace {

constexpr std::string_view dockerfile = R"docker(# Build in the root of the source tree:
#   docker build -f Dockerfile --build-arg BASE=docker.io/library/debian:12-slim@sha256:... -t tenfold-bench .
# The base image is an argument without a default: name it with its digest, so that a rebuild gives the same image.
ARG BASE
FROM ${BASE} AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      g++ cmake ninja-build ca-certificates git libtbb-dev libbenchmark-dev libcurl4-openssl-dev nlohmann-json3-dev libcli11-dev \
      libfmt-dev libssl-dev \
    && rm -rf /var/lib/apt/lists/*
COPY . /src
# No -march: the program chooses its instruction set where it runs, so one image can be compared across machines.
RUN cmake -S /src -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DTENFOLD_BUILD_TESTS=OFF -DTENFOLD_BUILD_EXAMPLES=OFF \
    && cmake --build /build --target tenfold-bench

ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends libtbb12 libbenchmark1debian libcurl4 libfmt9 libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin bench && install -d -o bench -g bench /out
COPY --from=build /build/benchmarks/tenfold-bench /usr/local/bin/tenfold-bench
LABEL org.opencontainers.image.title="tenfold-bench" org.opencontainers.image.licenses="Apache-2.0"
# With the NVIDIA container toolkit: compute for kernels, utility for the driver's facts.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER 10001:10001
VOLUME /out
STOPSIGNAL SIGTERM
ENTRYPOINT ["tenfold-bench"]
)docker";

constexpr std::string_view run_script = R"sh(#!/bin/bash
# Measures this machine as one slot of the plan: run.sh SLOT IMAGE@sha256:DIGEST [FOLDER]
set -euo pipefail
slot=${1:?the slot, see the list below}
image=${2:?the image with its digest}
out=$(realpath "${3:-.}")
case "${image}" in *@sha256:*) ;; *)
  echo "run.sh: give the image with its digest: NAME@sha256:..." >&2
  exit 64
  ;;
esac
gpu_flags=()
case "${slot}" in
@CASES@
  *)
    echo "run.sh: no slot ${slot}; the plan has: @SLOTS@" >&2
    exit 64
    ;;
esac
# The dead-man switch is one for the container: `timeout` tells it to end, and kills docker's client half a minute later. A
# container outlives its client, so it is stopped by its name whatever happened. This machine itself stays on.
name="tenfold-bench-${slot}"
trap 'docker stop -t 20 "${name}" >/dev/null 2>&1 || true' EXIT
timeout --signal=TERM --kill-after=30 "${minutes}m" \
  docker run --rm --name "${name}" --network host --read-only --cap-drop ALL --security-opt no-new-privileges \
  --user "$(id -u):$(id -g)" --ulimit memlock=-1 --env TENFOLD_BENCH_INSTANCE="${instance}" \
  --mount "type=bind,source=${out},target=/out" "${gpu_flags[@]}" "${image}" "${arguments[@]}"
)sh";

emitted_files make_docker(const emit_request& request) {
    std::string cases, names;
    for (const plan_slot& slot : request.plan.slots) {
        names += (names.empty() ? "" : " ") + slot.id;
        cases += fmt::format("{}  {})\n    minutes={}\n    instance='{}'\n    arguments=({})\n{}    ;;", cases.empty() ? "" : "\n", slot.id,
                             slot.minutes, instance_statement(slot), measuring_command(request.plan, slot, "/out"),
                             slot.accelerators > 0 ? "    gpu_flags=(--gpus all)\n" : "");
    }
    return {{"Dockerfile", std::string(dockerfile)},
            {"Dockerfile.dockerignore", "build\n.git\n"},
            {"run.sh", filled(run_script, {{"CASES", cases}, {"SLOTS", names}})}};
}

}  // namespace

emit_target targets::docker() {
    return {"docker", "A Dockerfile, and a script that measures the machine it runs on", make_docker, false, false, false};
}

}  // namespace tenfold::bench
