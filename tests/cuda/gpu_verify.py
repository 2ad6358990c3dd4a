# SPDX-License-Identifier: Apache-2.0
"""scripts/gpu-verify on a made-up GPU: gpu_verify.py <root>. What it writes, what it leaves alone, and what it says where tools lack."""
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SMI = """#!/bin/sh
echo '0, Made-up GPU 9000, GPU-1, 580.1, 9.0, 80000 MiB, 1980 MHz, Disabled'
echo '1, Made-up GPU 100, GPU-2, 580.1, 8.0, 40000 MiB, 1410 MHz, Disabled'
"""
# A compiler whose programs pass on the GPU with the UUID in RUN_ON; those of the case named in FAIL_CASE find a NaN, which has no ratio.
NVCC = r"""#!/bin/sh
if [ "$1" = --version ]; then echo 'Cuda compilation tools, release 13.0, V13.0.88'; exit 0; fi
for a in "$@"; do [ "$previous" = -o ] && out=$a; previous=$a; done
case $(basename "$out") in "$HANG_IN_BUILD") sleep 60 ;; esac
case $(basename "$out") in
  table) echo '#!/bin/sh
case "$HANG_IN" in table|everything) echo "{\"kernel\": \"gemm_tile\", \"problem\": \"matmul f32 64^3\", \"microseconds\": 2.0}"; sleep 60 ;; esac
echo "{\"kernel\": \"gemm_tile\", \"problem\": \"matmul f32 256^3\", \"microseconds\": 10.0, \"TFLOP_per_s\": 3.4}"' ;;
  "$FAIL_CASE".*) echo '#!/bin/sh
echo "{\"type\": \"f32\", \"points\": 10, \"failures\": 1, \"max_error_over_bound\": null}"
echo "1 of 10 points failed" >&2
exit 1' ;;
  *) echo '#!/bin/sh
case "$HANG_IN" in conformance|everything) sleep 60 ;; esac
case $(basename "$0") in "$SLOW_CASE".*) sleep 1 ;; esac
[ "$CUDA_DEVICE_ORDER" = PCI_BUS_ID ] && [ "$CUDA_VISIBLE_DEVICES" = "$RUN_ON" ] || exit 3
echo "{\"type\": \"f32\", \"points\": 10, \"failures\": 0, \"max_error_over_bound\": 0.25}"' ;;
esac > "$out"
chmod +x "$out"
"""


