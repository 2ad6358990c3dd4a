# SPDX-License-Identifier: Apache-2.0
"""No object file asks for the lock of a function-local static: first_call_guards.py <object file or list;of;them>...

State that is set at the first call sits in constant-initialised atomics, so no caller waits for another and
-fno-threadsafe-statics changes nothing.
"""
import re
import subprocess
import sys


def symbols(path):
    return subprocess.run(["nm", "-C", path], check=True, capture_output=True, text=True).stdout.splitlines()


def main():
    objects = [path for argument in sys.argv[1:] for path in argument.split(";")]
    problems, ours = [], 0
    for path in objects:
        for line in symbols(path):
            ours += "tenfold::" in line
            if re.search(r"__cxa_guard|guard variable", line):
                problems.append(f"{path}: {line.strip()}")
    print(f"{len(objects)} objects, {ours} symbols of the library, {len(problems)} of guarded statics")
    print("\n".join(problems))
    return 1 if problems or not ours else 0


if __name__ == "__main__":
    sys.exit(main())
