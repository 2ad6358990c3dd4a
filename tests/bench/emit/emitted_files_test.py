# SPDX-License-Identifier: Apache-2.0
"""The emitted files (golden/) against the tools that will read them, and against the program's own --help.

    emitted_files_test.py PROGRAM        without a program, its flags are not checked

Against schemas: schemas_test.py. `terraform fmt` is asked where it is installed; Debian and PyPI have no terraform.
"""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

try:
    import yaml
except ImportError:
    tools.missing("PyYAML", "Debian: python3-yaml")
for name in ("shellcheck", "cfn-lint"):
    if not shutil.which(name):
        tools.missing(name, "Debian: shellcheck; pip install -r tests/bench/tools.txt")

here = pathlib.Path(__file__).resolve().parent / "golden"
failed = []


def expect(good, what):
    if not good:
        failed.append(what)


def tool(name, *arguments, text=None):
    done = subprocess.run([name, *arguments], input=text, capture_output=True, text=True, timeout=120)
    expect(done.returncode == 0, f"{name} {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")


files = sorted(path for path in here.rglob("*") if path.is_file())
expect(len(files) > 15, f"only {len(files)} files in {here}")

# Every target: hashes as its manifest says; no secret, no key, no mutable tag.
for manifest in here.rglob("MANIFEST.json"):
    listed = json.loads(manifest.read_text())["files"]
    found = {path.name for path in manifest.parent.iterdir()} - {"MANIFEST.json"}
    expect(found == set(listed), f"{manifest}: lists {sorted(listed)}, there are {sorted(found)}")
    for name, digest in listed.items():
        expect(hashlib.sha256((manifest.parent / name).read_bytes()).hexdigest() == digest, f"{manifest}: hash of {name}")
for path in files:
    text = path.read_text()
    for pattern in (r"AKIA[0-9A-Z]{16}", r"(?i)secret_?access", r"(?i)password", r"-----BEGIN", r":latest\b", r"\bi-[0-9a-f]{8,}", r"@[A-Z_]+@"):
        expect(not re.search(pattern, text), f"{path}: holds {pattern}")
    expect(text.endswith("\n"), f"{path}: has no line end at its end")

# Scripts.
scripts = [path for path in files if path.suffix == ".sh"]
shell = [path for path in scripts if path.parent.name != "terraform"]
tool("shellcheck", *shell)
# Terraform puts the shebang and the variables before it.
head = "#!/bin/bash\nMINUTES=1\nIMAGE=i\nGPUS=\nARGUMENTS=run\nSTORE=s3://b/p\n"
for path in scripts:
    if path.parent.name == "terraform":
        tool("shellcheck", "-", text=head + path.read_text())
for path in scripts:
    text = path.read_text()
    if "docker run" in text and path.parent.name != "docker":
        switch, run = text.find("shutdown -h \"+${MINUTES}\""), text.find("docker run")
        expect(0 < switch < run, f"{path}: the dead-man switch does not come before the run")
        expect("until timeout 60 aws s3 cp" in text and "SECONDS - 120" in text, f"{path}: no time or no second try for the upload")
        expect(path.parent.name != "userdata" or "--instance-initiated-shutdown-behavior terminate" in text, f"{path}: stops, not ends")


def ends_container(text, what):
    """`timeout` alone kills docker's client and leaves the container running."""
    name = re.search(r"docker run --rm --name (\S+)", text)
    expect(name and f"docker stop -t 20 {name.group(1)}" in text, f"{what}: nothing stops the container by its name")
    expect("timeout --signal=TERM --kill-after=30" in text, f"{what}: no time limit")


for path in scripts:
    ends_container(path.read_text(), path)

# The program that is stopped by them: a docker that ignores its client's end, seen by the script's own commands.
with tempfile.TemporaryDirectory() as folder:
    log = pathlib.Path(folder) / "log"
    fake = pathlib.Path(folder) / "docker"
    fake.write_text(f'#!/bin/bash\necho "$1 ${{*: -1}}" >>"{log}"\nif [ "$1" = run ]; then trap "" TERM; exec sleep 600; fi\n')
    fake.chmod(0o755)
    script = (here / "docker/run.sh").read_text()
    script = re.sub(r"--kill-after=\d+", "--kill-after=1", script.replace('"${minutes}m"', "1"))
    done = subprocess.run(["bash", "-c", script, "run.sh", "c7g-4xlarge-0", "i@sha256:" + "0" * 64, folder],
                          env={"PATH": f"{folder}:/usr/bin:/bin"}, capture_output=True, text=True, timeout=60)  # fmt: skip
    expect(done.returncode == 137, f"docker/run.sh: ends with {done.returncode}: {done.stderr}")
    expect(log.read_text().splitlines()[-1] == "stop tenfold-bench-c7g-4xlarge-0", f"docker/run.sh: {log.read_text()}")