def program(folder, name, text):
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def load(script):
    """A script as a module."""
    sys.path.insert(0, str(script.parent))
    loader = importlib.machinery.SourceFileLoader("gpu_verify_script", str(script))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def main():
    root = Path(sys.argv[1])
    failures = []

    def expect(holds, what):
        if not holds:
            failures.append(what)

    with tempfile.TemporaryDirectory() as name:
        tree, tools = Path(name) / "tree", Path(name) / "tools"
        for part in ("scripts", "cmake", "tests/conformance", "tests/cuda", "include"):
            shutil.copytree(root / part, tree / part)
        (tree / "tests/cuda/verified.json").write_text("{}\n")
        tools.mkdir()
        for tool in ("python3", "sh", "cat", "basename", "chmod", "env", "sleep"):
            (tools / tool).symlink_to(sys.executable if tool == "python3" else shutil.which(tool))

        def verify(*options, **environment):
            return subprocess.run([sys.executable, "-B", tree / "scripts/gpu-verify", *options], capture_output=True, text=True,
                                  env={"PATH": str(tools), "CUDA_HOME": "/nonexistent", "RUN_ON": "GPU-1", **environment})

        def start_slowly(hang_in, options=("--only", "gemm_tile"), **limits):
            """The same where programs of one step hang, or of all, with other limits in seconds."""
            code = ("import importlib.machinery, importlib.util, sys; sys.path.insert(0, 'scripts'); "
                    "m = importlib.util.module_from_spec(importlib.util.spec_from_loader('v', "
                    "importlib.machinery.SourceFileLoader('v', 'scripts/gpu-verify'))); m.__spec__.loader.exec_module(m); "
                    f"m.LIMITS.update({limits}); sys.argv[1:] = {list(options)}; sys.exit(m.main())")
            return subprocess.Popen([sys.executable, "-B", "-c", code], cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                    env={"PATH": str(tools), "CUDA_HOME": "/nonexistent", "RUN_ON": "GPU-1", "HANG_IN": hang_in,
                                         "HANG_IN_BUILD": "conformance_scan.double" if hang_in == "everything" else "none"})

        def last_record():
            return json.loads(max((tree / "benchmarks/records").glob("gpu-*.json"), key=lambda p: p.stat().st_mtime_ns).read_text())

        def written():
            return json.loads((tree / "tests/cuda/verified.json").read_text())

        script = load(tree / "scripts/gpu-verify")
        done = verify()
        expect(done.returncode == 69 and "nvcc" in done.stderr and "g++" in done.stderr, f"missing tools: {done.returncode} {done.stderr}")
        program(tools, "nvcc", NVCC)
        program(tools, "g++", "#!/bin/sh\n")
        done = verify()
        expect(done.returncode == 77 and "Nothing was verified" in done.stdout, f"no GPU: {done.returncode} {done.stdout}{done.stderr}")
        expect(written() == {} and not (tree / "benchmarks").exists(), "no GPU: something was written")
        absence = tree / "benchmarks/records/gpu-none.json"
        done = verify("--record-absence")
        expect(done.returncode == 77 and json.loads(absence.read_text())["gpu"] is None
               and "row_block" in json.loads(absence.read_text())["never_ran_on_a_gpu"], f"no GPU: {done.returncode} {done.stdout}{done.stderr}")

        program(tools, "nvidia-smi", SMI)
        done = verify(FAIL_CASE="conformance_scan")
        expect(done.returncode == 1 and "conformance_scan" in done.stdout, f"a failure: {done.returncode} {done.stdout}{done.stderr}")
        expect("scan_block" not in written() and "gemm_tile" in written(), f"a failure: {sorted(written())} are called verified")
        entry = written().get("gemm_tile", [{}])[0]
        expect(entry.get("device") == "Made-up GPU 9000" and entry.get("throughput") == {"matmul f32 256^3": 3.4}, f"the record: {entry}")
        expect(entry.get("max_error_over_bound") == 0.25 and len(list((tree / "benchmarks/records").glob("gpu-*.json"))) == 1,
               f"the record: {entry}")

        expect(not absence.exists(), "a GPU ran, and the record that there is none is still there")
        expect(entry.get("commit", "") is None, f"there is no git, yet a commit: {entry}")

        expect(verify().returncode == 0 and "scan_block" in written(), "all pass: not all are verified")
        verify("--only", "scan_block", FAIL_CASE="conformance_scan")
        expect("scan_block" not in written() and "gemm_tile" in written(), "what fails is still called verified by an earlier run")
        seen = Path(name) / "sanitized"
        program(tools, "compute-sanitizer", f'#!/bin/sh\necho "$2 $(basename "$5")" >> {seen}\n')
        done = verify("--only", "reduce_block", SLOW_CASE="conformance_reduce")
        expect(done.returncode == 0 and seen.exists() and seen.read_text().split() == [
            word for case in ("conformance_arg_reduce", "conformance_reduce") for tool in script.SANITIZERS for word in (tool, case + ".float")],
            f"sanitizers: not the quickest program first under each tool: {done.returncode} {done.stdout} {done.stderr}")
        expect(written()["reduce_block"][-1]["sanitizers"]["racecheck"] == {"conformance_reduce": "clean", "conformance_arg_reduce": "clean"},
               f"sanitizers: not in the record: {written()}")
        program(tools, "compute-sanitizer", '#!/bin/sh\n[ "$2" = memcheck ] || sleep 60\n')
        slow = start_slowly("nothing", sanitizer=1)
        said = slow.communicate()[0]
        expect(slow.returncode == 1 and "racecheck finished on no program" in said and "memcheck finished" not in said,
               f"sanitizers that do not finish: {slow.returncode} {said}")
        expect(written()["gemm_tile"][-1]["sanitizers"]["racecheck"] == {"conformance_matmul": "cut off"},
               f"sanitizers that do not finish: {written()}")
        program(tools, "compute-sanitizer", "#!/bin/sh\nexit 3\n")
        done = verify("--only", "gemm_tile")
        expect(done.returncode == 1 and "gemm_tile" not in written(), f"a sanitizer that fails: {done.returncode} {done.stdout}")
        (tools / "compute-sanitizer").unlink()
        verify("--only", "gemm_tile", CUDA_VISIBLE_DEVICES="1", RUN_ON="GPU-2")
        expect([e["device"] for e in written().get("gemm_tile", [])] == ["Made-up GPU 100"], f"the second GPU: {written()}")
        done = verify("--only", "gemm_tile", CUDA_VISIBLE_DEVICES="7")
        expect(done.returncode == 77 and "'7'" in done.stdout, f"a GPU that is not there: {done.returncode} {done.stdout}")
        slow = start_slowly("table", table=1)
        said = slow.communicate()[0]
        record = last_record()
        expect(slow.returncode == 1 and "the table was cut off" in said, f"a table that takes too long: {slow.returncode} {said}")
        expect(record["complete"] and not record["table_is_complete"] and len(record["table"]) == 1, f"a table that takes too long: {record}")
        expect(written()["gemm_tile"][-1]["device"] == "Made-up GPU 9000", "a table that takes too long: what passed is not verified")
        slow = start_slowly("conformance", conformance=1)
        said = slow.communicate()[0]
        expect(slow.returncode == 1 and "cut off" in said
               and "Made-up GPU 9000" not in str(written().get("gemm_tile")), f"conformance is cut off: {said}")
        program(tools, "compute-sanitizer", "#!/bin/sh\nsleep 60\n")
        small = {step: seconds / 200 for step, seconds in script.LIMITS.items()}
        for limits in (small, {**{step: 60 for step in small}, "all": 1.5}):  # each step ends in time; so does the whole, whatever they do
            start = time.monotonic()
            slow = start_slowly("everything", options=(), **limits)
            said = slow.communicate()[0]
            took, record = time.monotonic() - start, last_record()
            expect(slow.returncode == 1 and took < limits["all"] + 2, f"a run in which everything hangs: {took} s of {limits['all']} {said}")
            expect(record["complete"] and not record["table_is_complete"], f"a run in which everything hangs: {record}")
            expect("conformance_scan.double" in record["did_not_build"] and not record["conformance"]["conformance_scan"]["passed"],
                   f"a run in which everything hangs: {record}")
        (tools / "compute-sanitizer").unlink()
        verify()
        slow = start_slowly("table")
        for line in slow.stdout:
            if line.startswith("times"):
                break
        slow.send_signal(signal.SIGINT)
        slow.communicate()
        record = last_record()
        expect(slow.returncode != 0 and record["steps_done"] == ["build", "conformance", "sanitizers"] and not record["complete"],
               f"interrupted: {slow.returncode} {record}")
        expect(written()["gemm_tile"][-1]["device"] == "Made-up GPU 9000", "interrupted: what passed is not verified")
        slow = start_slowly("conformance")
        for line in slow.stdout:
            if line.startswith("conformance"):
                break
        time.sleep(0.3)
        start = time.monotonic()
        slow.send_signal(signal.SIGINT)
        slow.communicate()
        expect(slow.returncode != 0 and time.monotonic() - start < 10, f"interrupted in conformance: {slow.returncode}")
        start = time.monotonic()
        expect(script.LIMITS["all"] + script.LIMITS["kill"] <= 480, "a run may take more than 8 minutes")
        stopped = script.run(["sh", "-c", "echo begun; sleep 60 & sleep 60"], 1)
        expect(stopped[:2] == (124, "begun\n") and time.monotonic() - start < 30, f"a program that is stopped: {stopped}")

        body = tree / "include/tenfold/kernel/cuda/body/gemm_tile.hpp"
        body.write_text(body.read_text() + "// a comment changes nothing\n")
        expect("not verified: gemm_tile" not in verify("--unverified").stdout, "a comment makes a kernel unverified")
        body.write_text(body.read_text() + "struct changed;\n")
        expect("not verified: gemm_tile: changed since" in verify("--unverified").stdout, "a change of a kernel is not seen")
        element = tree / "include/tenfold/core/dtype/half.hpp"
        element.write_text(element.read_text() + "struct changed;\n")
        expect("row_block: changed since" in verify("--unverified").stdout, "a change of an element type is not seen")
        table = subprocess.run([sys.executable, "-B", "-c", "import sys; sys.path.insert(0, 'scripts'); import run_jobs; "
                                "run_jobs.print_table([run_jobs.Result(run_jobs.JOBS[0])])"], cwd=tree, capture_output=True, text=True)
        expect("not verified: row_block: changed since" in table.stdout, f"scripts/test does not name the kernels: {table.stdout}{table.stderr}")
        expect(verify("--only", "nothing").returncode == 64, "an unknown kernel is not refused")
    print("\n".join(failures) or "gpu-verify does what it says")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
