# SPDX-License-Identifier: Apache-2.0
"""What the headers cost to compile: check_budget.py <compiler> <include folder> <result.json>.

Preprocessed lines do not depend on the machine and are held to tight bounds; seconds are printed and recorded, and held to a
bound that only a header gone wrong passes, because the machine may be slow or busy.
"""
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
# header -> bound in thousands of preprocessed lines. Measured with g++ 12.2, libstdc++ 12 and oneTBB 2021.8 with two ops:
# 21, 28, 29, 93, 93; the bounds of the last four leave room for more ops, not for another <iostream>- or TBB-sized header.
BOUNDS = {
    "tenfold/core/tensor_view.hpp": 26,
    "tenfold/ops.hpp": 45,
    "tenfold/backends/reference.hpp": 45,
    "tenfold/backends/cpu.hpp": 115,
    "tenfold/tenfold.hpp": 115,
}
EXAMPLE_SECONDS = 30  # measured: 1.7 at -O0, 2.4 at -O2


def preprocessed_lines(compiler, include, header):
    text = subprocess.run([compiler, "-std=c++20", "-E", "-P", "-x", "c++", "-I", include, "-"], input=f"#include <{header}>\n",
                          check=True, capture_output=True, text=True).stdout
    return sum(1 for line in text.splitlines() if line.strip())


def seconds(command):
    start = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - start


def main():
    compiler, include, result = sys.argv[1:]
    headers = [p.relative_to(include).as_posix() for pattern in ("tenfold/*.hpp", "tenfold/backends/*.hpp", "tenfold/op/*.hpp")
               for p in sorted(Path(include).glob(pattern))]
    lines = {h: preprocessed_lines(compiler, include, h) for h in dict.fromkeys([*headers, *BOUNDS])}
    with tempfile.TemporaryDirectory() as folder:
        times = {flag: seconds([compiler, "-std=c++20", flag, "-I", include, "-c", HERE / "example.cpp", "-o", f"{folder}/example.o"])
                 for flag in ("-O0", "-O2")}
    problems = [f"{h}: {lines[h]} preprocessed lines, bound {1000 * bound}" for h, bound in BOUNDS.items() if lines[h] > 1000 * bound]
    problems += [f"example.cpp {flag}: {s:.1f} s, bound {EXAMPLE_SECONDS} s" for flag, s in times.items() if s > EXAMPLE_SECONDS]
    for header, count in sorted(lines.items()):
        print(f"{count:8} lines  {header}")
    for flag, s in times.items():
        print(f"{s:8.2f} s      example.cpp {flag}")
    Path(result).write_text(json.dumps({"preprocessed_lines": lines, "example_seconds": times}, indent=2) + "\n")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
