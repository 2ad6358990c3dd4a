#!/bin/bash
# aws/m8i.xlarge, slot m8i-xlarge-0
# launch.py gives this to its machine. Launched otherwise, on-demand machines of EC2 need
# --instance-initiated-shutdown-behavior terminate: by default a shutdown only stops them, and their disks stay on the bill.
MINUTES='30'
IMAGE='registry.example/tenfold-bench@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
GPUS=''
ARGUMENTS='run --suite standard --quiet --resume --grace 12 --out /out/m8i-xlarge-0.json'
STORE='s3://records-bucket/tenfold/c1/m8i-xlarge-0'
# Needs docker and the aws command on the image. Variables: MINUTES IMAGE GPUS ARGUMENTS STORE.
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
