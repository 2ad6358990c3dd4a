# SPDX-License-Identifier: Apache-2.0
"""The way through AWS, played by moto: machines are launched, measure, upload by --on-checkpoint, one is taken away and replaced,
the records are fetched, collected and compared.  [C17]

Each machine is a made-up one on this computer, so its records are INVALID and compared with --allow-invalid.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

try:
    import boto3
    from moto.server import ThreadedMotoServer
except ImportError as gone:
    tools.missing(gone.name, "pip install -r tests/bench/tools.txt")

PROGRAM = sys.argv[1]
TYPE, REGION, BUCKET, PREFIX = "c7i.large", "us-east-1", "tenfold-test", "run1/"
FLAGS = ["run", "--quick", "--filter", "^softmax:f32:1536x128:.*/cpu:baseline|^rms_norm:.*/cpu:baseline", "--threads", "1", "--no-imds"]
UPLOAD = """import boto3, os, pathlib
client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
folder = pathlib.Path(os.environ["MACHINE_FOLDER"])
for file in folder.rglob("*.json*"):
    if file.is_file():
        client.upload_file(str(file), "tenfold-test", "run1/" + str(file.relative_to(folder)))
"""


class Machine:
    """What an instance of that id would do, in a folder that is lost with it."""

    def __init__(self, root, instance, environment):
        self.folder = root / instance
        sysroot = root / (instance + "-system")
        (sysroot / "etc").mkdir(parents=True)
        (sysroot / "proc/sys/kernel/random").mkdir(parents=True)
        (sysroot / "etc/machine-id").write_text(instance + "\n")
        (sysroot / "proc/sys/kernel/random/boot_id").write_text(instance + "-boot\n")
        self.folder.mkdir()
        self.environment = {**environment, "TENFOLD_BENCH_SYSROOT": str(sysroot), "MACHINE_FOLDER": str(self.folder),
                            "TENFOLD_BENCH_INSTANCE": f"aws/{TYPE}/{REGION}//spot"}

    def start(self, slot):
        (self.folder / slot).mkdir(parents=True, exist_ok=True)
        upload = self.folder.parent / "upload.py"
        upload.write_text(UPLOAD)
        return subprocess.Popen([PROGRAM, *FLAGS, "--resume", "--out", str(self.folder / slot / "record.json"), "--on-checkpoint",
                                 f"{sys.executable} {upload}"], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def fetch(client, folder):
    for found in client.list_objects_v2(Bucket=BUCKET, Prefix=PREFIX).get("Contents", []):
        file = folder / found["Key"].removeprefix(PREFIX)
        file.parent.mkdir(parents=True, exist_ok=True)
        client.download_file(BUCKET, found["Key"], str(file))


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION,
                       "AWS_ENDPOINT_URL": f"http://{host}:{port}", "NO_PROXY": "127.0.0.1,localhost"}
        os.environ.update(environment)
        ec2 = boto3.client("ec2", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name=REGION)
        s3 = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name=REGION)
        s3.create_bucket(Bucket=BUCKET)

        def launch():
            image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
            return ec2.run_instances(ImageId=image, InstanceType=TYPE, MinCount=1, MaxCount=1,
                                     InstanceMarketOptions={"MarketType": "spot"})["Instances"][0]["InstanceId"]

        with tempfile.TemporaryDirectory() as name:
            root, local = Path(name), Path(name) / "records"
            local.mkdir()
            # Slot 0 measures to the end.
            with Machine(root, launch(), environment).start("0") as program:
                output, errors = program.communicate(timeout=120)
            assert program.returncode == 0, (output, errors)
            # Slot 1 is taken away with a notice, and its folder with it.
            taken = launch()
            machine = Machine(root, taken, environment)
            with machine.start("1") as program:
                # As soon as its journal has a head: the roofs are measured then, and no case is finished.
                while program.poll() is None and not any(file.stat().st_size for file in machine.folder.rglob("*.jsonl")):
                    time.sleep(0.005)
                program.send_signal(signal.SIGTERM)
                output, errors = program.communicate(timeout=120)
            assert program.returncode == 75, (program.returncode, output, errors)
            ec2.terminate_instances(InstanceIds=[taken])
            fetch(s3, local)
            expect = ["--expect", f"aws/{TYPE}=2"]
            first = subprocess.run([PROGRAM, "collect", str(local), *expect], capture_output=True, text=True, check=False)
            assert first.returncode == 75, (first.stdout, first.stderr)
            assert "to be finished" in first.stdout and f"1 more of aws/{TYPE}" in first.stdout, first.stdout
            # Another machine takes the slot over from what was uploaded.
            replacement = Machine(root, launch(), environment)
            fetch(s3, replacement.folder)
            with replacement.start("1") as program:
                output, errors = program.communicate(timeout=120)
            assert program.returncode == 0, (output, errors)
            fetch(s3, local)
            last = subprocess.run([PROGRAM, "collect", str(local), *expect], capture_output=True, text=True, check=False)
            assert last.returncode == 0, (last.stdout, last.stderr)
            compared = subprocess.run([PROGRAM, "compare", str(local), "--allow-invalid"], capture_output=True, text=True, check=False)
            assert compared.returncode == 0 and f"aws/{TYPE}" in compared.stdout, (compared.stdout, compared.stderr)
            running = [one["InstanceId"] for page in ec2.describe_instances()["Reservations"] for one in page["Instances"]
                       if one["State"]["Name"] == "running"]
            ec2.terminate_instances(InstanceIds=running)
            print(last.stdout)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
