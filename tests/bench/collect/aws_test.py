# SPDX-License-Identifier: Apache-2.0
"""The way through AWS, played by moto: plan, emit, launch, measure, upload, lose a machine by a notice, replace it, fetch, collect,
compare.  [C17]

The emitted launcher launches at moto; each machine's user data is then run here, as that machine, with docker, aws and shutdown
played by small programs. Such records are INVALID, because made-up machines are, and collected and compared with --allow-invalid.
"""
import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

try:
    import boto3
    from moto.ec2.exceptions import EC2ClientError
    from moto.server import ThreadedMotoServer
except ImportError as gone:
    tools.missing(gone.name, "pip install -r tests/bench/tools.txt")

PROGRAM, CATALOG, METADATA_SERVER = sys.argv[1:4]
TYPE, REGION, BUCKET = "g6.xlarge", "us-east-1", "tenfold-test"  # the type that the metadata server's AWS says
IMAGE = "registry.example/tenfold-bench@sha256:" + "0" * 64
CASES = "^softmax:f32:1536x128:.*/cpu:baseline|^rms_norm:.*/cpu:baseline"
# What the boot script calls. Anything it is not asked for below is an error.
COMMANDS = {
    "shutdown": 'echo "$*" >>"$MACHINE/shutdown.log"',
    "chown": 'test "$*" = "10001:10001 $MACHINE/out"',
    "docker": f"""case $1 in
pull | stop) ;;
run)
  while [ "$1" != "{IMAGE}" ]; do echo "$1" >>"$MACHINE/docker.log"; shift; done
  shift
  exec "{PROGRAM}" "$@" --filter '{CASES}' --threads 1 $MORE_FLAGS ;;
*) exit 2 ;;
esac""",
    "aws": f"""exec "{sys.executable}" - "$@" <<'PYTHON'
import boto3, pathlib, sys
kind, verb, quiet, recursive, source, target = sys.argv[1:]
assert [kind, verb, quiet, recursive] == ["s3", "cp", "--only-show-errors", "--recursive"], sys.argv
bucket, prefix = target.removeprefix("s3://").split("/", 1)
assert prefix.endswith("/"), target
for file in sorted(pathlib.Path(source).rglob("*")):
    if file.is_file():
        boto3.client("s3").upload_file(str(file), bucket, prefix + str(file.relative_to(source)))
PYTHON""",
}


def run(*command, code=0, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=200, check=False, **options)
    assert done.returncode == code, (command, done.returncode, done.stdout, done.stderr)
    return done.stdout


class Account:
    """What the user has: credentials, a network, a bucket."""

    def __init__(self):
        self.ec2, self.s3, iam = boto3.client("ec2"), boto3.client("s3"), boto3.client("iam")
        self.s3.create_bucket(Bucket=BUCKET)
        iam.create_instance_profile(InstanceProfileName="tenfold")
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        group = self.ec2.create_security_group(GroupName="closed", Description="nothing comes in", VpcId=vpc)["GroupId"]
        image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        self.flags = ["--image-x86_64", image, "--subnet", subnet, "--security-group", group, "--instance-profile", "tenfold"]

    def launched(self, slot):
        """The machines of a slot, as EC2 describes them, and the script that each was given."""
        pages = self.ec2.describe_instances(Filters=[{"Name": "tag:slot", "Values": [slot]}])["Reservations"]
        return [(one, base64.b64decode(self.attribute(one, "userData")).decode()) for page in pages for one in page["Instances"]]

    def attribute(self, machine, name):
        key = name[0].upper() + name[1:]
        return self.ec2.describe_instance_attribute(InstanceId=machine["InstanceId"], Attribute=name)[key]["Value"]


