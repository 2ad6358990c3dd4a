# SPDX-License-Identifier: Apache-2.0
"""An unoptimised program with precompiled kernels: check_kernels.py <compiler> <include folder>.

Its object file holds no kernel of its own and calls every kernel of the list, results are those of the reference; unlisted
kernels and files without the option work beside it; and a file compiled with other flags is refused by the linker in words.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
OPTION = "-DTENFOLD_PRECOMPILED_KERNELS=1"
MESSAGE = "precompiled_kernels_with_the_flags_of_this_file"


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def symbols(path):
    """(kind, demangled name)"""
    lines = run("nm", "-C", path).splitlines()
    return [(m.group(1), m.group(2)) for m in map(re.compile(r"^[0-9a-f ]* (\w) (.*)$").match, lines) if m]


def main():
    compiler, include = sys.argv[1:]
    problems = []
    with tempfile.TemporaryDirectory() as folder:

        def build(source, name, *flags):
            target = Path(folder) / name
            run(compiler, "-std=c++20", "-I", include, *flags, "-c", source, "-o", target)
            return target

        kernels = build(Path(include) / "tenfold/kernels.cpp", "kernels.o", "-O2", "-DTENFOLD_TAG_OPTIMIZE=0")
        listed = build(HERE / "listed.cpp", "listed.o", "-O0", OPTION)
        unlisted = build(HERE / "unlisted.cpp", "unlisted.o", "-O0", OPTION)
        without = build(HERE / "unlisted.cpp", "without.o", "-O0")
        program = Path(folder) / "program"
        run(compiler, listed, unlisted, without, kernels, "-ltbb", "-o", program)
        done = subprocess.run([program], capture_output=True, text=True)
        if done.returncode != 0:
            problems.append(f"wrong results:\n{done.stdout}{done.stderr}")

        entry = re.compile(r"::call<")
        kernel = re.compile(r"::run_kernel<.*, tenfold::v1::cpu,")
        own = [name for kind, name in symbols(listed) if entry.search(name) and kind != "U"]
        if own:
            problems.append(f"{len(own)} kernel entries in listed.o, such as {own[0]}")
        called = {name for kind, name in symbols(listed) if kernel.search(name) and kind == "U"}
        compiled = {name for kind, name in symbols(listed) if kernel.search(name) and kind != "U"}
        held = {name for kind, name in symbols(kernels) if kernel.search(name) and kind in "WT"}
        print(f"the library holds {len(held)} kernels; listed.o calls {len(called)} of them and compiles {len(compiled)} itself")
        problems += [f"not in the list, and compiled by its caller: {name}" for name in sorted(compiled)]
        problems += [f"in the list, but called by nothing: {name}" for name in sorted(held - called)]
        if not any(entry.search(name) for _, name in symbols(unlisted)):
            problems.append("unlisted.o holds no kernel entry: this check would see none anywhere")

        other = build(HERE / "unlisted.cpp", "other.o", "-O0", OPTION, "-ffast-math")
        refused = subprocess.run([compiler, listed, other, without, kernels, "-ltbb", "-o", program], capture_output=True, text=True)
        if refused.returncode == 0 or MESSAGE not in refused.stderr:
            problems.append(f"a file with other flags was linked, or refused without naming {MESSAGE}:\n{refused.stderr}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
