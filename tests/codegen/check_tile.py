# SPDX-License-Identifier: Apache-2.0
"""Disassembles the matmul tile and counts: check_tile.py <compiler> <include folder> <flag>...

The loop over k of each instruction set holds exactly rows x vectors fused multiply-adds, no call and no reference to the
stack (a spilled accumulator costs more than half of the speed); no zmm register appears outside of the avx512 entry.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("tile.cpp")
REGISTER = {"avx512": "zmm", "avx2": "ymm"}


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def functions(disassembly):
    """name -> [(address, text)]"""
    found = {}
    for line in disassembly.splitlines():
        if start := re.match(r"^[0-9a-f]+ <(.+)>:$", line):
            body = found.setdefault(start.group(1), [])
        elif instruction := re.match(r"^\s*([0-9a-f]+):\s+(\S.*)$", line):
            body.append((int(instruction.group(1), 16), instruction.group(2)))
    return found


def fma_count(instructions, register):
    return sum(1 for text in instructions if re.search(rf"vfn?madd\d+ps .*%{register}", text))


def hottest_loop(body, register):
    """The shortest of the loops (backward jump to its target) with the most FMAs."""
    loops = []
    for address, text in body:
        if jump := re.match(r"j\w+\s+([0-9a-f]+)", text):
            target = int(jump.group(1), 16)
            if target <= address:
                loops.append([t for a, t in body if target <= a <= address])
    return max(loops, key=lambda loop: (fma_count(loop, register), -len(loop)), default=[])


def check(isa, name, body, expected):
    register = REGISTER[isa]
    loop = hottest_loop(body, register)
    # %rbp is an ordinary register unless the function keeps its frame in it.
    frame = any(re.match(r"mov\s+%rsp,%rbp", text) for _, text in body)
    stack = [t for t in loop if re.search(r"\(%rsp" + (r"|\(%rbp" if frame else ""), t)]
    calls = [t for t in loop if t.startswith("call")]
    count = fma_count(loop, register)
    print(f"{isa}: k loop of {len(loop)} instructions: {count} fma (expected {expected}), {len(stack)} stack references, {len(calls)} calls")
    problems = []
    if count != expected:
        problems.append(f"{isa}: {count} FMAs in the k loop, expected {expected}")
    problems += [f"{isa}: stack reference in the k loop: {t}" for t in stack]
    problems += [f"{isa}: call in the k loop: {t}" for t in calls]
    if not any(text.startswith("vzeroupper") for _, text in body):
        problems.append(f"{isa}: no vzeroupper in {name}")
    return problems


def main():
    compiler, include, *flags = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        binary = str(Path(folder) / "tile.o")
        subprocess.run([compiler, "-std=c++20", "-I", include, *flags, "-c", str(SOURCE), "-o", binary], check=True)
        sizes = {f[-1]: int(f[1], 16) for f in map(str.split, output("nm", "-S", binary).splitlines()) if len(f) == 4}
        code = functions(output("objdump", "-d", "-C", "--no-show-raw-insn", binary))
    problems = []
    for isa, register in REGISTER.items():
        entries = [name for name in code if re.search(rf"::{isa}::call<.*gemm_tile<float", name)]
        if len(entries) != 1:
            problems.append(f"{isa}: {len(entries)} entries found, expected one")
            continue
        problems += check(isa, entries[0], code[entries[0]], sizes[f"expected_fma_{isa}"])
    if not any("-march=" in flag for flag in flags):
        for name, body in code.items():
            if "::avx512::call<" not in name and any("%zmm" in text for _, text in body):
                problems.append(f"zmm outside of the avx512 entry, in {name}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
