# SPDX-License-Identifier: Apache-2.0
"""The instructions of each kernel are those its source means: instructions.py <folder of kernels> [cuobjdump]

In PTX, and in machine code where the disassembler is. What is asked for: 16-byte accesses, asynchronous copies that bypass registers,
no more barriers than the source has, nothing in local memory. What nvcc makes of a harmless change is found so, not on a GPU later.
"""
import re
import subprocess
import sys
from pathlib import Path

from kernel_names import body, kernels_of, readable

# body -> (instruction, at least, at most)
WIDE_LOAD = (r"\bld\.global\.nc\.L1::no_allocate\.v4\.b32", 1, 99)
PTX = {
    "reduce_block": [WIDE_LOAD],
    "elementwise_block": [(r"\bst\.global\.v[24]", 1, 99)],
    "gemm_tile": [(r"\bbar(rier)?\.sync", 3, 3)],  # one per stage of k, two where blocks share a tile
}
SASS = {
    "reduce_block": [(r"\bLDG\.E\S*\.128", 1, 999)],
    "elementwise_block": [(r"\b(LDG|STG)\.E\S*\.128", 1, 999)],  # of conversions the wider side
}
# Of tiles of floats and doubles, which go to shared memory by asynchronous copies from sm_80 on.
PTX_OF_COPIED_TILES = [(r"\bcp\.async\.cg\.shared\.global [^;]*, 16,", 1, 99)]
SASS_OF_COPIED_TILES = [(r"\bLDGSTS\.E\S*\.128", 1, 999)]
DISASSEMBLED = "sm_90a"  # one of seven, which takes seconds
NEVER_IN_PTX = r"\.local\b"
NEVER_IN_SASS = r"\b(LDL|STL)\b"


def copies_tiles(kernel, architecture):
    return re.match(r"gemm_tile<[^<]*<[^>]*>, (float|double), ", kernel) and int(re.sub(r"\D", "", architecture)) >= 80


def loads_one_by_one(kernel):
    """A monoid of the caller is folded in index order: each thread has a run of neighbours, of which it loads an element at a time."""
    return kernel.startswith("reduce_block<monoid_policy<")


def failures(found, wanted, of_copied_tiles, never):
    """What is wrong, one line each, and how many kernels were looked at."""
    names = readable(sorted({symbol for _, symbol, _ in found}))
    wrong = []
    for architecture, symbol, code in found:
        kernel = names[symbol]
        rules = ([] if loads_one_by_one(kernel) else wanted.get(body(kernel), [])) + (of_copied_tiles if copies_tiles(kernel, architecture) else [])
        for instruction, least, most in rules:
            count = len(re.findall(instruction, code))
            if not least <= count <= most:
                wrong.append(f"{kernel} on {architecture}: {count} times {instruction}, {least} to {most} are meant")
        if there := re.search(never, code):
            wrong.append(f"{kernel} on {architecture}: {there[0]}")
    return wrong


def main():
    folder = Path(sys.argv[1])
    ptx = [k for f in sorted(folder.rglob("*.ptx")) for k in kernels_of(f.read_text(), r"\.entry", r"\.target")]
    wrong = failures(ptx, PTX, PTX_OF_COPIED_TILES, NEVER_IN_PTX)
    print(f"{len(ptx)} kernels in PTX")
    if not ptx:
        wrong.append(f"no PTX in {folder}: it was not built")
    if len(sys.argv) > 2:
        sass = []
        for file in sorted(folder.rglob(f"*.{DISASSEMBLED}.cubin")):
            text = subprocess.run([sys.argv[2], "-sass", file], check=True, capture_output=True, text=True).stdout
            sass += kernels_of(text, r"Function :", r"code for")
        wrong += failures(sass, SASS, SASS_OF_COPIED_TILES, NEVER_IN_SASS)
        print(f"{len(sass)} kernels in machine code")
        if not sass:
            wrong.append("cuobjdump shows no kernel")
    else:
        print("cuobjdump was not found: machine code was not looked at")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
