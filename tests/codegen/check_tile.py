# SPDX-License-Identifier: Apache-2.0
"""Disassembles the matmul tile and counts: check_tile.py <compiler> <include folder> <flag>...

The loop over k of each instruction set holds exactly rows x vectors fused multiply-adds or dot products, no call and no
vector on the stack (a spilled accumulator costs more than half of the speed; a pointer or a counter there costs nothing); no zmm register appears outside of the avx512 entries.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("tile.cpp")
FMA = r"vfn?madd\d+ps"
# instruction set -> (tile, what multiplies and adds, register)
TILES = {
    "avx512": ("gemm_tile<float", FMA, "zmm"),
    "avx2": ("gemm_tile<float", FMA, "ymm"),
    "avx512_bf16": ("bf16_pair_tile<", "vdpbf16ps", "zmm"),
    "avx512_vnni": ("byte_quad_tile<", "vpdpbusd", "zmm"),
}


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


def count_of(instructions, operation, register):
    return sum(1 for text in instructions if re.search(rf"{operation} .*%{register}", text))


def hottest_loop(body, operation, register):
    """The shortest of the loops (backward jump to its target) with the most of an operation."""
    loops = []
    for address, text in body:
        if jump := re.match(r"j\w+\s+([0-9a-f]+)", text):
            target = int(jump.group(1), 16)
            if target <= address:
                loops.append([t for a, t in body if target <= a <= address])
    return max(loops, key=lambda loop: (count_of(loop, operation, register), -len(loop)), default=[])


def check(isa, name, body, expected):
    _, operation, register = TILES[isa]
    loop = hottest_loop(body, operation, register)
    # %rbp is an ordinary register unless the function keeps its frame in it.
    frame = any(re.match(r"mov\s+%rsp,%rbp", text) for _, text in body)
    stack = [t for t in loop if re.search(r"\(%rsp" + (r"|\(%rbp" if frame else ""), t) and re.search(r"%[xyz]mm", t)]
    calls = [t for t in loop if t.startswith("call")]
    count = count_of(loop, operation, register)
    print(f"{isa}: k loop of {len(loop)} instructions: {count} products (expected {expected}), {len(stack)} vectors on the stack, {len(calls)} calls")
    problems = []
    if count != expected:
        problems.append(f"{isa}: {count} products in the k loop, expected {expected}")
    problems += [f"{isa}: vector on the stack in the k loop: {t}" for t in stack]
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
    for isa, (tile, *_) in TILES.items():
        entries = [name for name in code if re.search(rf"::{isa}::call<.*{tile}", name)]
        if len(entries) != 1:
            problems.append(f"{isa}: {len(entries)} entries found, expected one")
            continue
        problems += check(isa, entries[0], code[entries[0]], sizes[f"expected_{isa}"])
    if not any("-march=" in flag for flag in flags):
        for name, body in code.items():
            if not re.search("::avx512(_bf16|_vnni)?::call<", name) and any("%zmm" in text for _, text in body):
                problems.append(f"zmm outside of the avx512 entries, in {name}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
