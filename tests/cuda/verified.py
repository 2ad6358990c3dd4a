# SPDX-License-Identifier: Apache-2.0
"""Names the kernels whose source no GPU has run: verified.py <root>. Fails where verified.json or the list of kernels is wrong."""
import sys
from pathlib import Path


def main():
    root = Path(sys.argv[1])
    sys.path.insert(0, str(root / "scripts"))
    import gpu_kernels as kernels

    bodies = {p.stem for p in (root / "include/tenfold/kernel/cuda/body").glob("*.hpp") if "static void run(" in p.read_text()}
    wrong = [f"{k}: scripts/gpu_kernels.py does not list it" for k in sorted(bodies - kernels.KERNELS.keys())]
    wrong += [f"{k}: there is no body/{k}.hpp with a kernel" for k in sorted(kernels.KERNELS.keys() - bodies)]
    try:
        for kernel, why in [] if wrong else kernels.unverified():
            print(f"not verified on a GPU: {kernel}: {why}")
    except (OSError, ValueError) as error:
        wrong.append(f"tests/cuda/verified.json: {error}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