# The launcher: Python that compiles; what it does is seen by tests/bench/collect/aws_test.py.
compile((here / "userdata/launch.py").read_text(), "launch.py", "exec")

# Dockerfile.
dockerfile = (here / "docker/Dockerfile").read_text()
expect("\nUSER 10001" in dockerfile and "ENTRYPOINT [\"tenfold-bench\"]" in dockerfile, "Dockerfile: user or entry point")
expect("-march" not in re.sub(r"#.*", "", dockerfile), "Dockerfile: compiles for one machine")
expect(re.findall(r"^FROM (\S+)", dockerfile, re.M) == ["${BASE}", "${BASE}"], "Dockerfile: a base image without digest")

# Kubernetes.
jobs = {}
for path in sorted((here / "k8s").glob("*.yaml")):
    for document in yaml.safe_load_all(path.read_text()):
        expect({"apiVersion", "kind", "metadata"} <= set(document), f"{path}: no Kubernetes object")
        if document["kind"] == "Job":
            jobs[path.name] = document
expect(len(jobs) == 2, f"k8s: {sorted(jobs)}")
for name, job in jobs.items():
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    box = pod["containers"][0]
    expect(spec["completions"] == spec["parallelism"] == 2 and spec["completionMode"] == "Indexed", f"{name}: completions")
    expect(0 < spec["activeDeadlineSeconds"] <= 24 * 3600 and spec["ttlSecondsAfterFinished"] > 0, f"{name}: no deadline")
    expect(pod["restartPolicy"] == "Never" and pod["automountServiceAccountToken"] is False, f"{name}: restart or token")
    expect(pod["securityContext"]["runAsNonRoot"] is True, f"{name}: may run as root")
    inner = box["securityContext"]
    expect(inner["allowPrivilegeEscalation"] is False and inner["readOnlyRootFilesystem"] and inner["capabilities"]["drop"] == ["ALL"], f"{name}: privileges")
    expect(re.search(r"@sha256:[0-9a-f]{64}$", box["image"]), f"{name}: image without digest")
    limits = box["resources"]["limits"]
    # A CPU limit is a quota below the affinity, which the program itself calls a bad condition.
    expect("cpu" not in limits and limits["memory"] == box["resources"]["requests"]["memory"], f"{name}: limits")
    expect(0 < int(box["resources"]["requests"]["cpu"]), f"{name}: asks for no CPU")
    expect(limits.get("nvidia.com/gpu", 1) == 1 and ("nvidia.com/gpu" in limits) == ("g6" in name), f"{name}: GPUs")
    stated = {variable["name"]: variable["value"] for variable in box["env"]}["TENFOLD_BENCH_INSTANCE"].split("/")
    expect(stated[1] == pod["nodeSelector"]["node.kubernetes.io/instance-type"], f"{name}: stated type is not the selected one")
    # The pool's own taint and label: every Job, with a GPU or without, must tolerate the one and ask for the other.
    pool = yaml.safe_load((here / "k8s/nodepool.yaml").read_text())["spec"]["template"]
    tolerated = {toleration["key"] for toleration in pod["tolerations"]}
    expect({taint["key"] for taint in pool["spec"]["taints"]} <= tolerated, f"{name}: does not tolerate its own pool")
    expect(pool["metadata"]["labels"].items() <= pod["nodeSelector"].items(), f"{name}: does not ask for its own pool")
    expect(pod["nodeSelector"]["karpenter.sh/capacity-type"] == "on-demand", f"{name}: capacity type")
    expect(("nvidia.com/gpu" in tolerated) == ("g6" in name), f"{name}: toleration of GPU nodes")

# SkyPilot: one task per machine.
for path in sorted((here / "skypilot").glob("*.yaml")):
    task = yaml.safe_load(path.read_text())
    expect("any_of" not in task["resources"] and task["resources"]["instance_type"], f"{path}: measures whichever comes first")
    ends_container(task["run"], path)
    # A machine that is shut down from inside is replaced by another one; a failed task must not be repeated.
    expect("shutdown -h" not in task["run"] and task["resources"]["job_recovery"]["max_restarts_on_errors"] == 0, f"{path}: is repeated")
    expect(task["resources"]["autostop"]["down"] is True, f"{path}: stays")
    tool("bash", "-n", text=task["run"])

