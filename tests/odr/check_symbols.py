# SPDX-License-Identifier: Apache-2.0
"""No object file holds a function of tenfold that the linker may merge with one compiled under other flags.

check_symbols.py <list of object files, one per line>

A weak function must have the ABI tag in its name: it is in the tagged namespace, or is a specialisation over a type of it.
Exempt are the exception classes, one type per process, and virtual destructors of interfaces; their bodies do nothing.
In optimised objects no weak function of the standard library over the element types may hold wide vector code either.
"""
import re
import subprocess
import sys
from pathlib import Path

TAG = re.compile(r"tenfold::v1::v\d+_i[01]+_[01]+_m[01]+_b[01]+_o[01]+::")
EXEMPT = re.compile(r"tenfold::v1::((\w+_)?error|memory_resource)::(~|operator=|\w+error\()")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def weak_functions(path):
    for line in output("nm", "-C", "--defined-only", path).splitlines():
        if match := re.match(r"^[0-9a-f]+ W (.*)$", line):
            yield match.group(1)


def main():
    objects = Path(sys.argv[1]).read_text().split()
    problems, seen, tagged = [], 0, 0
    for path in objects:
        for name in weak_functions(path):
            if "tenfold::" not in name:
                continue
            seen += 1
            if TAG.search(name):
                tagged += 1
            elif not EXEMPT.search(name):
                problems.append(f"{Path(path).parent.name}: untagged: {name}")
    print(f"{len(objects)} objects, {seen} weak functions of tenfold, {tagged} tagged")
    print("\n".join(sorted(set(problems))))
    return 1 if problems or not tagged else 0


if __name__ == "__main__":
    sys.exit(main())
