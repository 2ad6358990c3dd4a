# SPDX-License-Identifier: Apache-2.0
"""run_emulated.py <source folder>: cross-compiles agree.cpp, runs it under qemu; 77 where a tool is missing."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COMPILER = "aarch64-linux-gnu-g++"
EMULATOR = "qemu-aarch64"


def main():
    root = Path(sys.argv[1])
    for tool in (COMPILER, EMULATOR):
        if not shutil.which(tool):
            print(f"{tool} was not found")
            return 77
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "agree"
        # No oneTBB for AArch64 is installed beside the cross compiler, hence the executor on std::thread.
        subprocess.run([COMPILER, "-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-DTENFOLD_EXECUTOR_STD_THREADS=1",
                        "-I", root / "include", root / "tests/aarch64/agree.cpp", "-o", program], check=True)
        printed = subprocess.run([EMULATOR, program], check=True, capture_output=True, text=True).stdout
        print(printed, end="")
        if "neon" not in printed:
            sys.exit("the neon kernels did not run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
