# SPDX-License-Identifier: Apache-2.0
"""run_emulated.py <source folder>: cross-compiles programs, runs them under qemu; 77 where a tool is missing."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COMPILER = "aarch64-linux-gnu-g++"
EMULATOR = "qemu-aarch64"
PROGRAMS = {"agree": "neon", "fibers": "assembly"}  # with what each must say it used


def main():
    root = Path(sys.argv[1])
    for tool in (COMPILER, EMULATOR):
        if not shutil.which(tool):
            print(f"{tool} was not found")
            return 77
    with tempfile.TemporaryDirectory() as folder:
        for name, used in PROGRAMS.items():
            program = Path(folder) / name
            # No oneTBB for AArch64 is installed beside the cross compiler, hence the executor on std::thread.
            subprocess.run([COMPILER, "-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-DTENFOLD_EXECUTOR_STD_THREADS=1",
                            "-I", root / "include", root / f"tests/aarch64/{name}.cpp", "-o", program], check=True)
            printed = subprocess.run([EMULATOR, program], check=True, capture_output=True, text=True).stdout
            print(printed, end="")
            if used not in printed:
                sys.exit(f"{name} did not use {used}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
