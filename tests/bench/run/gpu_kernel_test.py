# SPDX-License-Identifier: Apache-2.0
"""The PTX of the GPU's phases assembles for every architecture.  [C18]

The CUDA toolkit is not installed by scripts/test: without it this is skipped, like the jobs that compile with nvcc.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
KERNEL = re.search(r'R"\((.*?)\)"', (ROOT / "benchmarks/modes/gpu_task.cpp").read_text(), re.DOTALL).group(1)


def toolkit():
    """Its folder of programs; as in scripts/run_jobs.py it need not be on PATH."""
    nvcc = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
    return pathlib.Path(nvcc).resolve().parent if nvcc else None


def assembles(ptxas, text, architecture, folder):
    file = pathlib.Path(folder) / "kernel.ptx"
    file.write_text(text)
    return subprocess.run([ptxas, f"-arch={architecture}", "-o", file.with_suffix(".cubin"), file], capture_output=True).returncode == 0


ptxas = shutil.which("ptxas", path=toolkit()) or shutil.which("ptxas")
if not ptxas:
    print("skipped: ptxas is missing (the CUDA toolkit, on PATH or in /usr/local/cuda)")
    sys.exit(1 if toolkit() else 77)
with tempfile.TemporaryDirectory() as name:
    failed = [one for one in ("sm_75", "sm_80", "sm_90", "sm_100", "sm_120") if not assembles(ptxas, KERNEL, one, name)]
    if assembles(ptxas, KERNEL.replace("ret;", "return;"), "sm_75", name):
        failed.append("a kernel with a mistake assembles")
if failed:
    sys.exit(f"{ptxas}: {failed}")