def boot(root, machine, script, code, more_flags="--no-imds", **environment):
    """Runs the user data as that machine, whose disk is a folder that nobody sees afterwards."""
    folder = root / machine["InstanceId"]
    for made in ("bin", "sys/etc", "sys/proc/sys/kernel/random"):
        (folder / made).mkdir(parents=True)
    for name, body in COMMANDS.items():
        (folder / "bin" / name).write_text("#!/bin/bash\n" + body + "\n")
        (folder / "bin" / name).chmod(0o755)
    boot_id = folder / "sys/proc/sys/kernel/random/boot_id"
    boot_id.write_text(machine["InstanceId"] + "-boot\n")
    (folder / "sys/etc/machine-id").write_text(machine["InstanceId"] + "\n")
    script = script.replace("/proc/sys/kernel/random/boot_id", str(boot_id)).replace("/out", str(folder / "out"))
    output = run("bash", "-c", script, env={
        **os.environ, **environment, "MACHINE": str(folder), "MORE_FLAGS": more_flags, "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "TENFOLD_BENCH_SYSROOT": str(folder / "sys")})  # fmt: skip
    assert ("ended with code" in output) == (code != 0) and (code == 0 or f"code {code}" in output), output
    assert (folder / "shutdown.log").read_text().split("\n")[:2] == ["-h +" + script.split("MINUTES='")[1].split("'")[0], "-h now"]
    for guard in ("--read-only", "no-new-privileges", "10001:10001", "host"):
        assert guard in (folder / "docker.log").read_text().split(), guard


def fetch(client, folder):
    for found in client.list_objects_v2(Bucket=BUCKET, Prefix="records/").get("Contents", []):
        file = folder / found["Key"]
        file.parent.mkdir(parents=True, exist_ok=True)
        client.download_file(BUCKET, found["Key"], str(file))


def said(*command, code, **options):
    """What a command that must fail says of it."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=200, check=False, **options)
    assert done.returncode == code, (command, done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr


def refusals(root, plan, launch, slot):
    """What calling again can change ends with 75; what it cannot, with 65."""
    fresh = [*launch, "--only", slot, "--attempt", "3"]
    for code, name in ((75, "InsufficientInstanceCapacity"), (75, "VcpuLimitExceeded"), (65, "UnauthorizedOperation")):
        with mock.patch("moto.ec2.models.instances.InstanceBackend.run_instances", side_effect=EC2ClientError(name, "not now")):
            assert name in said(*fresh, code=code)
    for flag, wrong in (("--instance-profile", "no-such-profile"), ("--image-x86_64", "ami-00000000"), ("--subnet", "subnet-00000000")):
        error = said(*fresh, flag, wrong, code=65)
        assert f"{slot}: not launched" in error, error
    bare = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    error = said(*fresh, code=65, env={**bare, "HOME": str(root), "AWS_EC2_METADATA_DISABLED": "true"})
    assert "AWS_PROFILE" in error, error
    # Another plan under the same name: what is there is not what this plan is about.
    run(PROGRAM, "emit", "--target", "userdata", "--plan", plan, "--image", IMAGE.replace("0", "1"), "--store", f"s3://{BUCKET}/records",
        "--out", root / "other")  # fmt: skip
    for attempt in ("1", "3"):
        error = said(sys.executable, "-B", root / "other/launch.py", *launch[3:], "--only", slot, "--attempt", attempt, code=65)
        assert "another --campaign" in error, error


def way_through(root):
    account = Account()
    plan = root / "plan.json"
    run(PROGRAM, "plan", "--catalog", CATALOG, "--types", f"aws/{TYPE}", "--region", REGION, "--k", "2", "--suite", "quick", "--campaign",
        "run1", "--budget-usd", "10", "--allow-stale", "--allow-idle-gpus", "--out", plan)  # fmt: skip
    plan.write_text(plan.read_text().replace('"on_demand"', '"spot"'))
    run(PROGRAM, "emit", "--target", "userdata", "--plan", plan, "--image", IMAGE, "--store", f"s3://{BUCKET}/records", "--out", root / "deploy")
    launch = [sys.executable, "-B", root / "deploy/launch.py", *account.flags]
    slots = [slot["id"] for slot in json.loads(plan.read_text())["slots"]]
    assert len(run(*launch).splitlines()) == len(slots) == 2
    assert run(*launch).count("launched before") == 2  # again: nothing more is launched
    for slot in slots:
        [(machine, script)] = account.launched(slot)
        assert script == (root / "deploy" / (slot + ".sh")).read_text()
        assert machine["InstanceType"] == TYPE and machine["InstanceLifecycle"] == "spot", machine
        assert machine["MetadataOptions"]["HttpTokens"] == "required", machine
        assert account.attribute(machine, "instanceInitiatedShutdownBehavior") == "terminate"
        assert {"Key": "campaign", "Value": "run1"} in machine["Tags"], machine

    stated = {"TENFOLD_BENCH_INSTANCE": f"aws/{TYPE}/{REGION}//spot"}
    boot(root, *account.launched(slots[0])[0], code=0, **stated)
    # Slot 1 gets its notice from the metadata service, uploads what it has and ends; EC2 takes it away.
    [(taken, script)] = account.launched(slots[1])
    with subprocess.Popen([sys.executable, "-B", METADATA_SERVER, "aws-notice"], stdout=subprocess.PIPE, text=True) as server:
        try:
            where = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            boot(root, taken, script, code=75, more_flags="", TENFOLD_BENCH_IMDS_BASE=where)
        finally:
            server.kill()
    account.ec2.terminate_instances(InstanceIds=[taken["InstanceId"]])

    records = root / "fetched"
    fetch(account.s3, records)
    first = run(PROGRAM, "collect", records, "--allow-invalid", "--plan", plan, code=75)
    assert "to be finished" in first and f"1 more of aws/{TYPE}" in first, first
    run(*launch, "--only", slots[1], "--attempt", "2")
    [(replacement, script)] = [one for one in account.launched(slots[1]) if one[0]["State"]["Name"] != "terminated"]
    boot(root, replacement, script, code=0, **stated)
    fetch(account.s3, records)
    last = run(PROGRAM, "collect", records, "--allow-invalid", "--plan", plan)
    assert "2 of 2" in last and "not needed any more" in last, last
    assert f"aws/{TYPE}" in run(PROGRAM, "compare", records, "--allow-invalid")
    refusals(root, plan, launch, slots[0])
    print(last)


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        os.environ.update({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION,
                           "AWS_ENDPOINT_URL": f"http://{host}:{port}", "NO_PROXY": "127.0.0.1,localhost"})  # fmt: skip
        with tempfile.TemporaryDirectory() as name:
            way_through(Path(name))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
