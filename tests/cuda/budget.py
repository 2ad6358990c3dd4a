# SPDX-License-Identifier: Apache-2.0
"""What nvcc and ptxas make of every kernel in every element type on every architecture, against the budget.

    budget.py <budget.json> <folder of kernels> <version of nvcc> [--everywhere] [--update]

nvcc writes one text of PTX for all architectures of a generation; ptxas makes each one's code of that. The budget has a hash of each
kernel's texts and the registers it takes on each architecture, all measured with one version of nvcc; under another one the check is
skipped (77). Fails where a text is not the one that was measured, so that what is in the budget holds for the source as it is; where
a kernel that ptxas has compiled here needs more registers than the budget says, keeps anything on a stack, spills, or has shared memory
that is not its launch's; and where the budget or the folder lacks a kernel (of the texts for sm_75: those that differ from the ones for sm_80). --everywhere: also where ptxas has not compiled a kernel for
one of the architectures. --update takes over what was measured. One more register can halve the warps that fit, so growth is to be seen
in the commit that brings it.
"""
import hashlib
import json
import re
import sys
from pathlib import Path

from budget_file import save
from kernel_names import kernels_of, readable

GENERATIONS = {"sm_75": ("sm_75",), "sm_80": ("sm_80", "sm_86", "sm_89", "sm_90a"), "sm_100": ("sm_100", "sm_120")}


def text_of(code):
    """The PTX of a kernel without what depends on its neighbours and on the version of tenfold: comments, names, numbers in labels."""
    code = re.sub(r"//.*", "", code)
    code = re.sub(r"_ZN7tenfold\w+?(?=_param_\d+|\b)", "name", code)
    code = re.sub(r"\$L__BB\d+_|__local_depot\d+", "label", code)
    return "\n".join(line.strip() for line in code.splitlines() if line.strip())


def texts(files):
    """kernel -> architecture of its generation -> hash of its PTX, which is the same wherever the kernel stands"""
    found = [(symbol, architecture, text_of(code)) for file in files
             for architecture, symbol, code in kernels_of(Path(file).read_text(), r"\.entry", r"\.target")]
    names = readable(sorted({symbol for symbol, _, _ in found}))
    result = {}
    for symbol, architecture, text in found:
        on = result.setdefault(names[symbol], {})
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        on[architecture] = digest if on.get(architecture, digest) == digest else "differs between element types"
    return result


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


def missing(what, of, kernels, architectures):
    return [f"{kernel} on {a}: {what}" for kernel in sorted(kernels) for a in architectures if a not in of.get(kernel, {})]


def differences(budget, found):
    """What is known and found here of each kernel on each architecture, where the two differ."""
    for kernel, on in sorted(found.items()):
        for architecture, here in sorted(on.items()):
            known = budget.get(kernel, {}).get(architecture)
            if known != here:
                yield kernel, architecture, known, here


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    everywhere = "--everywhere" in sys.argv
    budget_file, folder, version = Path(arguments[0]), Path(arguments[1]), ".".join(arguments[2].split(".")[:2])
    compiled = measured(f for f in sorted(folder.glob("*.messages")) if f.with_suffix("").exists())  # beside what was compiled
    registers = {kernel: {a: numbers[0] for a, numbers in on.items()} for kernel, on in compiled.items()}
    ptx = texts(sorted(folder.glob("*.ptx")))
    architectures = [a for those in GENERATIONS.values() for a in those]
    known = json.loads(budget_file.read_text())
    if "--update" in sys.argv:
        if lacking := missing("was not compiled", compiled, ptx, architectures):
            print("\n".join(lacking))
            return 1
        known.update(nvcc=version, registers=registers, ptx=ptx)
        save(budget_file, known)
    if known["nvcc"] != version:
        print(f"the budget is that of nvcc {known['nvcc']}, this is {version}")
        return 77
    wrong = [] if ptx and compiled else [f"no kernel in {folder}: it was not built"]
    for kernel, on in sorted(compiled.items()):
        for architecture, (_, stack, spilled, shared) in sorted(on.items()):
            if stack or spilled:
                wrong.append(f"{kernel} on {architecture}: {stack} bytes of stack, {spilled} spilled")
            if shared:
                wrong.append(f"{kernel} on {architecture}: {shared} bytes of shared memory beside the launch's")
    for kernel, architecture, before, here in differences(known["registers"], registers):
        if before is None or here > before:
            wrong.append(f"{kernel} on {architecture}: {here} registers, {before or 'nothing'} in {budget_file.name}")
    for kernel, architecture, before, here in differences(known["ptx"], ptx):
        wrong.append(f"{kernel} on {architecture}: its PTX ({here}) is not what was measured on every architecture ({before or 'never'})")
    wrong += missing(f"not in {budget_file.name}", known["registers"], known["ptx"], architectures)
    wrong += missing("nvcc was not asked for its PTX", ptx, known["ptx"], ("sm_80", "sm_100"))
    own_text = [kernel for kernel, on in known["ptx"].items() if on.get("sm_75") != on.get("sm_80")]
    wrong += missing("nvcc was not asked for its PTX", ptx, own_text, ("sm_75",))
    if everywhere:
        wrong += missing("was not compiled", compiled, known["ptx"], architectures)
    print("\n".join(wrong))
    print(f"{len(known['ptx'])} kernels on {len(architectures)} architectures; {sum(len(v) for v in compiled.values())} compiled here, "
          f"{len(wrong)} beyond the budget")
    if wrong:
        print(f"where the change is meant: scripts/test cuda-kernels, then python3 {' '.join(sys.argv)} --update")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
