# SPDX-License-Identifier: Apache-2.0
"""Names the kernels whose source no GPU has run: verified.py <root>. Fails where verified.json or the list of kernels is wrong, and where a
kernel's hash does not follow the ops that launch it."""
import shutil
import sys
import tempfile
from pathlib import Path


LAUNCHED_BY = {
    "reduce.cuh": {"reduce_block"},
    "arg_reduce.cuh": {"reduce_block"},
    "elementwise.cuh": {"elementwise_block", "transpose_block"},
    "rows.cuh": {"row_block", "scan_block"},
    "matmul.cuh": {"gemm_tile"},
}


def unfollowed(kernels):
    """Headers that are in the hash of other kernels than those that the header launches; changes that a hash takes for what they are not."""
    sources = {k: kernels.sources(k) for k in kernels.KERNELS}
    for header, meant in {**LAUNCHED_BY, "copy.cuh": set(sources), "device_call.cuh": set(sources)}.items():
        found = {k for k, headers in sources.items() if f"{kernels.CUDA}/{header}" in headers}
        if found != meant:
            yield f"{header}: in the hash of {sorted(found)}, not of {sorted(meant)}"
    real, before = kernels.INCLUDE, kernels.source_hash("reduce_block")
    with tempfile.TemporaryDirectory() as folder:
        kernels.INCLUDE = Path(folder) / "include"
        shutil.copytree(real, kernels.INCLUDE)
        for addition, changes in (" // seen by nobody\n", False), ("\nstatic_assert(true);\n", True):
            with open(kernels.INCLUDE / kernels.CUDA / "reduce.cuh", "a") as file:
                file.write(addition)
            if (kernels.source_hash("reduce_block") != before) != changes:
                yield f"reduce.cuh and {addition.strip()!r}: the hash {'stays' if changes else 'changes'}"
    kernels.INCLUDE = real


def main():
    root = Path(sys.argv[1])
    sys.path.insert(0, str(root / "scripts"))
    import gpu_kernels as kernels

    bodies = {p.stem for p in (root / "include/tenfold/kernel/cuda/body").glob("*.hpp") if "static void run(" in p.read_text()}
    wrong = [f"{k}: scripts/gpu_kernels.py does not list it" for k in sorted(bodies - kernels.KERNELS.keys())]
    wrong += [f"{k}: there is no body/{k}.hpp with a kernel" for k in sorted(kernels.KERNELS.keys() - bodies)]
    wrong += [] if wrong else unfollowed(kernels)
    try:
        for kernel, why in [] if wrong else kernels.unverified():
            print(f"not verified on a GPU: {kernel}: {why}")
    except (OSError, ValueError) as error:
        wrong.append(f"tests/cuda/verified.json: {error}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
