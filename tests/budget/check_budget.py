# SPDX-License-Identifier: Apache-2.0
"""What the headers cost to compile: check_budget.py <compiler> <include folder> <result.json>.

Preprocessed lines, functions and bytes of code do not depend on the machine and are held to tight bounds; seconds are printed
and recorded, and held to a bound that only a header gone wrong passes, because the machine may be slow.
"""
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
# header -> bound in thousands of preprocessed lines. Measured with g++ 12.2, libstdc++ 12 and oneTBB 2021.8 with two ops:
# 21, 28, 29, 93, 93; with fourteen ops the last two are 112. Bounds leave room for more ops, not for another <iostream>- or
# TBB-sized header. A third of the 112 is <immintrin.h>, which oneTBB includes for _mm_pause.
BOUNDS = {
    "tenfold/core/tensor_view.hpp": 26,
    "tenfold/ops.hpp": 45,
    "tenfold/backends/reference.hpp": 45,
    "tenfold/backends/cpu.hpp": 125,
    "tenfold/tenfold.hpp": 125,
}
EXAMPLE_SECONDS = 30  # measured: 3.5 at -O0, 4.8 at -O2
# What one matmul of floats leaves in an object file at -O2: time goes into what is compiled. Measured: 183 and 136.
EXAMPLE_FUNCTIONS = 205
EXAMPLE_KILOBYTES = 150


def preprocessed_lines(compiler, include, header):
    text = subprocess.run([compiler, "-std=c++20", "-E", "-P", "-x", "c++", "-I", include, "-"], input=f"#include <{header}>\n",
                          check=True, capture_output=True, text=True).stdout
    return sum(1 for line in text.splitlines() if line.strip())


def seconds(command):
    """Of processor time: a busy machine does not fail the test."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def emitted_code(compiler_output):
    """Functions defined in an object file, and thousands of bytes of code."""
    symbols = subprocess.run(["nm", "--defined-only", compiler_output], check=True, capture_output=True, text=True).stdout
    sections = subprocess.run(["size", "-A", compiler_output], check=True, capture_output=True, text=True).stdout
    functions = sum(1 for line in symbols.splitlines() if line.split()[1] in "TtWw")
    return functions, sum(int(line.split()[1]) for line in sections.splitlines() if line.startswith(".text")) / 1000


def main():
    compiler, include, result = sys.argv[1:]
    headers = [p.relative_to(include).as_posix() for pattern in ("tenfold/*.hpp", "tenfold/backends/*.hpp", "tenfold/op/*.hpp")
               for p in sorted(Path(include).glob(pattern))]
    lines = {h: preprocessed_lines(compiler, include, h) for h in dict.fromkeys([*headers, *BOUNDS])}
    with tempfile.TemporaryDirectory() as folder:
        times = {flag: seconds([compiler, "-std=c++20", flag, "-I", include, "-c", HERE / "example.cpp", "-o", f"{folder}/example.o"])
                 for flag in ("-O0", "-O2")}
        functions, kilobytes = emitted_code(f"{folder}/example.o")  # of -O2, the last
    problems = [f"{h}: {lines[h]} preprocessed lines, bound {1000 * bound}" for h, bound in BOUNDS.items() if lines[h] > 1000 * bound]
    problems += [f"example.cpp {flag}: {s:.1f} s, bound {EXAMPLE_SECONDS} s" for flag, s in times.items() if s > EXAMPLE_SECONDS]
    if functions > EXAMPLE_FUNCTIONS:
        problems.append(f"example.cpp -O2: {functions} functions, bound {EXAMPLE_FUNCTIONS}")
    if kilobytes > EXAMPLE_KILOBYTES:
        problems.append(f"example.cpp -O2: {kilobytes:.0f} kB of code, bound {EXAMPLE_KILOBYTES}")
    for header, count in sorted(lines.items()):
        print(f"{count:8} lines  {header}")
    for flag, s in times.items():
        print(f"{s:8.2f} s      example.cpp {flag}")
    print(f"{functions:8} functions and {kilobytes:.0f} kB of code in example.cpp -O2")
    Path(result).write_text(json.dumps({"preprocessed_lines": lines, "example_seconds": times, "example_functions": functions,
                                        "example_kilobytes": kilobytes}, indent=2) + "\n")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
