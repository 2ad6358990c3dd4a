# SPDX-License-Identifier: Apache-2.0
"""Runs the jobs of scripts/test, prints a table of them and writes build/times.json.

A job is a configure preset, build targets and a ctest preset of CMakePresets.json. The last line printed is the sum
over all of them: "N passed, N failed, N skipped". A job that does not build counts as one failure, a job that this
machine cannot run as one skipped test.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
TOOLS = BUILD / "test-tools"  # a virtual environment of what the tests need of PyPI
TOOL_LIST = ROOT / "tests/bench/tools.txt"


@dataclass(frozen=True)
class Job:
    name: str
    what: str
    configure: str  # configure preset; its folder is build/<preset>
    budget: float  # minutes on two cores without a compiler cache; 41 in all but those on request
    build: str | None = None  # build preset; None: the tests build what they need
    needs: str | None = None  # a program without which the job is skipped
    tools: bool = False  # do its tests need TOOL_LIST?
    on_request: bool = False  # runs only where it is named


JOBS = [
    Job("gate", "sources, floors, headers alone, programs that must not compile, compile budgets", "gcc-release", 2),
    Job("gcc-release", "g++, all warnings as errors: every test", "gcc-release", 20, build="gcc-release", tools=True),
    Job("gcc-asan", "smoke tests of three element types under the address and undefined-behaviour sanitizers", "gcc-asan", 9, build="gcc-asan"),
    Job("clang", "smoke tests of three element types built by clang", "clang", 5, build="clang", needs="clang++"),
    Job("cuda-compile", "headers and CUDA sources through nvcc, without a GPU", "cuda-compile", 3,
        build="cuda-compile", needs="nvcc"),
    Job("cuda-kernels", "every kernel of every element type for every architecture; only where it is named", "cuda-compile", 10,
        build="cuda-kernels", needs="nvcc", on_request=True),
    Job("install", "install, move, consume through find_package, add_subdirectory and a bare -I", "gcc-release", 2),
]


@dataclass
class Result:
    job: Job
    seconds: float = 0.0
    passed: int = 0
    failures: list = field(default_factory=list)  # names of tests, or the step that failed
    skipped: list = field(default_factory=list)  # "test: reason"

    @property
    def failed(self):
        return len(self.failures)

    @property
    def run(self):
        return self.passed + self.failed


def command(arguments, environment=None):
    print("+ " + " ".join(str(a) for a in arguments), flush=True)
    return subprocess.run(arguments, cwd=ROOT, env=environment).returncode


def find_nvcc():
    """Toolkits are often installed without being on PATH."""
    found = shutil.which("nvcc")
    usual = Path("/usr/local/cuda/bin/nvcc")
    return found or (str(usual) if usual.exists() else None)


def add_results(result, report):
    """Adds the counts of one JUnit report as ctest writes it. A test that ctest could not start has failed."""
    for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
        name, status = case.get("name"), case.get("status")
        skipped = case.find("skipped")
        why = skipped.get("message", "") if skipped is not None else ""
        if status == "run":
            result.passed += 1
        elif status == "disabled" or why.startswith("SKIP_"):
            lines = (case.findtext("system-out") or "").strip().splitlines()
            result.skipped.append(f"{name}: {lines[-1] if lines else why or status}")
        else:
            result.failures.append(f"{name} {why}".strip())


def missing_tool(job, environment):
    """Why this machine cannot run the job, or None."""
    if job.needs == "nvcc":
        nvcc = find_nvcc()
        if nvcc:
            environment["CUDACXX"] = nvcc
            return None
    elif job.needs is None or shutil.which(job.needs):
        return None
    return f"{job.name}: {job.needs} was not found"


def python_of_tests(install):
    """The Python that tests are run by: one with the tools of TOOL_LIST, if they are there or can be installed."""
    python, installed = TOOLS / "bin/python3", TOOLS / "installed.txt"
    wanted = TOOL_LIST.read_text()
    present = python.exists() and installed.exists() and installed.read_text() == wanted
    if not present and install:
        present = (command([sys.executable, "-m", "venv", "--clear", TOOLS]) == 0
                   and command([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", TOOL_LIST]) == 0)
        if present:
            installed.write_text(wanted)
        else:
            print(f"{TOOL_LIST.relative_to(ROOT)} could not be installed; the tests that need it fail", flush=True)
    return str(python) if present else sys.executable


def run(job, parallel, python, require_tools):
    result = Result(job)
    environment = dict(os.environ, PATH=f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}")
    if require_tools:
        environment["TENFOLD_REQUIRE_TOOLS"] = "1"  # read by tests/support/tools.py
    if reason := missing_tool(job, environment):
        result.skipped.append(reason)
        return result
    start = time.monotonic()
    if command(["cmake", "--preset", job.configure, f"-DPython3_EXECUTABLE={python}"], environment) != 0:
        result.failures.append("configure")
    else:
        if job.build and command(["cmake", "--build", "--preset", job.build, "-j", str(parallel), "--", "-k0"], environment) != 0:
            result.failures.append("build")
        report = BUILD / f"junit-{job.name}.xml"
        report.unlink(missing_ok=True)
        code = command(["ctest", "--preset", job.name, "--output-junit", str(report)], environment)
        if report.exists():
            add_results(result, report)
        if code != 0 and not result.failures:
            result.failures.append("ctest found no tests")
    result.seconds = time.monotonic() - start
    return result


def print_table(results):
    width = max(len(r.job.name) for r in results)
    print(f"\n{'job':<{width}}  {'minutes':>7}  {'budget':>6}  {'run':>5}  {'failed':>6}  skipped")
    for r in results:
        late = "  over budget" if r.seconds > 60 * r.job.budget else ""
        print(f"{r.job.name:<{width}}  {r.seconds / 60:7.1f}  {r.job.budget:6.0f}  {r.run:5}  {r.failed:6}"
              f"  {len(r.skipped)}{late}")
    for r in results:
        for failure in r.failures:
            print(f"failed   {r.job.name}: {failure}")
    for r in results:
        for reason in r.skipped:
            print(f"skipped  {reason}")
    print("kernels that need a GPU, which no job has:", flush=True)
    subprocess.run([sys.executable, "-B", ROOT / "scripts/gpu-verify", "--unverified"], cwd=ROOT)


def main():
    parser = argparse.ArgumentParser(prog="scripts/test", description=__doc__.splitlines()[0])
    parser.add_argument("jobs", nargs="*", metavar="job", help="jobs to run (default: all but those that run only where they are named)")
    parser.add_argument("--list", action="store_true", help="list the jobs and exit")
    parser.add_argument("--keep-going", action="store_true", help="run the remaining jobs after a failed one")
    parser.add_argument("--allow-missing-tools", action="store_true",
                        help="tests whose tools (chromium, shellcheck, those of tests/bench/tools.txt) are missing are skipped, not failed")
    options = parser.parse_args()
    if options.list:
        for job in JOBS:
            print(f"{job.name:<13} {job.what}")
        return 0
    unknown = [name for name in options.jobs if name not in [job.name for job in JOBS]]
    if unknown:
        print(f"scripts/test: no job is called '{unknown[0]}'; jobs: {', '.join(j.name for j in JOBS)}", file=sys.stderr)
        return 64

    BUILD.mkdir(exist_ok=True)
    chosen = [job for job in JOBS if job.name in options.jobs or not (options.jobs or job.on_request)]
    python = python_of_tests(install=any(job.tools for job in chosen))
    results = []
    for job in chosen:
        print(f"\n== {job.name}: {job.what}", flush=True)
        results.append(run(job, os.cpu_count() or 1, python, not options.allow_missing_tools))
        if results[-1].failed and not options.keep_going:
            break
    print_table(results)
    times = [{"job": r.job.name, "seconds": round(r.seconds, 1), "budget_seconds": 60 * r.job.budget, "run": r.run,
              "failed": r.failures, "skipped": r.skipped} for r in results]
    (BUILD / "times.json").write_text(json.dumps({"cores": os.cpu_count(), "jobs": times}, indent=2) + "\n")
    failed = sum(r.failed for r in results)
    print(f"\n{sum(r.passed for r in results)} passed, {failed} failed, {sum(len(r.skipped) for r in results)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
