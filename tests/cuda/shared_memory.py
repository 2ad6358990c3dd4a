# SPDX-License-Identifier: Apache-2.0
"""Shared memory per block of every kernel against the budget: shared_memory.py <budget.json> <program> [--update]

The program is shared_memory.cpp. Fails where a kernel takes another amount than the budget says, and where it and the registers' part
of the budget do not name the same kernels.
"""
import json
import subprocess
import sys
from pathlib import Path

from budget_file import save
from kernel_names import plain


def main():
    budget_file = Path(sys.argv[1])
    printed = subprocess.run([sys.argv[2]], check=True, capture_output=True, text=True).stdout.splitlines()
    taken = {plain(name): int(size) for size, name in (line.split(" ", 1) for line in printed)}
    budget = json.loads(budget_file.read_text())
    if "--update" in sys.argv:
        budget["shared_bytes"] = taken
        save(budget_file, budget)
    allowed = budget["shared_bytes"]
    wrong = [f"{kernel}: {size} bytes of shared memory, {allowed.get(kernel, 'none')} in {budget_file.name}"
             for kernel, size in sorted(taken.items()) if size != allowed.get(kernel)]
    wrong += [f"{kernel} is in {budget_file.name}, and no op launches it" for kernel in sorted(allowed.keys() - taken.keys())]
    wrong += [f"{kernel}: of its shared memory and its registers {budget_file.name} knows one alone"
              for kernel in sorted(allowed.keys() ^ budget["registers"].keys())]
    print("\n".join(wrong))
    print(f"{len(taken)} kernels, up to {max(taken.values(), default=0)} bytes")
    if wrong:
        print(f"where the change is meant: python3 {' '.join(sys.argv)} --update")
    return 1 if wrong or not taken else 0


if __name__ == "__main__":
    sys.exit(main())
