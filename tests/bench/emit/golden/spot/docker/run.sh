#!/bin/bash
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
  m8i-xlarge-0)
    minutes=30
    instance='aws/m8i.xlarge/us-east-1//spot'
    arguments=(run --suite standard --quiet --resume --grace 12 --out /out/m8i-xlarge-0.json)
    ;;
  *)
    echo "run.sh: no slot ${slot}; the plan has: m8i-xlarge-0" >&2
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