# CloudFormation.
template = json.loads((here / "cloudformation/template.json").read_text())
tool("cfn-lint", here / "cloudformation/template.json")
kinds = [resource["Type"] for resource in template["Resources"].values()]
expect(kinds.count("AWS::EC2::Instance") == 4, f"cloudformation: {kinds}")
policy = template["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
expect([statement["Action"] for statement in policy] == ["s3:PutObject"], "cloudformation: more rights than to put records")
expect(policy[0]["Resource"]["Fn::Sub"].endswith("/tenfold/c1/*"), "cloudformation: rights beyond the campaign's prefix")
expect("/dev/xvda\"" not in json.dumps(template["Resources"]) and "RootDevice" in template["Parameters"], "cloudformation: root disk by a fixed name")
launch = template["Resources"]["Launch"]["Properties"]["LaunchTemplateData"]
expect(launch["InstanceInitiatedShutdownBehavior"] == "terminate" and launch["MetadataOptions"]["HttpTokens"] == "required", "cloudformation: launch")
for name, resource in template["Resources"].items():
    if resource["Type"] == "AWS::EC2::Instance":
        script = resource["Properties"]["UserData"]["Fn::Base64"]
        expect(len(script) < 16384, f"{name}: user data is longer than 16 KiB")
        tool("shellcheck", "-", text=script)

# Terraform: `validate` needs the provider, which cannot be fetched everywhere; schemas_test.py checks what it would.
main = (here / "terraform/main.tf").read_text()
if shutil.which("terraform"):
    tool("terraform", "fmt", "-check", "-diff", here / "terraform")
for part in ('instance_initiated_shutdown_behavior = "terminate"', '"required"', "encrypted             = true", 'actions   = ["s3:PutObject"]'):
    expect(part in main, f"terraform: {part} is missing")
expect("ingress" not in main and "key_name" not in main, "terraform: a way in")

# A plan for spot machines: all of the above is asked of its files too; each target must say what is bought.
spot = here / "spot"
template = json.loads((spot / "cloudformation/template.json").read_text())
tool("cfn-lint", spot / "cloudformation/template.json")
market = template["Resources"]["Launch"]["Properties"]["LaunchTemplateData"].get("InstanceMarketOptions", {})
expect("InstanceMarketOptions" not in launch and market.get("MarketType") == "spot", "spot cloudformation: not spot")
expect(market.get("SpotOptions", {}).get("InstanceInterruptionBehavior") == "terminate", "spot cloudformation: stays when it is taken away")
for path in (spot / "k8s").glob("job-*.yaml"):
    selector = [document for document in yaml.safe_load_all(path.read_text()) if document["kind"] == "Job"][0]["spec"]["template"]["spec"]["nodeSelector"]
    expect(selector["karpenter.sh/capacity-type"] == "spot", f"{path}: capacity type")
requirements = yaml.safe_load((spot / "k8s/nodepool.yaml").read_text())["spec"]["template"]["spec"]["requirements"]
expect([one["values"] for one in requirements if one["key"] == "karpenter.sh/capacity-type"] == [["spot"]], "spot nodepool.yaml: capacity type")
for path in (spot / "skypilot").glob("*.yaml"):
    task = yaml.safe_load(path.read_text())
    expect(task["resources"]["use_spot"] is True, f"{path}: not spot")
    tool("bash", "-n", text=task["run"])
expect(re.search(r"^ *spot += true$", (spot / "terraform/main.tf").read_text(), re.M), "spot terraform: not spot")
expect(re.search(r"^CAMPAIGN, REGION, SPOT = .*, True$", (spot / "userdata/launch.py").read_text(), re.M), "spot launch.py: not spot")
compile((spot / "userdata/launch.py").read_text(), "launch.py", "exec")

# Every flag of the program in an emitted file exists.
if len(sys.argv) > 1:
    known = set(re.findall(r"--[a-z][a-z-]*", subprocess.run([sys.argv[1], "run", "--help"], capture_output=True, text=True).stdout))
    commands = [re.sub(r'"\s*,?\s*\n\s*- "', " ", path.read_text()) for path in files if path.suffix in (".sh", ".yaml", ".tf", ".json")]
    used = set()
    for text in commands:
        for line in re.findall(r"\brun --suite[^\n'\");]*", text):
            used |= set(re.findall(r"--[a-z][a-z-]*", line))
    expect("--price" not in used, "an old price would become its user's own of today")
    expect({"--suite", "--out"} <= used, f"flags found in the emitted files: {sorted(used)}")
    expect(used <= known, f"flags that the program does not know: {sorted(used - known)}")

if failed:
    sys.exit("\n".join(failed))
