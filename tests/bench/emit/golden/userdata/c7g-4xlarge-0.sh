#!/bin/bash
# aws/c7g.4xlarge, slot c7g-4xlarge-0
MINUTES='30'
IMAGE='registry.example/tenfold-bench@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
GPUS=''
ARGUMENTS='run --suite standard --price 0.58 --quiet --resume --grace 12 --out /out/c7g-4xlarge-0.json'
STORE='s3://records-bucket/tenfold/c1/c7g-4xlarge-0'
# Needs docker and the aws command on the image. Variables: MINUTES IMAGE GPUS ARGUMENTS STORE.
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
