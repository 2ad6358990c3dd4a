# SPDX-License-Identifier: Apache-2.0
"""One reduction through nvcc beside a source without anything: compile_cost.py <nvcc> <include folder>

A source that includes tenfold and calls one reduction takes at most twice the time of an empty one and two seconds more. Processor time
is compared, and the smallest of up to five rounds, since a busy machine only adds; the first round within the bound is enough.
"""
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 5


def processor_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main():
    nvcc, include = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        empty = Path(name) / "empty.cu"
        empty.write_text("")
        compile_to = [nvcc, "-std=c++20", "-arch=sm_80", "-I", include, "-c", "-o", f"{name}/object.o"]
        of_empty, of_reduction = [], []
        for _ in range(ROUNDS):
            of_empty.append(processor_seconds([*compile_to, empty]))
            of_reduction.append(processor_seconds([*compile_to, Path(__file__).parent / "one_reduction.cu"]))
            bound = 2 * min(of_empty) + 2
            if min(of_reduction) <= bound:
                break
    print(f"processor seconds: {min(of_empty):.2f} without anything, {min(of_reduction):.2f} with one reduction, bound {bound:.2f}")
    return 0 if min(of_reduction) <= bound else 1


if __name__ == "__main__":
    sys.exit(main())
