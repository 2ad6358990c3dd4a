# SPDX-License-Identifier: Apache-2.0
"""The emitted files (golden/) against the schemas of what reads them, offline: Kubernetes' own, and for Terraform, SkyPilot and
Karpenter what schemas/ holds of theirs. Each check is also given a file with a mistake, which it must find.  [C17]
"""
import copy
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

try:
    import hcl2
    import jsonschema
    import kubernetes_validate
    import yaml
except ImportError as gone:
    tools.missing(gone.name, "pip install -r tests/bench/tools.txt")

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE / "golden"
KUBERNETES = "1.31"
# Of Terraform itself, allowed in every resource.
META = {"for_each", "count", "depends_on", "lifecycle", "provider"}
failed = []


def schema(name):
    return json.loads((HERE / "schemas" / name).read_text())


def expect_only(problems, what):
    failed.extend(f"{what}: {problem}" for problem in problems)


def must_find(problems, what):
    if not list(problems):
        failed.append(f"{what}: a mistake was not found")


def changed(document, *path, value):
    """A copy; a path to None loses its last key."""
    copied = copy.deepcopy(document)
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copied


# Kubernetes.
def kubernetes_problems(document):
    try:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as problem:
        yield f"{list(problem.path)}: {problem.message}"


def json_problems(document, validator):
    for problem in validator.iter_errors(document):
        yield f"{list(problem.path)}: {problem.message}"


pool = jsonschema.Draft7Validator(schema("karpenter_nodepool.json"))
kinds = set()
for path in sorted([*(GOLDEN / "k8s").glob("*.yaml"), *(GOLDEN / "spot/k8s").glob("*.yaml")]):
    for document in yaml.safe_load_all(path.read_text()):
        kinds.add(document["kind"])
        if document["kind"] == "NodePool":
            expect_only(json_problems(document, pool), path.name)
            must_find(json_problems(changed(document, "spec", "disruption", "consolidateAfter", value=None), pool), "NodePool")
            continue
        expect_only(kubernetes_problems(document), path.name)
        if document["kind"] == "Job":
            must_find(kubernetes_problems(changed(document, "spec", "completion", value=2)), "Job: a key that does not exist")
            must_find(kubernetes_problems(changed(document, "spec", "parallelism", value="two")), "Job: text for a number")
            must_find(kubernetes_problems(changed(document, "spec", "template", "spec", "containers", value=None)), "Job: no container")
if kinds != {"Namespace", "PersistentVolumeClaim", "NetworkPolicy", "Job", "NodePool"}:
    failed.append(f"k8s: kinds {sorted(kinds)}")

# SkyPilot.
task = jsonschema.Draft7Validator(schema("skypilot_task.json"))
tasks = sorted([*(GOLDEN / "skypilot").glob("*.yaml"), *(GOLDEN / "spot/skypilot").glob("*.yaml")])
for path in tasks:
    document = yaml.safe_load(path.read_text())
    expect_only(json_problems(document, task), path.name)
    must_find(json_problems(changed(document, "resources", "instance", value="g6.xlarge"), task), "SkyPilot: a key that does not exist")
    must_find(json_problems(changed(document, "resources", "infra", value="aws-us-east-1"), task), "SkyPilot: infra")
if len(tasks) != 5:
    failed.append(f"skypilot: {len(tasks)} tasks")


# Terraform.
def unquoted(value):
    """What the parser gives, without the quotes of names and texts and its own marks such as __comments__."""
    if isinstance(value, dict):
        return {unquoted(key): unquoted(inner) for key, inner in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [unquoted(inner) for inner in value]
    return value[1:-1] if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"' else value


def as_list(value):
    return value if isinstance(value, list) else [value]


def terraform_problems(body, known, where, meta=frozenset()):
    blocks = known.get("blocks", {})
    given = {key: as_list(value) for key, value in body.items() if key != "dynamic"}
    for dynamic in as_list(body.get("dynamic", [])):
        for name, inner in dynamic.items():
            given.setdefault(name, []).extend(as_list(inner["content"]))
    for name in sorted(set(given) - meta - set(blocks) - set(known["required"]) - set(known["optional"])):
        yield f"{where}: has no \"{name}\""
    for name in sorted((set(known["required"]) | {name for name, inner in blocks.items() if inner.get("needed")}) - set(given)):
        yield f"{where}: \"{name}\" is missing"
    for name in set(given) & set(blocks):
        for inner in given[name]:
            yield from terraform_problems(inner, blocks[name], f"{where}.{name}")


def all_terraform_problems(document, known):
    for kind in ("provider", "resource", "data"):
        for block in as_list(document[kind]):
            for label, inner in block.items():
                of_type = known.get(f"{kind}.{label}")
                if of_type is None:
                    yield f"{kind} {label}: not in schemas/terraform_aws.json"
                    continue
                for name, body in {label: inner}.items() if kind == "provider" else inner.items():
                    yield from terraform_problems(body, of_type, f"{kind} {label} {name}", META)


aws = schema("terraform_aws.json")["blocks"]
text = (GOLDEN / "terraform/main.tf").read_text()


def problems_of(hcl):
    return list(all_terraform_problems(unquoted(hcl2.loads(hcl)), aws))


expect_only(problems_of(text), "main.tf")
expect_only(problems_of((GOLDEN / "spot/terraform/main.tf").read_text()), "spot/terraform/main.tf")
for good, bad in (("instance_initiated_shutdown_behavior", "instance_shutdown_behavior"), ("http_tokens ", "http_token "),
                  ("spot_instance_type ", "spot_type "), ("assume_role_policy ", "description "), ('"aws_budgets_budget"', '"aws_budget"'),
                  ("notification_type ", "# ")):  # fmt: skip
    if good not in text:
        failed.append(f"main.tf: no {good}")
    must_find(problems_of(text.replace(good, bad)), f"Terraform: {good.strip()} as {bad.strip()}")


def unknown_references(hcl):
    """What an expression names (aws_type.name, data.aws_type.name) and no block declares."""
    document = unquoted(hcl2.loads(hcl))
    known = {("data." if kind == "data" else "") + f"{label}.{name}" for kind in ("resource", "data")
             for block in as_list(document[kind]) for label, inner in block.items() for name in inner}
    return sorted(set(re.findall(r"(?:data\.)?\baws_\w+\.\w+", hcl)) - known)


expect_only((f"{name} is not declared" for name in unknown_references(text)), "main.tf")
must_find(unknown_references(text.replace("resource \"aws_iam_role\"", "resource \"aws_iam_user\"")), "Terraform: a reference to nothing")
declared = {name for block in as_list(unquoted(hcl2.loads((GOLDEN / "terraform/variables.tf").read_text()))["variable"]) for name in block}
for name in declared:
    if f"var.{name}" not in text:
        failed.append(f"variables.tf: {name} is not used")
used = {word.split("var.", 1)[1] for word in text.replace("[", " ").replace("]", " ").split() if word.startswith("var.")}
if used - declared:
    failed.append(f"main.tf: {sorted(used - declared)} are not declared")

if failed:
    sys.exit("\n".join(failed))
