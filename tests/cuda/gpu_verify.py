# SPDX-License-Identifier: Apache-2.0
"""scripts/gpu-verify on a made-up GPU: gpu_verify.py <root>. What it writes, what it leaves alone, and what it says where tools lack."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SMI = "#!/bin/sh\necho 'Made-up GPU 9000, GPU-1, 580.1, 9.0, 80000 MiB, 1980 MHz, Disabled'\n"
# A compiler whose programs pass; those of the case named in FAIL_CASE do not.
NVCC = r"""#!/bin/sh
if [ "$1" = --version ]; then echo 'Cuda compilation tools, release 13.0, V13.0.88'; exit 0; fi
for a in "$@"; do [ "$previous" = -o ] && out=$a; previous=$a; done
case $(basename "$out") in
  table) echo '#!/bin/sh
echo "{\"kernel\": \"gemm_tile\", \"problem\": \"matmul f32 256^3\", \"microseconds\": 10.0, \"TFLOP_per_s\": 3.4}"' ;;
  "$FAIL_CASE".*) echo '#!/bin/sh
echo "{\"type\": \"f32\", \"points\": 10, \"failures\": 1, \"max_error_over_bound\": 2.5}"; exit 1' ;;
  *) echo '#!/bin/sh
echo "{\"type\": \"f32\", \"points\": 10, \"failures\": 0, \"max_error_over_bound\": 0.25}"' ;;
esac > "$out"
chmod +x "$out"
"""


def program(folder, name, text):
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def main():
    root = Path(sys.argv[1])
    failures = []

    def expect(holds, what):
        if not holds:
            failures.append(what)

    with tempfile.TemporaryDirectory() as name:
        tree, tools = Path(name) / "tree", Path(name) / "tools"
        for part in ("scripts", "tests/cuda", "include/tenfold/kernel/cuda"):
            shutil.copytree(root / part, tree / part)
        (tree / "tests/cuda/verified.json").write_text("{}\n")
        tools.mkdir()
        for tool in ("python3", "sh", "cat", "basename", "chmod", "env"):
            (tools / tool).symlink_to(sys.executable if tool == "python3" else shutil.which(tool))

        def verify(*options, **environment):
            return subprocess.run([sys.executable, "-B", tree / "scripts/gpu-verify", *options], capture_output=True, text=True,
                                  env={"PATH": str(tools), "CUDA_HOME": "/nonexistent", **environment})

        def written():
            return json.loads((tree / "tests/cuda/verified.json").read_text())

        done = verify()
        expect(done.returncode == 69 and "nvcc" in done.stderr and "g++" in done.stderr, f"missing tools: {done.returncode} {done.stderr}")
        program(tools, "nvcc", NVCC)
        program(tools, "g++", "#!/bin/sh\n")
        done = verify()
        expect(done.returncode == 77 and "Nothing was verified" in done.stdout, f"no GPU: {done.returncode} {done.stdout}{done.stderr}")
        expect(written() == {} and not (tree / "benchmarks").exists(), "no GPU: something was written")

        program(tools, "nvidia-smi", SMI)
        done = verify(FAIL_CASE="conformance_scan")
        expect(done.returncode == 1 and "conformance_scan" in done.stdout, f"a failure: {done.returncode} {done.stdout}{done.stderr}")
        expect("scan_block" not in written() and "gemm_tile" in written(), f"a failure: {sorted(written())} are called verified")
        entry = written().get("gemm_tile", [{}])[0]
        expect(entry.get("device") == "Made-up GPU 9000" and entry.get("throughput") == {"matmul f32 256^3": 3.4}, f"the record: {entry}")
        expect(entry.get("max_error_over_bound") == 0.25 and len(list((tree / "benchmarks/records").glob("gpu-*.json"))) == 1,
               f"the record: {entry}")

        expect(verify().returncode == 0 and "scan_block" in written(), "all pass: not all are verified")
        body = tree / "include/tenfold/kernel/cuda/body/gemm_tile.hpp"
        body.write_text(body.read_text() + "// a comment changes nothing\n")
        expect("gemm_tile" not in verify("--unverified").stdout, "a comment makes a kernel unverified")
        body.write_text(body.read_text() + "struct changed;\n")
        expect("gemm_tile: changed since" in verify("--unverified").stdout, "a change of a kernel is not seen")
        expect(verify("--only", "nothing").returncode == 64, "an unknown kernel is not refused")
    print("\n".join(failures) or "gpu-verify does what it says")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
