# SPDX-License-Identifier: Apache-2.0
"""No object file holds a function that the linker may merge with one compiled under other flags, to the harm of a program.

check_symbols.py <list of object files, one per line>

1. A weak function of tenfold has the ABI tag in its name. Exempt are the exception classes, one type per process, and the
   interface memory_resource: their functions do nothing but initialise a base.
2. A weak function without the tag, whoever wrote it, holds no instruction beyond the baseline: compiled for AVX-512 it may
   be the copy that a baseline program keeps. Of foreign functions this is asked in optimised objects only: without
   optimisation every function of the standard library stays, and that is nothing a header could change.
3. Nothing is initialised by code when the program is loaded.
"""
import re
import subprocess
import sys
from pathlib import Path

TAG = re.compile(r"v\d+_i[01]+_[01]+_m[01]+_b[01]+_o[01]+")
EXEMPT = re.compile(r"tenfold::v1::((\w+_)?error|memory_resource)::(~|operator=|(\w+_)?error\(|memory_resource\()")
BEYOND_BASELINE = re.compile(r"v[a-z]\w*\s.*%[xyz]mm|(mulx|rorx|sarx|shlx|shrx|andn|bzhi|pdep|pext|blsr|blsi|blsmsk|bextr|movbe|tzcnt|lzcnt)[lq]?\s")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def weak_functions(path):
    """Names, demangled where the tool can."""
    return [m.group(1) for m in map(re.compile(r"^[0-9a-f]+ W (.*)$").match, output("nm", "-C", "--defined-only", path).splitlines()) if m]


def wide_functions(path):
    """Names of the functions with an instruction beyond the baseline."""
    found, name = {}, None
    for line in output("objdump", "-d", "-C", "--no-show-raw-insn", path).splitlines():
        if start := re.match(r"^[0-9a-f]+ <(.+)>:$", line):
            name = start.group(1)
        elif (instruction := re.match(r"^\s*[0-9a-f]+:\s+(.+)$", line)) and BEYOND_BASELINE.match(instruction.group(1)):
            found.setdefault(name, instruction.group(1))
    return found


def check(path, problems):
    part = Path(path).parent.name.removesuffix(".dir")
    weak = weak_functions(path)
    if "_GLOBAL__sub_I" in output("nm", "--defined-only", path):
        problems.add(f"{part}: a namespace-scope object is initialised at load")
    wide = wide_functions(path)
    for name in weak:
        if TAG.search(name):
            continue
        ours = "tenfold::" in name
        if ours and not EXEMPT.search(name):
            problems.add(f"{part}: no ABI tag: {name}")
        if name in wide and (ours or "unoptimised" not in part):
            problems.add(f"{part}: untagged, with {wide[name].split()[0]}: {name}")
    return len(weak), sum(1 for name in weak if TAG.search(name)), sum(1 for name in wide if TAG.search(name))


def main():
    problems = set()
    counts = [check(path, problems) for path in Path(sys.argv[1]).read_text().split()]
    weak, tagged, wide = (sum(column) for column in zip(*counts))
    print(f"{len(counts)} objects, {weak} weak functions, {tagged} with the tag, {wide} of those with wide instructions")
    print("\n".join(sorted(problems)))
    # Without tagged and without wide functions this check would look at nothing.
    return 1 if problems or not tagged or not wide else 0


if __name__ == "__main__":
    sys.exit(main())
