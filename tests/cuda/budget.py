# SPDX-License-Identifier: Apache-2.0
"""Registers of every kernel on every architecture against the budget.

    budget.py <budget.json> <folder of kernels> <version of nvcc> [--update]

The budget is that of one version of nvcc, which is in it; under another one the check is skipped (77). Fails where a kernel needs more
registers than the budget says, keeps anything on a stack, spills, has shared memory that is not its launch's, or is not in the budget.
--update adds what was measured. One more register can halve the warps that fit, so growth is to be seen in the commit that brings it.
"""
import json
import re
import sys
from pathlib import Path

from kernel_names import readable


def measured(files):
    """kernel -> architecture -> (registers, bytes of stack, bytes spilled, bytes of static shared memory)"""
    entries = []
    for file in files:
        name = architecture = properties = None
        for line in Path(file).read_text().splitlines():
            if found := re.search(r"Compiling entry function '(\w+)' for '(sm_\w+)'", line):
                name, architecture = found.groups()
            elif found := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line):
                properties = int(found[1]), int(found[2]) + int(found[3])
            elif (found := re.search(r"Used (\d+) registers", line)) and name and properties:
                shared = re.search(r"(\d+) bytes smem", line)
                entries.append((name, architecture, int(found[1]), *properties, int(shared[1]) if shared else 0))
                name = None
    names = readable(sorted({e[0] for e in entries}))
    result = {}
    for name, architecture, *numbers in entries:
        result.setdefault(names[name], {})[architecture] = tuple(numbers)
    return result


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    budget_file, folder, version = Path(arguments[0]), Path(arguments[1]), ".".join(arguments[2].split(".")[:2])
    kernels = measured(f for f in sorted(folder.rglob("*.messages")) if f.with_suffix("").exists())  # beside what was compiled
    wrong = [] if kernels else [f"no kernel in {folder}: it was not built"]
    if len(arguments) != len(sys.argv) - 1:
        known = json.loads(budget_file.read_text())
        registers = known["registers"] if known["nvcc"] == version else {}
        for kernel, on in kernels.items():
            registers.setdefault(kernel, {}).update({architecture: numbers[0] for architecture, numbers in on.items()})
        budget_file.write_text(json.dumps({**known, "nvcc": version, "registers": registers}, indent=1, sort_keys=True) + "\n")
    known = json.loads(budget_file.read_text())
    if known["nvcc"] != version:
        print(f"the budget is that of nvcc {known['nvcc']}, this is {version}")
        return 77
    budget = known["registers"]
    slack = 0
    for kernel, on in sorted(kernels.items()):
        for architecture, (registers, stack, spilled, shared) in sorted(on.items()):
            allowed = budget.get(kernel, {}).get(architecture)
            if stack or spilled:
                wrong.append(f"{kernel} on {architecture}: {stack} bytes of stack, {spilled} spilled")
            if shared:
                wrong.append(f"{kernel} on {architecture}: {shared} bytes of shared memory beside the launch's")
            if allowed is None:
                wrong.append(f"{kernel} on {architecture}: {registers} registers; {budget_file.name} has no such kernel")
            elif registers > allowed:
                wrong.append(f"{kernel} on {architecture}: {registers} registers, {allowed} in {budget_file.name}")
            else:
                slack += allowed - registers
    print("\n".join(wrong))
    print(f"{len(kernels)} kernels, {sum(len(v) for v in kernels.values())} with their architectures, {len(wrong)} beyond the budget, "
          f"{slack} registers below it")
    if wrong:
        print(f"where growth is meant: python3 {' '.join(sys.argv)} --update")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
