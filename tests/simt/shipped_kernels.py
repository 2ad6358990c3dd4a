# SPDX-License-Identifier: Apache-2.0
"""The shipped kernels under mutation: shipped_kernels.py <root> <program>...

The programs leave out each barrier, fence, commit and wait that their kernels reach, one at a time, and print those whose absence was
found. Fails where a kernel's source has one that no program proved: it is superfluous, or a test is missing. Fails too where a launch
asks for shared memory that is none of that kernel's in tests/cuda/budget.json.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

BODIES = "include/tenfold/kernel/cuda/body"
SYNCHRONISES = r"\bself\.(?:template )?(?:block_sync|warp_sync|fence_device|fence_block|copy_commit|copy_wait)\b"


def written(root):
    """'file:line' of each synchronising call in the source of a kernel."""
    return {f"{path.name}:{number}" for path in sorted((root / BODIES).glob("*.hpp"))
            for number, line in enumerate(path.read_text().splitlines(), 1) if re.search(SYNCHRONISES, line.partition("//")[0])}


def main():
    root = Path(sys.argv[1])
    wrong, needed, shared = [], set(), set()
    for program in sys.argv[2:]:
        done = subprocess.run([program, "-tc=*without any one*"], capture_output=True, text=True)
        if done.returncode != 0:
            wrong.append(f"{program}:\n{done.stdout}{done.stderr}")
        needed |= set(re.findall(r"(?m)^needed (\S+)$", done.stdout))
        for size, kernel in re.findall(r"(?m)^shared (\d+) (?:\w+::)*(\w+)", done.stdout):
            shared.add((kernel, int(size)))
    sites = written(root)
    wrong += [f"{BODIES}/{site}: no test fails without it" for site in sorted(sites - needed)]
    budget = json.loads((root / "tests/cuda/budget.json").read_text())["shared_bytes"]
    known = {(kernel.partition("<")[0], size) for kernel, size in budget.items()}
    wrong += [f"{kernel}: a launch with {size} bytes of shared memory; no such kernel in tests/cuda/budget.json takes as many"
              for kernel, size in sorted(shared - known)]
    bodies = {kernel for kernel, size in known if size > 0}
    wrong += [f"{kernel} is in tests/cuda/budget.json, and no program launches it" for kernel in sorted(bodies - {k for k, _ in shared})]
    print("\n".join(wrong))
    print(f"{len(sites)} places, {len(sites & needed)} proved to be needed; " + ", ".join(f"{k} {n}" for k, n in sorted(shared)))
    return 1 if wrong or not sites else 0


if __name__ == "__main__":
    sys.exit(main())
